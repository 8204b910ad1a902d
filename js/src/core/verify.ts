// verify(): the complete decision.

import { type KeySet, readKeySet, sourceOf } from './key-set.js';
import { type ClaimsOf, type StandardSchemaV1, withSchema } from './standard-schema.js';
import type { Claims, JwkSet, VerifiedToken, VerifyOptions } from './types.js';
import { decodeOptions, readOptions } from './verify-options.js';
import { assertRunning, verifyToken } from './wasm.js';

/**
 * Verifies a JWT: its signature with a key of the set (RFC 7515 §5.2), then its claims (RFC 7519 §7.2). Synchronous.
 *
 * @param token The JWT in JWS Compact Serialization, without `Bearer `; at most 32 KiB.
 * @param jwks The issuer's keys: a {@link KeySet} (fastest), the JSON text (cached, so the same text is not parsed again),
 *   or the parsed object.
 * @param options The expectations; `issuer` and `audience` are required.
 * @returns The header, the claims and the key. The type parameter is not checked: only registered claims are checked for
 *   their type. With `options.schema`, the claims are the schema's output and have its type.
 * @throws JwtError for every reason to reject the token, and for invalid options (`ERR_OPTIONS_INVALID`) or an invalid key
 *   set (`ERR_JWKS_INVALID`), which are checked first.
 */
export function verify<S extends StandardSchemaV1<unknown, object>>(
  token: string,
  jwks: string | JwkSet | KeySet,
  options: VerifyOptions & { schema: S },
): VerifiedToken<ClaimsOf<S>>;
export function verify<C extends object = Claims>(
  token: string,
  jwks: string | JwkSet | KeySet,
  options: VerifyOptions,
): VerifiedToken<C>;
export function verify(token: string, jwks: string | JwkSet | KeySet, options: VerifyOptions): VerifiedToken {
  assertRunning();
  // Reading the arguments may run the caller's code (getters, toJSON). After these two calls, none of it runs until the
  // decision is made.
  const { read, now, schema } = readOptions(options);
  const source = sourceOf(jwks);
  const expectations = decodeOptions(read);
  const keySet = readKeySet(source);
  return withSchema(verifyToken(token, keySet, expectations, now), schema);
}
