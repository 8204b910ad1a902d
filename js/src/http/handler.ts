// `sts-jwt/handler`: protects a fetch handler, for Workers and servers without a framework.

import { JwtError } from '../core/shared.js';
import type { VerifiedToken } from '../core/types.js';

/** Verifies tokens: a `Verifier` or a `RemoteVerifier`. */
export interface TokenVerifier {
  /** Returns the verified token, or throws (or rejects with) a JwtError. */
  verify(token: string, call?: Call): VerifiedToken | Promise<VerifiedToken>;
}

/** The context of a request, such as the `ctx` of a Worker. */
export interface Call {
  /** Keeps the Worker alive while keys are renewed after the response. */
  waitUntil?(promise: Promise<unknown>): void;
  /** Not allowed: the verifier uses its own clock. */
  now?: never;
}

/** How a caller sends the token, and how a rejected request is answered. */
export interface ProtectOptions {
  /**
   * The cookie that contains the token, for callers that cannot set headers. Default: only the `Authorization` header
   * is read.
   */
  cookie?: string;
  /** Allows requests without a token. Invalid tokens are still rejected. Default: `false`. */
  optional?: boolean;
  /** The `realm` of the challenge (RFC 9110 §11.5). Default: none. */
  realm?: string;
  /** The `Retry-After` of a 503 response, in seconds. Default: the error's `retryAfter`, or else 10. */
  retryAfter?: number;
}

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
  options: ProtectOptions = {},
): (request: Request, ...rest: Rest) => Promise<Response> {
  return async (request, ...rest) => {
    const chosen = typeof verifier === 'function' ? verifier(...rest) : verifier;
    const call = rest.find((each) => typeof (each as Call | undefined)?.waitUntil === 'function') as Call | undefined;
    const outcome = await authenticate(chosen, request.headers, options, call);
    if (outcome instanceof Response) return outcome;
    return handler(request, outcome as never, ...rest);
  };
}

/** Returns the verified token, `undefined` if it is optional and absent, or the response that rejects the request. */
export async function authenticate(
  verifier: TokenVerifier,
  headers: Pick<Headers, 'get'>,
  options: ProtectOptions = {},
  call?: Call,
): Promise<VerifiedToken | undefined | Response> {
  const { cookie, optional, realm } = options;
  const token = tokenOf(headers, cookie);
  if (token === undefined) return optional ? undefined : answer(401, { error: 'no bearer token' }, challengeOf(realm));
  try {
    return await verifier.verify(token, call);
  } catch (error) {
    return refuse(error, options);
  }
}

/**
 * Returns the response for a rejected token: 401 or 403 with a challenge, or 503 with `Retry-After`. The body is the
 * error's code as JSON.
 *
 * @throws all other errors, including a JwtError about the configuration (status 500).
 */
export function refuse(error: unknown, { realm, retryAfter }: ProtectOptions = {}): Response {
  if (!(error instanceof JwtError) || error.status === 500) throw error;
  const { code, status } = error;
  if (status === 503)
    return answer(status, { error: code }, { 'retry-after': String(retryAfter ?? error.retryAfter ?? 10) });
  return answer(status, { error: code }, challengeOf(realm, error));
}

/**
 * RFC 6750 §2.1. The scheme is case-insensitive (RFC 9110 §11.1). The first cookie with the name is used (RFC 6265
 * §5.4).
 */
function tokenOf(headers: Pick<Headers, 'get'>, cookie: string | undefined): string | undefined {
  const header = headers.get('authorization');
  const bearer = header === null ? undefined : /^Bearer +(\S*) *$/i.exec(header)?.[1];
  if (bearer !== undefined || cookie === undefined) return bearer;
  for (const pair of headers.get('cookie')?.split(';') ?? []) {
    const [name, ...value] = pair.split('=');
    if (name!.trim() === cookie) return value.join('=').trim();
  }
  return undefined;
}

function challengeOf(realm: string | undefined, error?: JwtError): Record<string, string> {
  const parameters = error?.challenge().slice('Bearer'.length) ?? '';
  if (realm === undefined) return { 'www-authenticate': `Bearer${parameters}` };
  const quoted = `Bearer realm="${realm.replace(/["\\]/g, '\\$&')}"`;
  return { 'www-authenticate': parameters ? `${quoted},${parameters}` : quoted };
}

function answer(status: number, body: object, headers: Record<string, string>): Response {
  return Response.json(body, { status, headers: { 'cache-control': 'no-store', ...headers } });
}
