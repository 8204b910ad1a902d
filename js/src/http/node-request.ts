// Handles a request of Node's HTTP server, for `sts-jwt/express` and `sts-jwt/fastify`.

import type { VerifiedToken } from '../core/types.js';
import { type Decision, decide, type TokenVerifier } from './authenticate.js';
import type { Settings } from './protect-options.js';
import { type RequestLike, readRequest } from './received.js';

/** The parts of Node's `http.IncomingMessage` that are read. */
export interface NodeRequest {
  /** The headers, with names in lower case. */
  headers: { readonly [name: string]: string | readonly string[] | undefined };
  /** Alternating names and values, as they were received. */
  rawHeaders?: readonly string[] | undefined;
  /** The method, such as `GET`. */
  method?: string | undefined;
  /** The path and the query. */
  url?: string | undefined;
  /** The connection: with TLS, `encrypted` is `true`. */
  socket?: object | undefined;
}

/**
 * Decides about a request of Node's HTTP server.
 *
 * @param request The request to pass to `onRefused`.
 * @throws Every error that is not about the token or the keys.
 */
export function decideInNode(
  verifier: TokenVerifier,
  settings: Settings,
  received: NodeRequest,
  request: unknown,
): Promise<Decision> {
  return decide(verifier, readRequest(webRequest(received), settings), settings, undefined, request);
}

/** Uses getters, so a hostile object throws inside readRequest(), which turns the error into a JwtError. */
function webRequest(request: NodeRequest): RequestLike {
  return {
    headers: { get: (name: string) => headerOf(request, name) } as Headers,
    get method() {
      return request.method!;
    },
    get url() {
      // Without TLS, the scheme is not known: a proxy may have received the request.
      return isEncrypted(request) ? `https://${headerOf(request, 'host')}` : request.url!;
    },
  };
}

function isEncrypted({ socket }: NodeRequest): boolean {
  return typeof socket === 'object' && socket !== null && (socket as { encrypted?: unknown }).encrypted === true;
}

/**
 * Returns a header. If the header was sent several times, returns the values joined by commas, like the class
 * `Headers`. Node keeps only the first `Authorization`, so a repeated header can be detected only in `rawHeaders`. A
 * header that was sent once is read from `headers`, which middleware may have changed.
 */
function headerOf({ headers, rawHeaders }: NodeRequest, name: string): string | null {
  const own = (key: string) => (Object.hasOwn(headers, key) ? headers[key] : undefined);
  // HTTP/2 has ":authority" instead of "host" (RFC 9113 §8.3.1).
  const value = own(name) ?? (name === 'host' ? own(':authority') : undefined);
  if (value === undefined) return null;
  // Node joins cookies itself.
  if (name === 'cookie') return value as string;
  const sent = (rawHeaders ?? []).filter((_, index, all) => index % 2 === 1 && all[index - 1]!.toLowerCase() === name);
  if (sent.length > 1) return sent.join(', ');
  return Array.isArray(value) ? value.join(', ') : (value as string);
}

/** Sets `auth` of a request. An assignment would call a setter on a polluted `Object.prototype`. */
export function setAuth(request: object, value: VerifiedToken | undefined): void {
  const descriptor = { __proto__: null, value, writable: true, enumerable: true, configurable: true };
  Object.defineProperty(request, 'auth', descriptor);
}

/** Returns the headers and the body of a Fetch API response in the form that Node's functions take. */
export async function partsOf(
  response: Response,
): Promise<{ headers: [name: string, value: string | string[]][]; body: Uint8Array }> {
  const headers: [string, string | string[]][] = [...response.headers].filter(([name]) => name !== 'set-cookie');
  const cookies = response.headers.getSetCookie();
  if (cookies.length > 0) headers.push(['set-cookie', cookies]);
  return { headers, body: new Uint8Array(await response.arrayBuffer()) };
}
