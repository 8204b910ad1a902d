// `sts-jwt/hono`: `sts-jwt/handler` as Hono middleware.

import type { Context, MiddlewareHandler } from 'hono';
import type { VerifiedToken } from '../core/types.js';
import {
  type Call,
  checkVerifier,
  decide,
  type ProtectOptions,
  readSettings,
  type TokenVerifier,
} from './authenticate.js';

export type { Call, ProtectOptions, TokenVerifier } from './authenticate.js';
export { refuse } from './handler.js';

/**
 * Calls the handlers only for verified callers; they get the token with `c.get('token')`. Other requests are answered
 * with 401 and a challenge (RFC 6750 §3), with 403, or with 503 and `Retry-After` if the keys are unavailable.
 *
 * @param verifier The verifier, or a function that returns it for a context, to configure it from `c.env`.
 * @throws JwtError `ERR_OPTIONS_INVALID`, naming the field, for every mistake in the options.
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
  options?: ProtectOptions,
): MiddlewareHandler {
  const settings = readSettings(options);
  const given = typeof verifier === 'function' ? verifier : checkVerifier(verifier);
  return async (c, next) => {
    const chosen = typeof given === 'function' ? checkVerifier(given(c)) : given;
    const outcome = await decide(chosen, c.req.raw.headers, settings, callOf(c));
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
