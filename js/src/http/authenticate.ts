// Handles one request, for every framework: reads the token, calls the verifier, and creates the response for a rejected token.

import {
  hasMethods,
  isJwtError,
  isPlain,
  type JwtError,
  optionsInvalid,
  ownData,
  ownOptions,
  reasonOf,
  tokenInvalid,
} from '../core/shared.js';
import type { VerifiedToken } from '../core/types.js';

/** Verifies tokens: a `Verifier` or a `RemoteVerifier`. */
export interface TokenVerifier {
  /** Returns the verified token, or throws (or rejects with) a JwtError. */
  verify(token: string, call?: Call): VerifiedToken | Promise<VerifiedToken>;
}

/** The context of a request. In a Worker, this is `ctx`. */
export interface Call {
  /** Keeps the Worker alive while keys are renewed after the response. */
  waitUntil?(promise: Promise<unknown>): void;
  /** Not allowed, because the verifier has its own clock. */
  now?: never;
}

/** How a caller sends the token, and how a rejected request is answered. Unknown members are an error. */
export interface ProtectOptions {
  /**
   * The cookie that contains the token, for callers that cannot set headers. Default: only the `Authorization` header
   * is read.
   */
  cookie?: string | undefined;
  /**
   * Switches off the protection of `cookie` against cross-site request forgery, for services with another protection.
   * Browsers may send cookies with requests from any page. So, by default, a request with the token in the cookie is
   * rejected with 403 if it may change state and comes from a page of another origin. A request may change state unless
   * its method is GET, HEAD or OPTIONS; a request that opens a WebSocket always may. If a request may change state, its
   * `Sec-Fetch-Site` must be `same-origin` or `none`. Without `Sec-Fetch-Site`, `Origin` must be the origin of the
   * request's URL. A request with neither header is accepted: browsers send at least one of the two, so the request
   * does not come from a page. Default: `false`.
   */
  allowCrossSite?: boolean | undefined;
  /**
   * Allows requests without a token. Invalid tokens are still rejected, and so are unreadable `Authorization` headers
   * with the scheme `Bearer`. Default: `false`.
   */
  optional?: boolean | undefined;
  /** The `realm` of the challenge (RFC 9110 §11.5); only characters that a header may contain. Default: none. */
  realm?: string | undefined;
  /** The `Retry-After` of a 503 response, in whole seconds. Default: the error's `retryAfter`, or else 10. */
  retryAfter?: number | undefined;
}

/** The checked options, without a prototype. */
export type Settings = ProtectOptions;

