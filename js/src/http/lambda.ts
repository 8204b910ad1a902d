// `sts-jwt/lambda`: a Lambda authorizer for API Gateway.

import { hasMethods, JwtError, optionsInvalid, ownOptions, reasonOf } from '../core/shared.js';
import type { VerifiedToken } from '../core/types.js';
import { checkVerifier, judge, type TokenVerifier } from './authenticate.js';
import { checkCredentials, type Settings } from './protect-options.js';
import { readRequest, UNCHECKED_METHODS } from './received.js';
import { isCrossSite, isRefusal } from './refusal.js';

export type { TokenVerifier } from './authenticate.js';

/** What the integration behind API Gateway gets (`$context.authorizer`, `event.requestContext.authorizer`). */
export type AuthorizerContext = Record<string, string | number | boolean>;

/** The options of an authorizer. Unknown members are an error. */
export interface AuthorizerOptions {
  /**
   * The cookie that contains the token. Only for authorizers that get the whole request (not the type TOKEN). Default: only
   * the `Authorization` header is read. Needs an authorizer with a `ttl` of 0, see {@link authorizer}.
   */
  cookie?: string | undefined;
  /**
   * The header that contains the token and nothing else. Needs an authorizer with a `ttl` of 0, see {@link authorizer}. For
   * the type TOKEN, `allowCrossSite` must be `true`, because the event has no other header; the value of the configured
   * token source is then the token alone. Default: the `Authorization` header with the scheme `Bearer`.
   */
  header?: string | undefined;
  /** Switches off the protection against cross-site requests, as in the `ProtectOptions` of `sts-jwt/handler`. Default: `false`. */
  allowCrossSite?: boolean | undefined;
  /**
   * The form of the response to an HTTP API with payload 2.0: `simple` if simple responses are enabled for the authorizer,
   * else `policy`. All other APIs get a policy. Default: `simple`.
   */
  response?: 'simple' | 'policy' | undefined;
  /**
   * Returns the ARNs that the caller may invoke. `stage` is the ARN of the API's stage without a trailing slash:
   * `` `${stage}/GET/pets/*` ``. Used only for policies. API Gateway caches the policy for the token and applies it to all
   * methods of the authorizer. So the result must not depend on the method that is called, and the ARNs must cover
   * everything that the caller may do. Never put the event's `methodArn` into a policy: the caller chooses its path, which
   * may contain wildcards. The same holds for claims: a `sub` may be `*`. Default: the whole stage, `` `${stage}/*` ``. If the
   * origin of requests is checked, the default is only the methods for which this check has the same result; see
   * {@link authorizer}.
   */
  resources?: ((token: VerifiedToken, stage: string) => string | readonly string[]) | undefined;
  /**
   * Returns the context for the integration, with only strings, finite numbers and booleans. Default: `iss`, `sub`, `exp`
   * and `tokenId`, and with an AWS policy `account` and `principal` (its ARN).
   */
  context?: ((token: VerifiedToken) => AuthorizerContext) | undefined;
}

/** An event of API Gateway: an HTTP API (payload 1.0 or 2.0), a REST API (TOKEN or REQUEST), or a WebSocket API. */
export interface AuthorizerEvent {
  /** The version of the payload, for an HTTP API. */
  version?: string | undefined;
  /** `TOKEN` or `REQUEST`. */
  type?: string | undefined;
  /** The ARN of the method that is called. Only its stage is used. */
  methodArn?: string | undefined;
  /** With payload 2.0: the ARN of the route that is called. Only its stage is used. */
  routeArn?: string | undefined;
  /** For the type TOKEN: the value of the configured header. */
  authorizationToken?: string | undefined;
  /** The headers of the request; for a REST API, only the last value of each. */
  headers?: Readonly<Record<string, string | undefined>> | null | undefined;
  /** For a REST API: all values of the headers. */
  multiValueHeaders?: Readonly<Record<string, readonly string[] | undefined>> | null | undefined;
  /** With payload 2.0: the cookies of the request. */
  cookies?: readonly string[] | null | undefined;
  /** The method of the request, except with payload 2.0. */
  httpMethod?: string | undefined;
  /** With payload 2.0, `http.method` is the method of the request. */
  requestContext?: object | undefined;
}

