// `sts-jwt/hono`: the same as a middleware of Hono.

import type { Context, MiddlewareHandler } from 'hono';
import type { VerifiedToken } from '../core/types.js';
import { authenticate, type Call, type ProtectOptions, type TokenVerifier } from './handler.js';

export type { Call, ProtectOptions, TokenVerifier } from './handler.js';
export { refuse } from './handler.js';

/**
 * Lets only verified callers pass; handlers then find the token by `c.get('token')`. Others are answered 401 with a challenge
 * (RFC 6750 §3), 403, or 503 with `Retry-After` when keys cannot be had.
 *
 * @param verifier Or a function that gives it for a context, for verifiers made of `c.env`.
 */
export function stsJwt(
  verifier: TokenVerifier | ((c: Context) => TokenVerifier),
  options: ProtectOptions & { optional: true },
): MiddlewareHandler<{ Variables: { token: VerifiedToken | undefined } }>;
export function stsJwt(
  verifier: TokenVerifier | ((c: Context) => TokenVerifier),
  options?: ProtectOptions,
): MiddlewareHandler<{ Variables: { token: VerifiedToken } }>;
export function stsJwt(
  verifier: TokenVerifier | ((c: Context) => TokenVerifier),
  options: ProtectOptions = {},
): MiddlewareHandler {
  return async (c, next) => {
    const chosen = typeof verifier === 'function' ? verifier(c) : verifier;
    const outcome = await authenticate(chosen, c.req.raw.headers, options, callOf(c));
    if (outcome instanceof Response) return outcome;
    c.set('token', outcome);
    return next();
  };
}

/** Hono throws where the platform has no such thing. */
function callOf(c: Context): Call | undefined {
  try {
    const { executionCtx } = c;
    return { waitUntil: (promise) => executionCtx.waitUntil(promise) };
  } catch {
    return undefined;
  }
}
