// `sts-jwt/hono`: `sts-jwt/handler` as Hono middleware.

import type { Context, MiddlewareHandler } from 'hono';
import type { VerifiedToken } from '../core/types.js';
import { type Call, decide, rememberVerifier, type TokenVerifier, type VerifierOf } from './authenticate.js';
import { type ProtectOptions, readSettings } from './protect-options.js';
import { readRequest } from './received.js';

export type { Call, TokenVerifier, VerifierOf } from './authenticate.js';
export { refuse } from './handler.js';
export type { OnRefused, ProtectOptions } from './protect-options.js';
export { isPreflight, type RequestLike } from './received.js';
export {
  type MetadataHandler,
  type MetadataRequest,
  protectedResourceMetadata,
  type ResourceMetadata,
} from './resource-metadata.js';

/**
 * The variables of an app that uses {@link stsJwt} for all its routes: `new Hono<{ Variables: StsJwtVariables }>()`. With
 * `optional`, write `StsJwtVariables<VerifiedToken | undefined>`.
 */
export interface StsJwtVariables<Token extends VerifiedToken<object> | undefined = VerifiedToken> {
  /** The verified token. */
  token: Token;
}

/**
 * Calls the handlers only for verified callers. Handlers read the token with `c.get('token')`. The response to any
 * other request is 401 with a challenge (RFC 6750 §3), 403, or, if the keys are unavailable, 503 with `Retry-After`. If
 * pages of other origins call your service, put `cors()` of `hono/cors` before this middleware. Otherwise a CORS
 * preflight gets a 401, because it has no token. With `optional`, preflights reach the handlers.
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
): MiddlewareHandler<{ Variables: StsJwtVariables<VerifiedToken | undefined> }>;
export function stsJwt<Bindings = Context['env']>(
  verifier: TokenVerifier | VerifierOf<{ env: Bindings }>,
  options?: ProtectOptions,
): MiddlewareHandler<{ Variables: StsJwtVariables }>;
export function stsJwt<Bindings = Context['env']>(
  verifier: TokenVerifier | VerifierOf<{ env: Bindings }>,
  options?: ProtectOptions,
): MiddlewareHandler {
  const settings = readSettings(options);
  const verifierOf = rememberVerifier(verifier, ({ env }) => env);
  return async (c, next) => {
    const received = readRequest(c.req.raw, settings);
    const chosen = await verifierOf({ env: c.env });
    const decision = await decide(chosen, received, settings, callOf(c), c.req.raw);
    if (!decision.isIn) return decision.response;
    c.set('token', decision.token);
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
