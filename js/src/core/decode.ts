// decode(): reading without trust.

import type { Claims, UnverifiedToken } from './types.js';
import { decodeToken } from './wasm.js';

/**
 * UNVERIFIED: reads header and claims of a JWT without checking anything but the encoding. Whoever sent the token may
 * have written them: never decide anything by them.
 *
 * @param token The JWT in JWS Compact Serialization, without `Bearer `; at most 32 KiB.
 * @throws JwtError `ERR_JWS_INVALID`, `ERR_JWT_INVALID`, `ERR_JWT_TOO_LARGE` or `ERR_JOSE_NOT_SUPPORTED`.
 */
export function decode<C extends object = Claims>(token: string): UnverifiedToken<C> {
  return decodeToken(token) as UnverifiedToken<C>;
}
