// Reads the URL of an issuer's keys from its discovery document (OpenID Connect Discovery 1.0, RFC 8414).

import { ownData } from '../core/shared.js';
import { type Fetch, fetchJson } from './fetch-json.js';

/** Returns the URL of an issuer's discovery document. */
export function documentUrl(issuer: string): string {
  return `${issuer}/.well-known/openid-configuration`;
}

/**
 * Returns the `jwks_uri` of the issuer. Only this and `issuer` are read, because issuers that do not sign in users omit
 * other members that the standard requires.
 *
 * @param isSafe Whether keys may be fetched from a URL.
 */
export async function discover(
  fetch: Fetch,
  issuer: string,
  signal: AbortSignal,
  isSafe: (url: string) => boolean,
): Promise<string> {
  const { jwks: text } = await fetchJson(fetch, documentUrl(issuer), signal);
  const { issuer: named, jwks_uri: uri }: { issuer?: unknown; jwks_uri?: unknown } = ownData(JSON.parse(text));
  // OpenID Connect Discovery §4.3: the document of another issuer would name other keys.
  if (named !== issuer || typeof uri !== 'string' || !isSafe(uri)) {
    throw new Error('the discovery document must have exactly this "issuer" and an https "jwks_uri"');
  }
  return uri;
}
