// `sts-jwt/hono`: `sts-jwt/handler` as Hono middleware.

import type { Context, MiddlewareHandler } from 'hono';
import type { VerifiedToken } from '../core/types.js';
import { authenticate, type Call, type ProtectOptions, type TokenVerifier } from './handler.js';

export type { Call, ProtectOptions, TokenVerifier } from './handler.js';
export { refuse } from './handler.js';

/**
 * Calls the handlers only for verified callers; they get the token with `c.get('token')`. Other requests are answered
 * with 401 and a challenge (RFC 6750 §3), with 403, or with 503 and `Retry-After` if the keys are unavailable.
 *
 * @param verifier The verifier, or a function that returns it for a context, to configure it from `c.env`.
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

/** Returns the execution context, or `undefined` if the platform has none, because Hono throws then. */
function callOf(c: Context): Call | undefined {
  try {
    const { executionCtx } = c;
    return { waitUntil: (promise) => executionCtx.waitUntil(promise) };
  } catch {
    return undefined;
  }
}