/** The response to an HTTP API with simple responses. */
export interface SimpleResult {
  /** Whether API Gateway calls the integration. */
  isAuthorized: boolean;
  /** What the integration gets, or the code of the error. */
  context: AuthorizerContext;
}

/** The response with an IAM policy. */
export interface PolicyResult {
  /** The `sub` of the token, or the token's ID if it has no `sub`. */
  principalId: string;
  /** The IAM policy. */
  policyDocument: {
    Version: '2012-10-17';
    Statement: { Action: 'execute-api:Invoke'; Effect: 'Allow' | 'Deny'; Resource: string[] }[];
  };
  /** What the integration gets, or the code of the error. */
  context: AuthorizerContext;
}

/**
 * Returns the handler of a Lambda authorizer for API Gateway: `export const handler = authorizer(verifier)`. Create the
 * verifier once, outside the handler.
 *
 * - A simple response (HTTP API, payload 2.0) has `isAuthorized: false` for a rejected token; API Gateway answers 403.
 * - With a policy, a missing or invalid token makes the handler throw an error with the message `Unauthorized`, to which API
 *   Gateway answers 401. A token that the AWS policy denies gets a Deny policy: 403.
 * - If the keys are unavailable, the handler throws the JwtError, whatever the form of the response. API Gateway answers 500
 *   and caches nothing.
 *
 * `context.error` of a negative response is the code of the error. The `cause` of the error `Unauthorized` is the JwtError.
 *
 * API Gateway caches responses, by default for 300 seconds. It does not know `exp`, so a caller is let in until the
 * cached response expires, even if the token expired in the meantime. It uses a response for every request with the
 * same identity source, so the identity source must be the header or cookie with the token. It also caches negative
 * simple responses, for example one from the moment before the issuer's new keys were fetched. A `ttl` of 0 switches
 * the cache off.
 *
 * With `cookie` or `header`, unless `allowCrossSite` is `true`, set the `ttl` to 0: whether a request is let in then also
 * depends on its method and origin, and API Gateway would use a cached response for requests of other origins. As a
 * second line of defence, the default policy for a GET, HEAD or OPTIONS request covers only these three methods, the one
 * for any other request only its method, and for a request from a page of another origin the handler throws an
 * error, because API Gateway would cache a Deny. A simple response or the result of `resources` cannot be narrowed.
 *
 * @throws JwtError `ERR_OPTIONS_INVALID`, with the name of the option in the message, for every mistake in the options. The
 *   handler also throws this error for an event that is not an authorizer event.
 */
export function authorizer(
  verifier: TokenVerifier,
  options?: AuthorizerOptions,
): (event: AuthorizerEvent) => Promise<SimpleResult | PolicyResult> {
  const settings = readOptions(options);
  checkVerifier(verifier);
  return async (given) => {
    const event = readEvent(given);
    const form = formOf(event, settings);
    if (event.type === 'TOKEN' && settings.header !== undefined && !settings.allowCrossSite) {
      throw optionsInvalid(
        'with "header", the authorizer must have the type REQUEST, because an event of the type TOKEN does not say where ' +
          'the request comes from; or set "allowCrossSite" to true',
      );
    }
    const received = readRequest(webRequest(event, settings), settings as Settings);
    try {
      const token = (await judge(verifier, received, settings as Settings, undefined))!;
      return form.allow(token, contextOf(token, settings), settings.resources);
    } catch (error) {
      if (!isRefusal(error) || error.status === 503) throw error;
      // A negative response would be cached, and would lock the user out.
      if (isCrossSite(error)) throw unauthorized(error);
      return form.refuse(error);
    }
  };
}

function readOptions(options: AuthorizerOptions | undefined): AuthorizerOptions {
  const settings = ownOptions(options, ['cookie', 'header', 'allowCrossSite', 'response', 'resources', 'context']);
  checkCredentials(settings);
  const { response } = settings;
  if (response !== undefined && response !== 'simple' && response !== 'policy') {
    throw optionsInvalid('"response" must be "simple" or "policy"');
  }
  for (const name of ['resources', 'context'] as const) {
    if (settings[name] !== undefined && typeof settings[name] !== 'function') {
      throw optionsInvalid(`"${name}" must be a function`);
    }
  }
  return settings;
}

