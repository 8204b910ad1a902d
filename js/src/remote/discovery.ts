// Reads the URL of an issuer's keys from its discovery document (OpenID Connect Discovery 1.0, RFC 8414).

import { fetchFailed, ownData, parseSafeUrl, wellKnown } from '../core/shared.js';
import { type Fetch, type FetchError, fetchJson, withoutAdvice } from './fetch-json.js';

/** The maximum length of a `jwks_uri`. */
const MAX_URL = 2048;

/**
 * Returns the two URLs at which an issuer's discovery document may be. The first is that of OpenID Connect Discovery
 * §4. The second is that of RFC 8414 §3, to be tried if there is no document at the first. A trailing slash of the
 * issuer is dropped.
 */
export function documentUrls(issuer: string): [string, string] {
  const { origin, pathname } = new URL(issuer);
  return [
    wellKnown(issuer, 'openid-configuration'),
    `${wellKnown(origin, 'oauth-authorization-server')}${pathname.replace(/\/$/, '')}`,
  ];
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
  const [first, second] = documentUrls(issuer);
  const read = (url: string): Promise<string> =>
    fetchJson(fetch, url, seconds, 'discovery', ({ jwks: text }) => keysUrlIn(text, issuer, allowLoopbackHttp));
  let failure: FetchError;
  try {
    return await read(first);
  } catch (error) {
    failure = error as FetchError;
    if (!isAbsent(failure)) throw failure;
  }
  return read(second).catch((error: FetchError) => {
    if (!isAbsent(error)) throw error;
    const message = `${withoutAdvice(failure.message)}, and from ${second}: ${error.message}`;
    throw fetchFailed(failure.kind, first, message, error);
  });
}

/** Whether the server has no such document. In that case, many servers answer with a page, or redirect to a page. */
export function isAbsent({ kind, httpStatus = 0 }: Pick<FetchError, 'kind' | 'httpStatus'>): boolean {
  if (kind === 'status') return httpStatus < 500 && httpStatus !== 429;
  return kind === 'redirect' || kind === 'content_type';
}

function keysUrlIn(text: string, issuer: string, allowLoopbackHttp: boolean): string {
  const { issuer: named, jwks_uri: uri }: { issuer?: unknown; jwks_uri?: unknown } = ownData(JSON.parse(text));
  // OpenID Connect Discovery §4.3: the document of another issuer would lead to other keys.
  if (named !== issuer) throw wrong('issuer', named, `not "${issuer}"; configure the issuer that it names`);
  const url = parseSafeUrl(uri, allowLoopbackHttp)?.href;
  if (!url || url.length > MAX_URL) throw wrong('jwks_uri', uri, 'not an https URL; set "jwksUri"');
  return url;
}

function wrong(name: string, found: unknown, expected: string): Error {
  return new Error(`"${name}" of the discovery document is ${JSON.stringify(found)?.slice(0, 200)}, ${expected}`);
}
