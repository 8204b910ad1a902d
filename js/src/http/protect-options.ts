// The options of the functions that handle requests.

import type { JwtError } from '../core/errors.js';
import { hrefOf, optionsInvalid, ownOptions, parseSafeUrl } from '../core/shared.js';

/** How a caller sends the token, and how a rejected request is answered. Unknown members are an error. */
export interface ProtectOptions<Incoming = Request> {
  /**
   * The cookie that contains the token, for callers that cannot set headers. Default: only the `Authorization` header
   * is read.
   */
  cookie?: string | undefined;
  /**
   * The header that contains the token and nothing else, such as `cf-access-jwt-assertion` of Cloudflare Access. With
   * this option, `Authorization` is not read, and the option `cookie` is an error. A request with two such headers is
   * rejected with 401. If a proxy derives the header from a cookie, make sure that callers cannot evade the proxy.
   * Default: the `Authorization` header with the scheme `Bearer` (RFC 6750 §2.1).
   */
  header?: string | undefined;
  /**
   * Switches off the protection of `cookie` and `header` against cross-site request forgery, for services with another
   * protection, and for services whose callers are pages of other origins that set the header. Browsers may send cookies
   * with requests from any page, and proxies turn cookies into headers. So, by default, a request with the token in the
   * cookie or in `header` is rejected with 403 if it may change state and comes from a page of another origin. A request
   * may change state unless its method is GET, HEAD or OPTIONS; a request that opens a WebSocket always may. If a request
   * may change state, its `Sec-Fetch-Site` must be `same-origin` or `none`. Without `Sec-Fetch-Site`, `Origin` must be the
   * origin of the request's URL. A request with neither header is accepted: browsers send at least one of the two, so the
   * request does not come from a page. Default: `false`.
   */
  allowCrossSite?: boolean | undefined;
  /**
   * Allows requests without a token, including CORS preflights. Invalid tokens, and unreadable `Authorization` headers
   * with the scheme `Bearer`, are still rejected. Default: `false`.
   */
  optional?: boolean | undefined;
  /** The `realm` of the challenge (RFC 9110 §11.5); only characters that a header may contain. Default: none. */
  realm?: string | undefined;
  /**
   * The URL of the protected resource metadata: https, or http on this machine. Every challenge then contains this URL
   * (RFC 9728 §5.1), so OAuth and MCP clients can find the authorization server. `protectedResourceMetadata()` serves
   * the document and returns its URL. Default: none.
   */
  resourceMetadata?: string | Url | undefined;
  /**
   * The `scope` of the challenge to a caller without a valid token, as a string with spaces or an array (RFC 6750 §3): the
   * scopes that a client should request. This is only a hint and checks nothing; the verifier checks scopes. Default: none.
   */
  challengeScope?: string | readonly string[] | undefined;
  /** The `Retry-After` of a 503 response, in whole seconds. Default: the error's `retryAfter`, or else 10. */
  retryAfter?: number | undefined;
  /**
   * Called for every rejected request: to log it, or to return (or resolve to) another response. If the function
   * returns anything else, throws or rejects, the caller gets the package's own response. The request is never let in.
   * Errors that are not about the token or the keys (status 500) are rethrown, and the function is not called.
   */
  onRefused?: OnRefused<Incoming> | undefined;
}

/**
 * The function of the option `onRefused`.
 *
 * @param error Why the request is rejected. `ERR_JWS_INVALID` with `reason: "missing"` means that there is no token.
 *   `ERR_POLICY_DENIED` with `claim: "origin"` means that the request is a cross-site request (see `allowCrossSite`).
 * @param request The request, as the framework passes it to handlers.
 * @param refusal A copy of the package's own response, for its status and headers.
 */
export type OnRefused<Incoming = Request> = (
  error: JwtError,
  request: Incoming,
  refusal: Response,
  // biome-ignore lint/suspicious/noConfusingVoidType: a function may return nothing, even if it is asynchronous
) => Response | undefined | void | Promise<Response | undefined | void>;

/** The class `URL`, in projects with types for it. */
type Url = typeof globalThis extends { URL: { prototype: infer U } } ? U : never;

