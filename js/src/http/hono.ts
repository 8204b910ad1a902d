// `sts-jwt/hono`: `sts-jwt/handler` as Hono middleware.

import type { Context, MiddlewareHandler } from 'hono';
import type { VerifiedToken } from '../core/types.js';
import {
  type Call,
  decide,
  type ProtectOptions,
  readRequest,
  readSettings,
  rememberVerifier,
  type TokenVerifier,
  type VerifierOf,
} from './authenticate.js';

export type { Call, ProtectOptions, RequestLike, TokenVerifier, VerifierOf } from './authenticate.js';
export { refuse } from './handler.js';

/**
 * Calls the handlers only for verified callers; they get the token with `c.get('token')`. Other requests are answered
 * with 401 and a challenge (RFC 6750 §3), with 403, or with 503 and `Retry-After` if the keys are unavailable.
 *
 * @param verifier The verifier, or a function that returns it (or a promise of it) for `{ env }`, the bindings of the context. The
 *   function gets nothing else, and its verifier is remembered for as long as `c.env` is the same object, as it is in an
 *   isolate of Workers. Where there is no such object, as in Node and Deno, the function is called for each request: make
 *   the verifier once, outside of it, because each new verifier fetches its keys.
 * @throws JwtError `ERR_OPTIONS_INVALID`, naming the field, for every mistake in the options.
 */
export function stsJwt<Bindings = Context['env']>(
  verifier: TokenVerifier | VerifierOf<{ env: Bindings }>,
  options: ProtectOptions & { optional: true },
): MiddlewareHandler<{ Variables: { token: VerifiedToken | undefined } }>;
export function stsJwt<Bindings = Context['env']>(
  verifier: TokenVerifier | VerifierOf<{ env: Bindings }>,
  options?: ProtectOptions,
): MiddlewareHandler<{ Variables: { token: VerifiedToken } }>;
export function stsJwt<Bindings = Context['env']>(
  verifier: TokenVerifier | VerifierOf<{ env: Bindings }>,
  options?: ProtectOptions,
): MiddlewareHandler {
  const settings = readSettings(options);
  const verifierOf = rememberVerifier(verifier, ({ env }) => env);
  return async (c, next) => {
    const received = readRequest(c.req.raw, settings);
    const chosen = await verifierOf({ env: c.env });
    const outcome = await decide(chosen, received, settings, callOf(c));
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
