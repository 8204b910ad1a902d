// decode(): reads a token without verifying it.

import type { Claims, UnverifiedToken } from './types.js';
import { decodeToken } from './wasm.js';

/**
 * UNVERIFIED: reads header and claims of a JWT, checking only the encoding. Anyone may have written them, so never base
 * a decision on them.
 *
 * @param token The JWT in JWS Compact Serialization, without `Bearer `; at most 32 KiB.
 * @throws JwtError `ERR_JWS_INVALID`, `ERR_JWT_INVALID`, `ERR_JWT_TOO_LARGE` or `ERR_JOSE_NOT_SUPPORTED`.
 */
export function decode<C extends object = Claims>(token: string): UnverifiedToken<C> {
  return decodeToken(token) as UnverifiedToken<C>;
}