/** Copies the own members of an event. @throws JwtError `ERR_OPTIONS_INVALID` if that is impossible. */
function readEvent(given: AuthorizerEvent): AuthorizerEvent {
  const own = <T extends object>(object: T | null | undefined): T | undefined =>
    typeof object === 'object' && object !== null ? ownOf(object) : undefined;
  try {
    const event = own(given);
    const { headers, multiValueHeaders, requestContext } = event ?? {};
    const http = own((own(requestContext) as { http?: { method?: string } } | undefined)?.http);
    return {
      __proto__: null,
      ...event,
      headers: own(headers),
      multiValueHeaders: own(multiValueHeaders),
      httpMethod: event?.httpMethod ?? http?.method,
    } as AuthorizerEvent;
  } catch (cause) {
    throw optionsInvalid('the event cannot be read', { cause });
  }
}

/** The responses of one form. */
interface Form {
  allow(token: VerifiedToken, context: AuthorizerContext, resources: AuthorizerOptions['resources']): Result;
  /** @throws JwtError with the message `Unauthorized`, if that is how this form rejects a token. */
  refuse(error: JwtError): Result;
}

type Result = SimpleResult | PolicyResult;

function formOf(event: AuthorizerEvent, settings: AuthorizerOptions): Form {
  const { response } = settings;
  const isHttpApi = event.version === '2.0';
  if (isHttpApi && response !== 'policy') return SIMPLE;
  if (response === 'simple') throw optionsInvalid('"response" can be "simple" only for an HTTP API with payload 2.0');
  return policyForm(stageOf(isHttpApi ? event.routeArn : event.methodArn), methodsOf(event, settings));
}

const SIMPLE: Form = {
  allow: (_, context) => ({ isAuthorized: true, context }),
  refuse: ({ code }) => ({ isAuthorized: false, context: { error: code } }),
};

/** Returns the ARN of the stage: `arn:aws:execute-api:region:account:api/stage`. The rest of the event's ARN is the caller's choice. */
function stageOf(arn: unknown): string {
  const stage =
    typeof arn === 'string' ? /^arn:[\w-]+:execute-api:[\w-]*:\d*:[\w-]+\/[\w$-]+/.exec(arn)?.[0] : undefined;
  if (stage !== undefined) return stage;
  throw optionsInvalid('the event must be an authorizer event of API Gateway, with "methodArn" or "routeArn"');
}

/**
 * Returns the paths of the default policy, below the stage. If the origin of requests is checked, a cached policy must not
 * let in requests with a method that was not checked. A WebSocket API calls its authorizer only for `$connect`.
 */
function methodsOf({ httpMethod }: AuthorizerEvent, { cookie, header, allowCrossSite }: AuthorizerOptions): string[] {
  if ((cookie ?? header) === undefined || allowCrossSite || httpMethod === undefined) return ['*'];
  if (UNCHECKED_METHODS.includes(httpMethod)) return UNCHECKED_METHODS.map((method) => `${method}/*`);
  if (/^[A-Z]+$/.test(httpMethod)) return [`${httpMethod}/*`];
  throw optionsInvalid('the event must have the method of the request');
}

function policyForm(stage: string, methods: string[]): Form {
  const policy = (effect: 'Allow' | 'Deny', resources: string[]): PolicyResult['policyDocument'] => ({
    Version: '2012-10-17',
    Statement: [{ Action: 'execute-api:Invoke', Effect: effect, Resource: resources }],
  });
  return {
    allow: (token, context, resources) => ({
      principalId: principalOf(token),
      policyDocument: policy(
        'Allow',
        resources ? arnsOf(token, stage, resources) : methods.map((each) => `${stage}/${each}`),
      ),
      context,
    }),
    refuse(error) {
      if (error.status === 401) throw unauthorized(error);
      return { principalId: 'denied', policyDocument: policy('Deny', [`${stage}/*`]), context: { error: error.code } };
    },
  };
}