/** @throws JwtError `ERR_OPTIONS_INVALID`. The message contains the name of the option. */
export function readSettings(options: ProtectOptions | undefined): Settings {
  const settings = ownOptions(options, ['cookie', 'allowCrossSite', 'optional', 'realm', 'retryAfter']);
  const { cookie, allowCrossSite, optional, realm, retryAfter } = settings;
  // RFC 6265 §4.1.1: the name is a token.
  if (cookie !== undefined && !(typeof cookie === 'string' && /^[\w!#$%&'*+.^`|~-]+$/.test(cookie))) {
    throw optionsInvalid('"cookie" must be the name of a cookie');
  }
  for (const [name, value] of Object.entries({ optional, allowCrossSite })) {
    if (value !== undefined && typeof value !== 'boolean') throw optionsInvalid(`"${name}" must be true or false`);
  }
  // RFC 9110 §5.6.4: the characters that a quoted string may contain.
  if (realm !== undefined && !(typeof realm === 'string' && /^[\t -~\x80-\xff]*$/.test(realm))) {
    throw optionsInvalid('"realm" must be a string of characters that a header may have');
  }
  if (retryAfter !== undefined && !(Number.isSafeInteger(retryAfter) && retryAfter >= 0)) {
    throw optionsInvalid('"retryAfter" must be a whole number of seconds');
  }
  return settings;
}

/** @throws JwtError `ERR_OPTIONS_INVALID` if the argument is not a verifier. */
export function checkVerifier(verifier: TokenVerifier): TokenVerifier {
  if (hasMethods(verifier, 'verify')) return verifier;
  throw optionsInvalid(
    'the verifier must have a method "verify"; create it with createVerifier() or createRemoteVerifier()',
  );
}

/**
 * What is needed from a request: two headers, and the result of the check for forgery. readRequest() reads all members, so
 * an error that a hostile object throws is never mistaken for an error of the verifier.
 */
export interface Received {
  authorization: string | null;
  cookie: string | null;
  /** Whether the request may change state and may come from a page of another origin. */
  isForged: boolean;
}

/** The headers of a request, or the request itself. */
export type RequestLike = Pick<Headers, 'get'> | Pick<Request, 'headers' | 'method' | 'url'>;

/** @throws JwtError `ERR_OPTIONS_INVALID` if the argument is neither a request nor headers. */
export function readRequest(request: RequestLike, settings: Settings): Received {
  try {
    const given = (isHeaders(request) ? { headers: request } : request) as Partial<Request>;
    // If only headers were passed, there is no method or URL. Only own members are read, so a polluted
    // `Object.prototype` cannot supply them.
    const { headers, method, url }: Partial<Request> = isPlain(given) ? ownData(given) : given;
    const read = (name: string): string | null => {
      const value: unknown = headers!.get(name) ?? null;
      if (value === null || typeof value === 'string') return value;
      throw optionsInvalid(`the header "${name}" is not a string`);
    };
    return {
      authorization: read('authorization'),
      cookie: read('cookie'),
      isForged: settings.cookie !== undefined && isForged(read, method, url),
    };
  } catch (cause) {
    if (isJwtError(cause)) throw cause;
    throw optionsInvalid('the request must have "headers" with a method "get"', { cause });
  }
}

/** Whether an object has a method `get` that it does not inherit from a polluted prototype. */
function isHeaders(request: RequestLike): request is Pick<Headers, 'get'> {
  return hasMethods(request, 'get') && (request as Headers).get !== ({} as Headers).get;
}

function isForged(read: (name: string) => string | null, method?: string, url?: string): boolean {
  const changes = !['GET', 'HEAD', 'OPTIONS'].includes(method!) || read('upgrade') !== null;
  if (!changes) return false;
  const site = read('sec-fetch-site');
  // `same-site` is not enough: another subdomain may belong to someone else.
  if (site !== null) return site !== 'same-origin' && site !== 'none';
  const origin = read('origin');
  if (origin === null) return false;
  // Browsers send "null" for a page without an origin of its own, such as a sandboxed frame. It must not be compared:
  // the origin of a URL such as about:blank is "null" as well.
  if (!URL.canParse(origin)) return true;
  // In Node frameworks, the URL of a request is only a path.
  return url !== undefined && URL.canParse(url)
    ? origin !== new URL(url).origin
    : new URL(origin).host !== read('host');
}

/** Returns the verified token, `undefined` if the token is optional and absent, or the response that rejects the request. */
export async function decide(
  verifier: TokenVerifier,
  { authorization, cookie, isForged }: Received,
  settings: Settings,
  call: Call | undefined,
): Promise<VerifiedToken | undefined | Response> {
  const { optional, realm } = settings;
  try {
    const bearer = bearerOf(authorization);
    const token = bearer ?? cookieOf(cookie ?? '', settings.cookie);
    if (token === undefined)
      return optional ? undefined : answer(401, { error: 'no bearer token' }, challengeOf(realm));
    if (bearer === undefined && isForged && !settings.allowCrossSite) {
      return answer(403, { error: 'cross-site request' }, {});
    }
    const verified: unknown = await verifier.verify(token, call);
    if (isVerified(verified)) return verified;
  } catch (error) {
    return refusal(error, settings);
  }
  throw optionsInvalid('the method "verify" of the verifier returned no verified token');
}

/** Returns the verifier for an environment (the `env` of a Worker). */
export type VerifierOf<Env> = (env: Env) => TokenVerifier | Promise<TokenVerifier>;

/**
 * Remembers the verifier that a function returns for each `env`. Otherwise every request would create a verifier, which
 * would fetch its keys again. Remembers the verifier, not its promise, because in a Worker one request must not wait
 * for another.
 */
export function rememberVerifier<Env>(
  given: TokenVerifier | VerifierOf<Env>,
  envOf: (argument: Env) => unknown,
): (argument: Env) => TokenVerifier | Promise<TokenVerifier> {
  if (typeof given !== 'function') {
    const verifier = checkVerifier(given);
    return () => verifier;
  }
  const kept = new WeakMap<object, TokenVerifier>();
  return async (argument) => {
    const env = envOf(argument);
    const isStable = typeof env === 'object' && env !== null;
    const known = isStable ? kept.get(env) : undefined;
    if (known) return known;
    try {
      const made = given(argument);
      // Awaits only a promise. If a plain verifier were awaited, a concurrent request would create another one meanwhile.
      const verifier = checkVerifier(hasMethods(made, 'then') ? await made : (made as TokenVerifier));
      if (!isStable) return verifier;
      // If another request has stored a verifier in the meantime, all requests use that verifier and its keys.
      const first = kept.get(env) ?? verifier;
      kept.set(env, first);
      return first;
    } catch (cause) {
      if (isJwtError(cause)) throw cause;
      throw optionsInvalid(`the function that returns the verifier failed: ${reasonOf(cause)}`, { cause });
    }
  };
}

/** The response of `refuse()`. */
export function refusal(error: unknown, { realm, retryAfter }: Settings): Response {
  if (!isRefusal(error)) throw error;
  const { code, status } = error;
  if (status !== 503) return answer(status, { error: code }, challengeOf(realm, error));
  const known = Object.hasOwn(error, 'retryAfter') ? error.retryAfter : undefined;
  const seconds = retryAfter ?? (Number.isSafeInteger(known) ? known : 10);
  return answer(status, { error: code }, { 'retry-after': String(seconds) });
}

/** Whether this is an error about the token or the keys. Any code can construct a JwtError, so the members are checked. */
function isRefusal(error: unknown): error is JwtError {
  return isJwtError(error) && [401, 403, 503].includes(error.status);
}

/** Matches the scheme `Bearer`, at the beginning or after a comma. If a header was sent twice, `Headers` returns `a, b`. */
const BEARER = /(?:^|,)[ \t]*bearer(?:$|[^\w!#$%&'*+.^`|~-])/i;

/**
 * Returns the token of the `Authorization` header (RFC 6750 §2.1), or `undefined` if the header is absent or has another scheme.
 * The scheme is case-insensitive (RFC 9110 §11.1). Takes linear time, because the header is untrusted.
 *
 * @throws JwtError `ERR_JWS_INVALID` (401) if the scheme is `Bearer`, but what follows is not one token.
 */
function bearerOf(header: string | null): string | undefined {
  if (header === null || !BEARER.test(header)) return undefined;
  let start = 'Bearer '.length;
  let end = header.length;
  while (header[start] === ' ') start += 1;
  while (end > start && header[end - 1] === ' ') end -= 1;
  const token = header.slice(start, end);
  if (!/^bearer /i.test(header) || token === '' || /\s/.test(token)) {
    throw tokenInvalid('the "Authorization" header must be "Bearer", a space and one token');
  }
  return token;
}

/**
 * Returns the value of the first cookie with this name (RFC 6265 §5.4). Only spaces and tabs before the name are
 * skipped. Otherwise a page could set a cookie whose name is some other white-space character followed by `__Host-…`, and
 * so evade the browser's rules for names that begin with `__Host-`.
 */
function cookieOf(text: string, cookie: string | undefined): string | undefined {
  if (cookie === undefined) return undefined;
  const start = `${cookie}=`;
  for (let from = 0, end = 0; end < text.length; from = end + 1) {
    end = text.indexOf(';', from);
    if (end < 0) end = text.length;
    while (isBlank(text[from])) from += 1;
    if (text.startsWith(start, from)) return trimBlanks(text, from + start.length, end);
  }
  return undefined;
}

/** Returns the part of `text` from `from` to `end` without the spaces and tabs around it, in linear time. */
function trimBlanks(text: string, from: number, end: number): string {
  while (from < end && isBlank(text[from])) from += 1;
  while (end > from && isBlank(text[end - 1])) end -= 1;
  return text.slice(from, end);
}

function isBlank(character: string | undefined): boolean {
  return character === ' ' || character === '\t';
}

/** Whether a verifier returned a verified token. A bug in a custom verifier must not let a request through. */
function isVerified(token: unknown): token is VerifiedToken {
  const has = (name: keyof VerifiedToken, type: string): boolean => {
    const value: unknown = Object.hasOwn(token as object, name) ? (token as VerifiedToken)[name] : undefined;
    return typeof value === type && value !== null;
  };
  try {
    if (typeof token !== 'object' || token === null) return false;
    return has('header', 'object') && has('claims', 'object') && has('key', 'object') && has('tokenId', 'string');
  } catch {
    return false;
  }
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
