// OAuth 2.0 Protected Resource Metadata (RFC 9728): the document, its URL, and the responses that contain it.

import { jsonOf, optionsInvalid, ownOptions, parseSafeUrl } from '../core/shared.js';

/**
 * The members of the document, with their names from RFC 9728 §2. URLs are https, or http on this machine. A list must not
 * be empty. Names for people may also have a language tag, as in `resource_name#de`. Unknown members are an error.
 */
export interface ResourceMetadata {
  /** The URL of the protected resource, without a fragment. Clients call this URL, and send it as `resource` (RFC 8707). */
  resource: string;
  /** The issuers of the authorization servers that issue tokens for the resource. */
  authorization_servers?: readonly string[] | undefined;
  /** The URL of the resource's own keys, not of the authorization server's keys. */
  jwks_uri?: string | undefined;
  /** The scopes that a client may request for the resource. */
  scopes_supported?: readonly string[] | undefined;
  /** How clients may send the token. `protect()` reads the header only. */
  bearer_methods_supported?: readonly ('header' | 'body' | 'query')[] | undefined;
  /** The JWS algorithms that the resource uses to sign its responses. */
  resource_signing_alg_values_supported?: readonly string[] | undefined;
  /** The name of the resource, for people. */
  resource_name?: string | undefined;
  /** The URL of a page for developers. */
  resource_documentation?: string | undefined;
  /** The URL of a page that says how clients may use the data. */
  resource_policy_uri?: string | undefined;
  /** The URL of the terms of service. */
  resource_tos_uri?: string | undefined;
  /** Whether the resource accepts tokens that are bound to a client certificate (RFC 8705). */
  tls_client_certificate_bound_access_tokens?: boolean | undefined;
  /** The types of `authorization_details` (RFC 9396). */
  authorization_details_types_supported?: readonly string[] | undefined;
  /** The JWS algorithms of DPoP proofs (RFC 9449). */
  dpop_signing_alg_values_supported?: readonly string[] | undefined;
  /** Whether every token must be bound to a key by DPoP (RFC 9449). */
  dpop_bound_access_tokens_required?: boolean | undefined;
  /** The members as a signed JWT, made by you. */
  signed_metadata?: string | undefined;
  [localized: `${string}#${string}`]: string | undefined;
}

/** What is needed from a request. `url` may be only a path, as in Node. */
export type MetadataRequest = Pick<Request, 'method' | 'url'>;

/** Serves the document. */
export interface MetadataHandler {
  /** Returns the response to a request for the document, and `undefined` for a request for another path. */
  (request: MetadataRequest): Response | undefined;
  /** The URL of the document, for the option `resourceMetadata`. */
  readonly url: string;
  /** The path of the document, for routes. */
  readonly path: string;
}

type Kind = 'url' | 'urls' | 'text' | 'texts' | 'flag' | 'methods';

const MEMBERS: Readonly<Record<string, Kind>> = {
  __proto__: null as never,
  resource: 'url',
  authorization_servers: 'urls',
  jwks_uri: 'url',
  scopes_supported: 'texts',
  bearer_methods_supported: 'methods',
  resource_signing_alg_values_supported: 'texts',
  resource_name: 'text',
  resource_documentation: 'url',
  resource_policy_uri: 'url',
  resource_tos_uri: 'url',
  tls_client_certificate_bound_access_tokens: 'flag',
  authorization_details_types_supported: 'texts',
  dpop_signing_alg_values_supported: 'texts',
  dpop_bound_access_tokens_required: 'flag',
  signed_metadata: 'text',
};

const RULES: Readonly<Record<Kind, [isValid: (value: unknown) => boolean, rule: string]>> = {
  url: [isUrl, 'an https URL without credentials or fragment'],
  urls: [(value) => isList(value, isUrl), 'an array of https URLs without credentials or fragment'],
  text: [isText, 'a string that is not empty'],
  texts: [(value) => isList(value, isText), 'an array of strings; if there are none, leave it out'],
  flag: [(value) => typeof value === 'boolean', 'true or false'],
  methods: [
    (value) => isList(value, (each) => ['header', 'body', 'query'].includes(each as string)),
    'an array of "header", "body" and "query"',
  ],
};

