// Calls a function that was configured as `jwks`.

import { errorOf, fetchFailed, JwtError, reasonOf, textOf } from '../core/shared.js';
import type { JwkSet } from '../core/types.js';
import { within } from './fetch-json.js';

export type JwksFunction = () => string | JwkSet | Promise<string | JwkSet>;

/**
 * Calls the function, and passes the text of its JWK Set to `read`.
 *
 * @param seconds The timeout.
 * @throws JwtError `ERR_JWKS_UNAVAILABLE` if the function or `read` throws, or the timeout expires. If `read` throws an
 *   error about the configuration, rethrows this error.
 */
export async function readJwksFunction<T>(jwks: JwksFunction, seconds: number, read: (text: string) => T): Promise<T> {
  try {
    return read(textOf(await within(seconds, async () => jwks())));
  } catch (thrown) {
    if (thrown instanceof JwtError && thrown.category === 'config') throw thrown;
    const kind = errorOf(thrown).name === 'TimeoutError' ? 'timeout' : 'jwks';
    throw fetchFailed(kind, undefined, `the function "jwks" failed: ${reasonOf(thrown)}`, thrown);
  }
}