/** API Gateway answers 401 if the message of the error is exactly this. */
function unauthorized(error: JwtError): JwtError {
  const { code, category, retryable, status } = error;
  return new JwtError({ code, category, retryable, status, message: 'Unauthorized' }, { cause: error });
}

function arnsOf(token: VerifiedToken, stage: string, resources: NonNullable<AuthorizerOptions['resources']>): string[] {
  const given = called('resources', () => resources(token, stage));
  const arns: unknown[] = called('resources', () => (Array.isArray(given) ? [...given] : [given]));
  if (arns.length > 0 && arns.every((arn) => typeof arn === 'string' && arn.startsWith(`${stage}/`))) {
    return arns as string[];
  }
  throw optionsInvalid(`"resources" must return ARNs that begin with the ARN of the stage and a slash`);
}

function contextOf(token: VerifiedToken, { context }: AuthorizerOptions): AuthorizerContext {
  if (!context) return defaultContext(token);
  const returned = called('context', () => context(token));
  const given: unknown = called('context', () => ({ ...returned }));
  for (const [name, value] of Object.entries(given as object)) {
    if (isContextValue(value)) continue;
    throw optionsInvalid(`"context" must return strings, finite numbers and booleans; "${name}" is something else`);
  }
  return given as AuthorizerContext;
}

function defaultContext(token: VerifiedToken): AuthorizerContext {
  const { claims, tokenId, aws } = ownOf(token);
  const { iss, sub, exp } = ownOf(claims);
  const { account, principal } = ownOf<{ account?: unknown; principal?: { arn: string } }>(aws ?? {});
  const members = { iss, sub, exp, tokenId, account, principal: principal && ownOf(principal).arn };
  // A schema may have replaced claims by other values.
  return Object.fromEntries(Object.entries(members).filter(([, value]) => isContextValue(value))) as AuthorizerContext;
}

function isContextValue(value: unknown): value is string | number | boolean {
  return typeof value === 'string' || typeof value === 'boolean' || Number.isFinite(value);
}

/** Returns the name of the caller for the logs of API Gateway. */
function principalOf({ claims, tokenId }: VerifiedToken): string {
  const { sub }: { sub?: unknown } = ownOf(claims);
  return typeof sub === 'string' && sub !== '' ? sub : tokenId;
}

/** Copies the own members of an object, so a polluted `Object.prototype` cannot supply absent members. */
function ownOf<T extends object>(object: T): T {
  return { __proto__: null, ...object } as T;
}

/** @throws JwtError `ERR_OPTIONS_INVALID` if the function of an option throws, or is asynchronous. */
function called<T>(name: string, call: () => T): T {
  let result: T;
  try {
    result = call();
  } catch (cause) {
    throw optionsInvalid(`"${name}" failed: ${reasonOf(cause)}`, { cause });
  }
  if (!hasMethods(result, 'then')) return result;
  // Without a handler, a rejected promise would end Node.
  Promise.resolve(result).catch(() => {});
  throw optionsInvalid(`"${name}" must not be asynchronous`);
}

function webRequest(event: AuthorizerEvent, { header = 'authorization' }: AuthorizerOptions) {
  const get =
    event.type === 'TOKEN'
      ? (name: string) => (name === header ? event.authorizationToken : undefined)
      : (name: string) => headerOf(event, name);
  return {
    headers: { get } as unknown as Headers,
    method: event.httpMethod!,
    // The URL of the request is not known, so an `Origin` is compared with `Host`.
    url: '',
  };
}

/** Returns all values of a header. REST APIs do not change the case of its name, and put only its last value into `headers`. */
function headerOf({ headers, multiValueHeaders, cookies }: AuthorizerEvent, name: string): string | null {
  if (name === 'cookie' && Array.isArray(cookies)) return cookies.join('; ');
  const valuesIn = (given: object | null | undefined): unknown[] =>
    Object.entries(given ?? {}).flatMap(([key, value]) => (key.toLowerCase() === name ? (value ?? []) : []));
  const all = valuesIn(multiValueHeaders);
  const values = all.length > 0 ? all : valuesIn(headers);
  return values.length > 0 ? values.join(name === 'cookie' ? '; ' : ', ') : null;
}
