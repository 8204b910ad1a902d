// `sts-jwt/handler`: protects a fetch handler, for Workers and servers without a framework.

import { hasMethods, optionsInvalid } from '../core/shared.js';
import type { VerifiedToken } from '../core/types.js';
import {
  type Call,
  checkVerifier,
  decide,
  type ProtectOptions,
  type RequestLike,
  readRequest,
  readSettings,
  refusal,
  rememberVerifier,
  type TokenVerifier,
  type VerifierOf,
} from './authenticate.js';

export type { Call, ProtectOptions, RequestLike, TokenVerifier, VerifierOf } from './authenticate.js';

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
 * Wraps a fetch handler, so that it is called only with a verified token. Other requests are answered with 401 and a
 * challenge (RFC 6750 §3), with 403, or with 503 and `Retry-After` if the keys are unavailable. Other errors are
 * rethrown.
 *
 * @param verifier The verifier, or a function that returns it (or a promise of it) for the handler's second argument, which is
 *   the `env` of a Worker. The function is called with nothing else, and its verifier is remembered for as long as `env` is
 *   the same object, as it is in an isolate of Workers. Where there is no such object, as in Node, Deno and Next.js, the
 *   function is called for each request: make the verifier once, outside of it, because each new verifier fetches its keys.
 * @throws JwtError `ERR_OPTIONS_INVALID`, naming the field, for every mistake in the options.
 */
export function protect<Rest extends unknown[]>(
  verifier: TokenVerifier | (() => TokenVerifier | Promise<TokenVerifier>),
  handler: OpenHandler<Rest>,
  options: ProtectOptions & { optional: true },
): (request: Request, ...rest: Rest) => Promise<Response>;
export function protect<Rest extends unknown[]>(
  verifier: TokenVerifier | (() => TokenVerifier | Promise<TokenVerifier>),
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
    const outcome = await decide(chosen, received, settings, callOf(rest));
    if (outcome instanceof Response) return outcome;
    return handler(request, outcome as never, ...rest);
  };
}

/**
 * Returns the verified token, `undefined` if it is optional and absent, or the response that rejects the request.
 *
 * @param request The request, or its headers alone. With `cookie`, pass the request: without its method, each request with a cookie
 *   counts as one that may change state, and without its URL, `Origin` is compared with the header `Host`.
 * @throws JwtError (as a rejection) `ERR_OPTIONS_INVALID` for a mistake in the options, or if the verifier returns no verified
 *   token; all other errors that are not about the token.
 */
export async function authenticate(
  verifier: TokenVerifier,
  request: RequestLike,
  options?: ProtectOptions,
  call?: Call,
): Promise<VerifiedToken | undefined | Response> {
  const settings = readSettings(options);
  return decide(checkVerifier(verifier), readRequest(request, settings), settings, call);
}

/**
 * Returns the response for a rejected token: 401 or 403 with a challenge, or 503 with `Retry-After`. The body is the
 * error's code as JSON.
 *
 * @throws all other errors, including a JwtError about the configuration (status 500).
 */
export function refuse(error: unknown, options?: ProtectOptions): Response {
  return refusal(error, readSettings(options));
}

/**
 * Returns the context among the arguments of a handler, such as `env` and `ctx`. A stub of a service or of a Durable Object seems to
 * have `waitUntil`, because it has a function for every name. But it also has `fetch`, and no context does.
 */
function callOf(rest: unknown[]): Call | undefined {
  const contexts = rest.filter((each) => hasMethods(each, 'waitUntil') && !hasMethods(each, 'fetch')) as Call[];
  const context = contexts.find((each) => hasMethods(each, 'passThroughOnException')) ?? contexts.at(-1);
  return context && { waitUntil: (promise) => context.waitUntil!(promise) };
}
