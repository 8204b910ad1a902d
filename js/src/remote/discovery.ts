// Reads the URL of an issuer's keys from its discovery document (OpenID Connect Discovery 1.0, RFC 8414).

import { ownData, parseSafeUrl } from '../core/shared.js';
import { type Fetch, fetchJson } from './fetch-json.js';

/** The maximum length of a `jwks_uri`. */
const MAX_URL = 2048;

/** Returns the URL of an issuer's discovery document. */
export function documentUrl(issuer: string): string {
  return `${issuer}/.well-known/openid-configuration`;
}

/**
 * Returns the `jwks_uri` of the issuer. Reads only `jwks_uri` and `issuer`. Issuers that do not sign in users omit
 * other members, although the standard requires them.
 *
 * @throws JwtError `ERR_JWKS_UNAVAILABLE`
 */
export async function discover(
  fetch: Fetch,
  issuer: string,
  seconds: number,
  allowLoopbackHttp: boolean,
): Promise<string> {
  return fetchJson(fetch, documentUrl(issuer), seconds, 'discovery', ({ jwks: text }) => {
    const { issuer: named, jwks_uri: uri }: { issuer?: unknown; jwks_uri?: unknown } = ownData(JSON.parse(text));
    // OpenID Connect Discovery §4.3: the document of another issuer would lead to other keys.
    if (named !== issuer) throw wrong('issuer', named, `not "${issuer}"; configure the one that it names`);
    const url = parseSafeUrl(uri, allowLoopbackHttp)?.href;
    if (!url || url.length > MAX_URL) throw wrong('jwks_uri', uri, 'not an https URL; set "jwksUri"');
    return url;
  });
}

function wrong(name: string, found: unknown, expected: string): Error {
  return new Error(`"${name}" of the discovery document is ${JSON.stringify(found)?.slice(0, 200)}, ${expected}`);
}
