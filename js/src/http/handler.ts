// `sts-jwt/handler`: a fetch handler that only verified callers reach, for Workers and servers without a framework.

import { JwtError } from '../core/shared.js';
import type { VerifiedToken } from '../core/types.js';

/** Whatever verifies tokens: a `Verifier`, or a remote one. */
export interface TokenVerifier {
  /** Throws or rejects with a JwtError for every token that is not good. */
  verify(token: string, call?: Call): VerifiedToken | Promise<VerifiedToken>;
}

/** What goes with a request, such as the `ctx` of a Worker. */
export interface Call {
  /** Keeps the Worker alive for the renewal of keys behind the response. */
  waitUntil?(promise: Promise<unknown>): void;
  /** Never given: the time is the verifier's own. */
  now?: never;
}

/** How a caller brings the token, and what the answer says when it is refused. */
export interface ProtectOptions {
  /** The cookie that holds the token, for callers that cannot set headers. Default: only the `Authorization` header is read. */
  cookie?: string;
  /** Lets requests without a token pass; a bad token is refused all the same. Default: `false`. */
  optional?: boolean;
  /** The `realm` of the challenge (RFC 9110 §11.5). Default: none. */
  realm?: string;
  /** The `Retry-After` of a 503, in seconds. Default: the error's `retryAfter`, or else 10. */
  retryAfter?: number;
}

/** What a protected handler gets instead of the bare request's. */
export type ProtectedHandler<Rest extends unknown[]> = (
  request: Request,
  token: VerifiedToken,
  ...rest: Rest
) => Response | Promise<Response>;

/** The same where the token is optional. */
export type OpenHandler<Rest extends unknown[]> = (
  request: Request,
  token: VerifiedToken | undefined,
  ...rest: Rest
) => Response | Promise<Response>;

/**
 * Wraps a fetch handler: it is called with the verified token, or the caller is answered 401 with a challenge (RFC 6750 §3), 403,
 * or 503 with `Retry-After` when keys cannot be had. What else goes wrong is thrown.
 *
 * @param verifier Or a function that gives it for the handler's further arguments, such as a Worker's `env` and `ctx`.
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

/** The verified token of a request, `undefined` where it has none and need not, or the answer that refuses it. */
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
 * The answer to a caller whose token was refused: 401 or 403 with a challenge, or 503 with `Retry-After`, and the error's code as
 * JSON.
 *
 * @throws whatever is no fault of the caller: other errors, and the JwtErrors of a wrong configuration (status 500).
 */
export function refuse(error: unknown, { realm, retryAfter }: ProtectOptions = {}): Response {
  if (!(error instanceof JwtError) || error.status === 500) throw error;
  const { code, status } = error;
  if (status === 503)
    return answer(status, { error: code }, { 'retry-after': String(retryAfter ?? error.retryAfter ?? 10) });
  return answer(status, { error: code }, challengeOf(realm, error));
}

/** RFC 6750 §2.1; the scheme without case (RFC 9110 §11.1). The first cookie of the name counts (RFC 6265 §5.4). */
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
