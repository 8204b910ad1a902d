// `sts-jwt/handler`: protects a fetch handler, for Workers and servers without a framework.

import { hasMethods, optionsInvalid } from '../core/shared.js';
import type { VerifiedToken } from '../core/types.js';
import {
  type Call,
  checkVerifier,
  decide,
  rememberVerifier,
  type TokenVerifier,
  type VerifierOf,
} from './authenticate.js';
import { type ProtectOptions, readSettings } from './protect-options.js';
import { type RequestLike, readRequest } from './received.js';
import { refusal } from './refusal.js';

export type { Call, TokenVerifier, VerifierOf } from './authenticate.js';
export type { OnRefused, ProtectOptions } from './protect-options.js';
export { isPreflight, type RequestLike } from './received.js';
export {
  type MetadataHandler,
  type MetadataRequest,
  protectedResourceMetadata,
  type ResourceMetadata,
} from './resource-metadata.js';

/** A handler that is called with the verified token. */
export type ProtectedHandler<Rest extends unknown[]> = (
  request: Request,
  token: VerifiedToken,
  ...rest: Rest
) => Response | Promise<Response>;

/** A handler for which the token is optional. */
export type OpenHandler<Rest extends unknown[]> = (
  request: Request,
  token: VerifiedToken | undefined,
  ...rest: Rest
) => Response | Promise<Response>;

/**
 * Wraps a fetch handler, which is then called only with a verified token. The response to any other request is 401 with
 * a challenge (RFC 6750 §3), 403, or, if the keys are unavailable, 503 with `Retry-After`. Other errors are rethrown.
 *
 * A CORS preflight gets a 401 as well, because it has no token. If pages of other origins call your service, answer
 * preflights before you call the returned function (`isPreflight()` recognises them), and add the CORS headers to all
 * its responses. With `optional`, preflights reach the handler.
 *
 * @param verifier The verifier, or a function that returns the verifier (or a promise of it). The function's only
 *   argument is the handler's second argument, which is the `env` of a Worker. The verifier is remembered for each
 *   `env` object, and a Workers isolate has only one such object. In Node, Deno and Next.js there is no `env`, and the
 *   function is called for each request. There, create the verifier once, outside the function, because each new verifier
 *   fetches its keys.
 * @throws JwtError `ERR_OPTIONS_INVALID`, with the name of the option in the message, for every mistake in the options.
 */
export function protect<Rest extends unknown[]>(
  verifier: TokenVerifier | VerifierOf<Rest[0]>,
  handler: OpenHandler<Rest>,
  options: ProtectOptions & { optional: true },
): (request: Request, ...rest: Rest) => Promise<Response>;
export function protect<Rest extends unknown[]>(
  verifier: TokenVerifier | VerifierOf<Rest[0]>,
  handler: ProtectedHandler<Rest>,
  options?: ProtectOptions,
): (request: Request, ...rest: Rest) => Promise<Response>;
export function protect<Env, Rest extends unknown[]>(
  verifier: VerifierOf<Env>,
  handler: OpenHandler<[env: Env, ...rest: Rest]>,
  options: ProtectOptions & { optional: true },
): (request: Request, env: Env, ...rest: Rest) => Promise<Response>;
export function protect<Env, Rest extends unknown[]>(
  verifier: VerifierOf<Env>,
  handler: ProtectedHandler<[env: Env, ...rest: Rest]>,
  options?: ProtectOptions,
): (request: Request, env: Env, ...rest: Rest) => Promise<Response>;
export function protect(
  verifier: TokenVerifier | VerifierOf<unknown>,
  handler: (request: Request, token: never, ...rest: unknown[]) => Response | Promise<Response>,
  options?: ProtectOptions,
): (request: Request, ...rest: unknown[]) => Promise<Response> {
  const settings = readSettings(options);
  const verifierOf = rememberVerifier(verifier, (env) => env);
  if (typeof handler !== 'function') throw optionsInvalid('the handler must be a function');
  return async (request, ...rest) => {
    const received = readRequest(request, settings);
    const chosen = await verifierOf(rest[0]);
    const decision = await decide(chosen, received, settings, callOf(rest), request);
    if (!decision.isIn) return decision.response;
    return handler(request, decision.token as never, ...rest);
  };
}

/**
 * Returns the verified token, `undefined` if the token is optional and absent, or the response that rejects the request.
 *
 * @param request The request, or only its headers. With `cookie`, pass the request. From headers alone, the method and
 *   the URL are not known. Then every request with a cookie counts as one that may change state, and `Origin` is
 *   compared with the header `Host`.
 * @throws JwtError (as a rejection) `ERR_OPTIONS_INVALID` for a mistake in the options, or if the verifier does not
 *   return a verified token. Also rejects with every other error that is not about the token.
 */
export async function authenticate(
  verifier: TokenVerifier,
  request: RequestLike,
  options?: ProtectOptions<never>,
  call?: Call,
): Promise<VerifiedToken | undefined | Response> {
  const settings = readSettings(options);
  const received = readRequest(request, settings);
  const decision = await decide(checkVerifier(verifier), received, settings, call, request);
  return decision.isIn ? decision.token : decision.response;
}

/**
 * Returns the response for a rejected token: 401 or 403 with a challenge, or 503 with `Retry-After`. The body is the
 * error's code as JSON. Does not call `onRefused`.
 *
 * @throws Every other error, including a JwtError about the configuration (status 500).
 */
export function refuse(error: unknown, options?: ProtectOptions<never>): Response {
  return refusal(error, readSettings(options));
}

/**
 * Returns the `ctx` among the arguments of a handler. The stub of a service or of a Durable Object returns a function for
 * any name, so it appears to have `waitUntil`. But such a stub also has `fetch`, and a `ctx` does not.
 */
function callOf(rest: unknown[]): Call | undefined {
  const contexts = rest.filter((each) => hasMethods(each, 'waitUntil') && !hasMethods(each, 'fetch')) as Call[];
  const context = contexts.find((each) => hasMethods(each, 'passThroughOnException')) ?? contexts.at(-1);
  return context && { waitUntil: (promise) => context.waitUntil!(promise) };
}
