// OpenID Connect Discovery 1.0 and RFC 8414: where an issuer says that its keys are.

import { type Fetch, fetchJson } from './fetch-json.js';

/**
 * The `jwks_uri` of the issuer. Only this and `issuer` are read: issuers that sign in nobody leave out what else the standard
 * requires.
 *
 * @param isSafe Whether keys may be fetched from a URL.
 */
export async function discover(
  fetch: Fetch,
  issuer: string,
  signal: AbortSignal,
  isSafe: (url: string) => boolean,
): Promise<string> {
  const { jwks: text } = await fetchJson(fetch, `${issuer}/.well-known/openid-configuration`, signal);
  const document = JSON.parse(text) as { issuer?: unknown; jwks_uri?: unknown } | null;
  const uri = document?.jwks_uri;
  // OpenID Connect Discovery §4.3: a document of another issuer would bring that one's keys.
  if (document?.issuer !== issuer || typeof uri !== 'string' || !isSafe(uri)) {
    throw new Error('the configuration must have this very "issuer" and a "jwks_uri", https');
  }
  return uri;
}
