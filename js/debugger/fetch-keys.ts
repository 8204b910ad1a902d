// The only request of this page, and only when somebody clicks for it.

import { fetchJson, within } from '../src/remote/fetch-json.js';

/** Seconds; people wait longer than services. */
const TIMEOUT = 10;

/** Where the keys of an issuer are; `undefined` for what is no https URL. */
export function jwksUriOf(issuer: unknown): string | undefined {
  if (typeof issuer !== 'string') return undefined;
  return httpsUrl(`${issuer.replace(/\/$/, '')}/.well-known/jwks.json`);
}

/** A URL that may be fetched: https, or this very machine, without a password. */
export function httpsUrl(text: string): string | undefined {
  if (!URL.canParse(text)) return undefined;
  const { protocol, hostname, username, password, href } = new URL(text);
  const isLoopback = protocol === 'http:' && ['localhost', '127.0.0.1'].includes(hostname);
  return (protocol === 'https:' || isLoopback) && username === '' && password === '' ? href : undefined;
}

/** Fetches a JWKS as `sts-jwt/remote` does. The reasons for failures are sentences for people. */
export async function fetchKeys(url: string): Promise<string> {
  const request = (target: string, init: RequestInit): Promise<Response> =>
    fetch(target, { ...init, credentials: 'omit' });
  try {
    return (await within(TIMEOUT, (signal) => fetchJson(request, url, signal))).jwks;
  } catch (error) {
    throw new Error(reasonOf(error as Error, url));
  }
}

function reasonOf({ name, message }: Error, url: string): string {
  if (name === 'TimeoutError') return 'Nobody answered within 10 seconds.';
  if (name !== 'TypeError') return `What came is no JWKS: ${message}.`;
  // The URL may come from a token: nothing of it may be more than an argument to a shell.
  const command = `curl '${url.replaceAll("'", '%27')}'`;
  return `The browser could not fetch it: the host is away, or does not let web pages read its keys (CORS). Fetch it in a terminal and paste it here: ${command}`;
}
