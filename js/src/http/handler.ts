// `sts-jwt/handler`: protects a fetch handler, for Workers and servers without a framework.

import { hasMethods } from '../core/shared.js';
import type { VerifiedToken } from '../core/types.js';
import {
  type Call,
  checkVerifier,
  decide,
  type ProtectOptions,
  readSettings,
  refusal,
  type TokenVerifier,
} from './authenticate.js';

export type { Call, ProtectOptions, TokenVerifier } from './authenticate.js';

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
 * @param verifier The verifier, or a function that returns it for the handler's further arguments, such as a Worker's
 *   `env` and `ctx`.
 * @throws JwtError `ERR_OPTIONS_INVALID`, naming the field, for every mistake in the options.
 */
export function protect<Rest extends unknown[]>(
  verifier: TokenVerifier | ((...rest: Rest) => TokenVerifier),
  handler: OpenHandler<Rest>,
  options: ProtectOptions & { optional: true },
): (request: Request, ...rest: Rest) => Promise<Response>;
export function protect<Rest extends unknown[]>(
  verifier: TokenVerifier | ((...rest: Rest) => TokenVerifier),
  handler: ProtectedHandler<Rest>,
  options?: ProtectOptions,
): (request: Request, ...rest: Rest) => Promise<Response>;
export function protect<Rest extends unknown[]>(
  verifier: TokenVerifier | ((...rest: Rest) => TokenVerifier),
  handler: (request: Request, token: never, ...rest: Rest) => Response | Promise<Response>,
  options?: ProtectOptions,
): (request: Request, ...rest: Rest) => Promise<Response> {
  const settings = readSettings(options);
  const given = typeof verifier === 'function' ? verifier : checkVerifier(verifier);
  return async (request, ...rest) => {
    const chosen = typeof given === 'function' ? checkVerifier(given(...rest)) : given;
    const outcome = await decide(chosen, request.headers, settings, callOf(rest));
    if (outcome instanceof Response) return outcome;
    return handler(request, outcome as never, ...rest);
  };
}

/**
 * Returns the verified token, `undefined` if it is optional and absent, or the response that rejects the request.
 *
 * @throws JwtError (as a rejection) `ERR_OPTIONS_INVALID` for a mistake in the options, or if the verifier returns no verified
 *   token; all other errors that are not about the token.
 */
export async function authenticate(
  verifier: TokenVerifier,
  headers: Pick<Headers, 'get'>,
  options?: ProtectOptions,
  call?: Call,
): Promise<VerifiedToken | undefined | Response> {
  return decide(checkVerifier(verifier), headers, readSettings(options), call);
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
