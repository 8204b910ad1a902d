// The only request of this page. It is made only when the user clicks a button.

import { JwtError } from '../src/core/errors.js';
import { fetchJson } from '../src/remote/fetch-json.js';
import { isAwsIssuer, wellKnown } from '../src/verifier/issuers.js';

/** Timeout in seconds. Longer than for services, because people can wait. */
const TIMEOUT = 10;

/**
 * Returns the URL to fetch for an issuer. For an issuer of AWS STS, this is the URL of its keys. For any other issuer,
 * it is the URL of its discovery document, which names the URL of the keys; the page then offers to fetch the keys.
 * Returns `undefined` if the issuer is not an https URL.
 */
export function sourceOf(issuer: unknown): string | undefined {
  if (typeof issuer !== 'string') return undefined;
  return httpsUrl(wellKnown(issuer, isAwsIssuer(issuer) ? 'jwks.json' : 'openid-configuration'));
}

/** Returns the URL if the page may fetch it: https, or http on this machine; never with a user name or password. */
export function httpsUrl(text: string): string | undefined {
  if (!URL.canParse(text)) return undefined;
  const { protocol, hostname, username, password, href } = new URL(text);
  const isLoopback = protocol === 'http:' && ['localhost', '127.0.0.1'].includes(hostname);
  return (protocol === 'https:' || isLoopback) && username === '' && password === '' ? href : undefined;
}

/** Fetches a JWKS by the rules of `sts-jwt/remote`. @throws Error with a complete sentence as its message. */
export async function fetchKeys(url: string): Promise<string> {
  const request = (target: string, init: RequestInit): Promise<Response> =>
    fetch(target, { ...init, credentials: 'omit' });
  try {
    return await fetchJson(request, url, TIMEOUT, 'jwks', ({ jwks }) => jwks);
  } catch (error) {
    throw error instanceof JwtError ? new Error(reasonOf(error, url)) : error;
  }
}

function reasonOf({ kind, message }: JwtError, url: string): string {
  if (kind === 'timeout') return `No answer within ${TIMEOUT} seconds.`;
  if (kind !== 'network') return `The response is not a JWKS: ${message}.`;
  // The URL may come from a token, so it is quoted: a shell must treat the whole URL as one argument.
  const command = `curl '${url.replaceAll("'", '%27')}'`;
  return `The browser could not fetch the keys. The host is unreachable, or does not let web pages read them (CORS). Fetch them in a terminal and paste them here: ${command}`;
}
