// Reads a request: the token in its headers, and whether a page of another origin may have sent it.

import { hasMethods, isJwtError, isPlain, optionsInvalid, tokenInvalid } from '../core/shared.js';
import type { Settings } from './protect-options.js';

/**
 * What is needed from a request: the headers that may have the token, and the result of the check for forgery.
 * readRequest() reads all members, so an error that a hostile object throws is never mistaken for an error of the verifier.
 */
export interface Received {
  /** The header with the token: `Authorization`, or the one that the option `header` names. */
  header: string | null;
  cookie: string | null;
  /** Whether the request may change state and may come from a page of another origin. */
  isForged: boolean;
}

/** The headers of a request, or the request itself. */
export type RequestLike = Pick<Headers, 'get'> | Pick<Request, 'headers' | 'method' | 'url'>;

/** @throws JwtError `ERR_OPTIONS_INVALID` if the argument is neither a request nor headers. */
export function readRequest(request: RequestLike, settings: Settings): Received {
  return reading(request, (read, method, url) => ({
    header: read(settings.header ?? 'authorization'),
    cookie: read('cookie'),
    isForged: (settings.cookie ?? settings.header) !== undefined && isForged(read, method, url),
  }));
}

/**
 * Whether a request is a CORS preflight: a browser asks whether a page may send a request. Preflights never have a token.
 * `protect()` answers them like any request without a token, so answer them before you call it: with the CORS middleware
 * of your framework, or with this function.
 *
 * @throws JwtError `ERR_OPTIONS_INVALID` if the argument is not a request.
 */
export function isPreflight(request: Pick<Request, 'headers' | 'method'>): boolean {
  return reading(request as Request, (read, method) => {
    if (typeof method !== 'string') throw optionsInvalid('the request must have a "method"');
    // https://fetch.spec.whatwg.org/#cors-preflight-fetch
    const isAsking = read('origin') !== null && read('access-control-request-method') !== null;
    return isAsking && method === 'OPTIONS';
  });
}

type Read = (name: string) => string | null;

function reading<T>(request: RequestLike, use: (read: Read, method?: string, url?: string) => T): T {
  try {
    const given = (isHeaders(request) ? { headers: request } : request) as Partial<Request>;
    // If only headers were passed, there is no method or URL. Only own members are read, so a polluted
    // `Object.prototype` cannot supply them.
    const { headers, method, url }: Partial<Request> = isPlain(given)
      ? ({ __proto__: null, ...given } as Partial<Request>)
      : given;
    const read = (name: string): string | null => {
      const value: unknown = headers!.get(name) ?? null;
      if (value === null || typeof value === 'string') return value;
      throw optionsInvalid(`the header "${name}" is not a string`);
    };
    return use(read, method, url);
  } catch (cause) {
    if (isJwtError(cause)) throw cause;
    throw optionsInvalid('the request must have "headers" with a method "get"', { cause });
  }
}

/**
 * Whether an object has a method `get`, of its own or of its class. A `get` of a polluted `Object.prototype` does not
 * count. Functions are not compared, because an accessor may return a new one each time.
 */
function isHeaders(request: RequestLike): request is Pick<Headers, 'get'> {
  if (!hasMethods(request, 'get')) return false;
  let holder: object = request;
  while (!Object.hasOwn(holder, 'get')) {
    const next = Object.getPrototypeOf(holder) as object | null;
    if (next === null) return false;
    holder = next;
  }
  return holder === request || Object.getPrototypeOf(holder) !== null;
}

/** The methods of requests that change nothing, so their origin does not matter. */
export const UNCHECKED_METHODS = ['GET', 'HEAD', 'OPTIONS'];

function isForged(read: (name: string) => string | null, method?: string, url?: string): boolean {
  const changes = !UNCHECKED_METHODS.includes(method!) || read('upgrade') !== null;
  if (!changes) return false;
  const site = read('sec-fetch-site');
  // `same-site` is not enough: another subdomain may belong to someone else.
  if (site !== null) return site !== 'same-origin' && site !== 'none';
  const origin = read('origin');
  if (origin === null) return false;
  // Browsers send "null" for a page without an origin of its own, such as a sandboxed frame. "null" must not be
  // compared, because the origin of a URL such as about:blank is "null" as well.
  if (!URL.canParse(origin)) return true;
  // In Node frameworks, the URL of a request is only a path.
  return url !== undefined && URL.canParse(url)
    ? origin !== new URL(url).origin
    : new URL(origin).host !== read('host');
}

/** Matches the scheme `Bearer`, at the beginning or after a comma. If a header was sent twice, `Headers` returns `a, b`. */
const BEARER = /(?:^|,)[ \t]*bearer(?:$|[^\w!#$%&'*+.^`|~-])/i;

/**
 * Returns the token of the `Authorization` header (RFC 6750 §2.1), or `undefined` if the header is absent or has another scheme.
 * The scheme is case-insensitive (RFC 9110 §11.1). Takes linear time, because the header is untrusted.
 *
 * @throws JwtError `ERR_JWS_INVALID` (401) if the scheme is `Bearer`, but what follows is not one token.
 */
export function bearerOf(header: string | null): string | undefined {
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
 * Returns the token of a header that contains nothing else, or `undefined` if the header is absent.
 *
 * @throws JwtError `ERR_JWS_INVALID` (401) if the header is not one token. If a header was sent twice, `Headers` returns `a, b`.
 */
export function bareTokenOf(value: string | null, header: string): string | undefined {
  if (value === null) return undefined;
  if (value !== '' && !/[\s,]/.test(value)) return value;
  throw tokenInvalid(`the header "${header}" must be one token and nothing else`);
}

/**
 * Returns the value of the first cookie with this name (RFC 6265 §5.4). Only spaces and tabs before the name are
 * skipped. Otherwise a page could set a cookie whose name is some other white-space character followed by `__Host-…`, and
 * so evade the browser's rules for names that begin with `__Host-`.
 */
export function cookieOf(text: string, cookie: string | undefined): string | undefined {
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
