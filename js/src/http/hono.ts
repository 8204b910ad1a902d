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
 * Calls the handlers only for verified callers. Handlers read the token with `c.get('token')`. The response to any
 * other request is 401 with a challenge (RFC 6750 §3), 403, or, if the keys are unavailable, 503 with `Retry-After`.
 *
 * @param verifier The verifier, or a function that returns the verifier (or a promise of it). The function's only
 *   argument is `{ env }`, the bindings of the context. The verifier is remembered for each `c.env` object, and a
 *   Workers isolate has only one such object. In Node and Deno there is no such shared object, and the function is called
 *   for each request. There, create the verifier once, outside the function, because each new verifier fetches its keys.
 * @throws JwtError `ERR_OPTIONS_INVALID`, with the name of the option in the message, for every mistake in the options.
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

/** Returns the execution context, or `undefined` if the platform has none. Hono throws in that case. */
function callOf(c: Context): Call | undefined {
  try {
    const { executionCtx } = c;
    return { waitUntil: (promise) => executionCtx.waitUntil(promise) };
  } catch {
    return undefined;
  }
}