/**
 * Returns a function that serves the metadata of a protected resource (RFC 9728). OAuth and MCP clients read the
 * metadata to find the authorization server. Pass the function's `url` as the option `resourceMetadata`, and call the
 * function for every request before `protect()`: `metadata(request) ?? api(request)`.
 *
 * The document is public: pages of all origins may read it, and caches may keep it for an hour. The response to OPTIONS
 * is that of a CORS preflight. The response to any method other than GET, HEAD and OPTIONS is 405.
 *
 * @throws JwtError `ERR_OPTIONS_INVALID`, with the name of the member in the message.
 */
export function protectedResourceMetadata(metadata: ResourceMetadata): MetadataHandler {
  const members: Partial<Record<string, unknown>> & { resource?: string } = ownOptions<object>(metadata);
  const texts: string[] = [];
  for (const name of Reflect.ownKeys(members) as string[]) {
    const value = members[name];
    const kind = kindOf(name);
    if (kind === undefined) throw optionsInvalid(`"${String(name)}" is unknown`);
    if (value === undefined) continue;
    const [isValid, rule] = RULES[kind];
    if (!isValid(value)) throw optionsInvalid(`"${name}" must be ${rule}`);
    texts.push(`${JSON.stringify(name)}:${jsonOf(value)}`);
  }
  if (members.resource === undefined) throw optionsInvalid('"resource" is missing: the URL of the protected resource');
  const body = `{${texts.join()}}`;
  const { origin, pathname, search } = new URL(members.resource);
  // RFC 9728 §3: the path is inserted between the host and the resource's own path, which is dropped if it is only a slash.
  const path = `/.well-known/oauth-protected-resource${pathname === '/' ? '' : pathname}`;
  const handle = (request: MetadataRequest): Response | undefined => {
    const { method, url } = readTarget(request);
    return pathOf(url) === path ? respond(method, body) : undefined;
  };
  return Object.assign(handle, { url: `${origin}${path}${search}`, path });
}

function kindOf(name: string): Kind | undefined {
  // RFC 9728 §2.1: the names of human-readable members may be followed by "#" and a language tag.
  const [, base = name, language] = typeof name === 'string' ? (/^([a-z_]+)#([A-Za-z\d-]+)$/.exec(name) ?? []) : [];
  if (language === undefined) return MEMBERS[name];
  const localized = ['resource_name', 'resource_documentation', 'resource_policy_uri', 'resource_tos_uri'];
  return localized.includes(base) ? MEMBERS[base] : undefined;
}

/** @throws JwtError `ERR_OPTIONS_INVALID` if the argument is not a request. */
function readTarget(request: MetadataRequest): MetadataRequest {
  try {
    const { method, url } = request;
    if (typeof method === 'string' && typeof url === 'string') return { method, url };
  } catch (cause) {
    throw optionsInvalid('the request cannot be read', { cause });
  }
  throw optionsInvalid('the request must have a "method" and a "url"');
}

function pathOf(url: string): string | undefined {
  // In Node frameworks, the URL of a request is only a path. A path that begins with "//" is not a host.
  if (url.startsWith('/')) return url.split(/[?#]/, 1)[0];
  return URL.canParse(url) ? new URL(url).pathname : undefined;
}

function respond(method: string, body: string): Response {
  const headers = { 'access-control-allow-origin': '*' };
  if (method === 'GET' || method === 'HEAD') {
    return new Response(method === 'GET' ? body : null, {
      status: 200,
      headers: { ...headers, 'cache-control': 'public, max-age=3600', 'content-type': 'application/json' },
    });
  }
  const methods = 'GET, HEAD, OPTIONS';
  if (method !== 'OPTIONS') return new Response(null, { status: 405, headers: { ...headers, allow: methods } });
  const allowed = { 'access-control-allow-methods': methods, 'access-control-allow-headers': '*' };
  return new Response(null, { status: 204, headers: { ...headers, ...allowed, 'access-control-max-age': '86400' } });
}

function isUrl(value: unknown): boolean {
  const url = parseSafeUrl(value, true);
  return url !== undefined && !url.href.includes('#');
}

function isText(value: unknown): boolean {
  return typeof value === 'string' && value !== '';
}

function isList(value: unknown, isValid: (each: unknown) => boolean): boolean {
  return Array.isArray(value) && value.length > 0 && value.every(isValid);
}