/** The checked options, without a prototype. */
export interface Settings extends Omit<ProtectOptions<never>, 'onRefused' | 'resourceMetadata' | 'challengeScope'> {
  onRefused?: OnRefused<unknown> | undefined;
  resourceMetadata?: string | undefined;
  challengeScope?: string | undefined;
}

const NAMES = [
  'cookie',
  'header',
  'allowCrossSite',
  'optional',
  'realm',
  'resourceMetadata',
  'challengeScope',
  'retryAfter',
  'onRefused',
] as const satisfies (keyof ProtectOptions)[];

/** @throws JwtError `ERR_OPTIONS_INVALID`. The message contains the name of the option. */
export function readSettings(options: ProtectOptions<never> | undefined): Settings {
  const settings = ownOptions(options as ProtectOptions, NAMES);
  const { optional, realm, retryAfter, onRefused } = settings;
  checkCredentials(settings);
  if (optional !== undefined && typeof optional !== 'boolean') throw optionsInvalid('"optional" must be true or false');
  // RFC 9110 §5.6.4: the characters that a quoted string may contain.
  if (realm !== undefined && !(typeof realm === 'string' && /^[\t -~\x80-\xff]*$/.test(realm))) {
    throw optionsInvalid('"realm" must be a string of characters that a header may contain');
  }
  if (retryAfter !== undefined && !(Number.isSafeInteger(retryAfter) && retryAfter >= 0)) {
    throw optionsInvalid('"retryAfter" must be a whole number of seconds');
  }
  if (onRefused !== undefined && typeof onRefused !== 'function') {
    throw optionsInvalid('"onRefused" must be a function');
  }
  settings.resourceMetadata = metadataUrl(settings.resourceMetadata);
  settings.challengeScope = scopeOf(settings.challengeScope);
  return settings as Settings;
}

/**
 * Checks the options that say where to find the token, and converts `header` to lower case.
 *
 * @throws JwtError `ERR_OPTIONS_INVALID`. The message contains the name of the option.
 */
export function checkCredentials(settings: Pick<Settings, 'cookie' | 'header' | 'allowCrossSite'>): void {
  const { cookie, header, allowCrossSite } = settings;
  // RFC 6265 §4.1.1: the name is a token.
  if (cookie !== undefined && !isToken(cookie)) throw optionsInvalid('"cookie" must be the name of a cookie');
  if (header !== undefined) {
    // RFC 9110 §5.1: the name is a token, and its case does not matter.
    if (!isToken(header)) throw optionsInvalid('"header" must be the name of a header');
    settings.header = header.toLowerCase();
    if (['authorization', 'cookie'].includes(settings.header)) {
      const instead = settings.header === 'cookie' ? 'use the option "cookie"' : 'leave the option out';
      throw optionsInvalid(`"header" must be a header with nothing but the token; to read "${header}", ${instead}`);
    }
    if (cookie !== undefined) throw optionsInvalid('"header" and "cookie" cannot be combined; leave one out');
  }
  if (allowCrossSite !== undefined && typeof allowCrossSite !== 'boolean') {
    throw optionsInvalid('"allowCrossSite" must be true or false');
  }
}

/** Whether this is a token of RFC 9110 §5.6.2. */
function isToken(name: unknown): name is string {
  return typeof name === 'string' && /^[\w!#$%&'*+.^`|~-]+$/.test(name);
}

function metadataUrl(given: ProtectOptions['resourceMetadata']): string | undefined {
  if (given === undefined) return undefined;
  const url = parseSafeUrl(hrefOf(given), true);
  if (url && !url.href.includes('#')) return url.href;
  throw optionsInvalid('"resourceMetadata" must be an https URL without credentials or fragment');
}

function scopeOf(given: ProtectOptions['challengeScope']): string | undefined {
  if (given === undefined) return undefined;
  const scopes = Array.isArray(given) ? (given as readonly string[]) : [given as string];
  // RFC 6749 §3.3: the characters of a scope.
  const isScope = (scope: unknown) => typeof scope === 'string' && /^[!#-[\]-~]+(?: [!#-[\]-~]+)*$/.test(scope);
  if (scopes.length > 0 && scopes.every(isScope)) return scopes.join(' ');
  throw optionsInvalid('"challengeScope" must be one or more scopes: a string with spaces between them, or an array');
}
