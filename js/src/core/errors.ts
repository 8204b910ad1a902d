// The error class, and the errors that are detected outside the core.

import type * as coreErrors from '../generated/codes.js';
import {
  type CoreErrorCategory,
  type CoreErrorCode,
  ERR_JWKS_INVALID,
  ERR_JWS_INVALID,
  ERR_JWT_CLAIM_VALIDATION_FAILED,
  ERR_OPTIONS_INVALID,
} from '../generated/codes.js';
import type { SchemaIssue } from './standard-schema.js';

// The errors that only TypeScript raises.
const ERR_JWT_ISSUER_UNKNOWN = {
  code: 'ERR_JWT_ISSUER_UNKNOWN',
  category: 'claims',
  retryable: false,
  status: 401,
} as const;
const ERR_JWKS_KEYS_NEEDED = {
  code: 'ERR_JWKS_KEYS_NEEDED',
  category: 'unavailable',
  retryable: true,
  status: 503,
} as const;
const ERR_JWKS_UNAVAILABLE = {
  code: 'ERR_JWKS_UNAVAILABLE',
  category: 'unavailable',
  retryable: true,
  status: 503,
} as const;

const ERR_REPLAY_UNAVAILABLE = {
  code: 'ERR_REPLAY_UNAVAILABLE',
  category: 'unavailable',
  retryable: true,
  status: 503,
} as const;

const ERR_WASM_UNAVAILABLE = {
  code: 'ERR_WASM_UNAVAILABLE',
  category: 'config',
  retryable: false,
  status: 500,
} as const;

type HostError =
  | typeof ERR_JWT_ISSUER_UNKNOWN
  | typeof ERR_JWKS_KEYS_NEEDED
  | typeof ERR_JWKS_UNAVAILABLE
  | typeof ERR_REPLAY_UNAVAILABLE
  | typeof ERR_WASM_UNAVAILABLE;

/** The stable code of a {@link JwtError}. If jose reports the same failure, the code is the same as in jose. */
export type JwtErrorCode = CoreErrorCode | HostError['code'];

/** The kind of failure, which decides how a service should react. */
export type JwtErrorCategory = CoreErrorCategory | HostError['category'];

/**
 * Why keys could not be fetched. The server could not be reached (`network`) or took too long (`timeout`), or the
 * caller's platform ended the request (`aborted`). The response had a status other than 200 (`status`), was a redirect
 * (`redirect`) or not JSON (`content_type`), had no body or a body that is not UTF-8 (`body`), or was longer than 256
 * KiB (`too_large`). The key set had no usable key (`jwks`). The discovery document was that of another issuer or had
 * no https `jwks_uri` (`discovery`).
 */
export type FetchFailureKind =
  | 'status'
  | 'redirect'
  | 'content_type'
  | 'body'
  | 'too_large'
  | 'jwks'
  | 'discovery'
  | 'network'
  | 'timeout'
  | 'aborted';

/** A {@link JwtError} as plain data. */
export interface JwtErrorDetails
  extends Pick<
    JwtErrorMembers,
    | 'code'
    | 'category'
    | 'retryable'
    | 'status'
    | 'message'
    | 'claim'
    | 'reason'
    | 'expected'
    | 'actual'
    | 'issues'
    | 'issuer'
    | 'jwksUri'
    | 'kind'
    | 'retryAfter'
  > {
  /** With `collectAll`: all failures, if there is more than one. */
  errors?: readonly JwtErrorDetails[];
}

/** The members of a {@link JwtError}, whatever its code. */
export interface JwtErrorMembers extends Error {
  /** The stable code: branch on this, never on the message. */
  readonly code: JwtErrorCode;
  /** The kind of failure. */
  readonly category: JwtErrorCategory;
  /** Whether the same call may succeed later. */
  readonly retryable: boolean;
  /** The HTTP status for a request with this token: 401 or 403; 500 or 503 if the token is not the cause. */
  readonly status: 401 | 403 | 500 | 503;
  /** The name of what failed, if it is a claim, the header's `typ`, or a field of the AWS policy. For a missing scope: `scope`. */
  readonly claim?: string;
  /**
   * How the claim failed: missing, of the wrong type, or not as expected. With `ERR_JWKS_KEYS_NEEDED`: whether the keys are
   * missing or too old.
   */
  readonly reason?: 'missing' | 'invalid' | 'check_failed' | 'too_old';
  /** The value that would have passed, if there is one. */
  readonly expected?: unknown;
  /** The value in the token. Before the signature is verified, this can only be `alg`, never a claim. */
  readonly actual?: unknown;
  /** With `schema`: the claims that do not fit the schema, at most 32. */
  readonly issues?: readonly SchemaIssue[];
  /** From a `Verifier`: the configured issuer of the token; absent if the issuer is not known. */
  readonly issuer?: string;
  /**
   * With `ERR_JWKS_KEYS_NEEDED`: the URL of the keys of `issuer`. With `ERR_JWKS_UNAVAILABLE`: the URL of the failed
   * request, which may have been for the discovery document.
   */
  readonly jwksUri?: string;
  /** With `ERR_JWKS_UNAVAILABLE`: why the keys could not be fetched. */
  readonly kind?: FetchFailureKind;
  /** With `ERR_JWKS_UNAVAILABLE`: seconds until the next attempt, for the header `Retry-After`. */
  readonly retryAfter?: number;
  /** With `collectAll`: all failures, if there is more than one. The first failure is this error. */
  readonly errors?: readonly JwtError[];

  /**
   * Returns the value of the `WWW-Authenticate` header for the response (RFC 6750 §3): `invalid_token` for an invalid token,
   * `insufficient_scope` for a valid token that the policy denies, and only the scheme if the token is not the cause.
   */
  challenge(): string;
}

/** What all errors with the same code have in common. */
type FactsOf<Code> = Extract<(typeof coreErrors)[keyof typeof coreErrors] | HostError, { code: Code }>;

/** Members that are never present on an error with a certain code. */
type Without<Name extends keyof JwtErrorMembers> = { readonly [Member in Name]?: never };

/** The members of every error about a claim. */
interface ClaimMembers {
  readonly claim: string;
  readonly reason: 'missing' | 'invalid' | 'check_failed';
}

/** The codes whose errors always name a claim or a field of the policy. */
interface ClaimCodes {
  ERR_JWT_EXPIRED: true;
  ERR_JWT_ISSUER_UNKNOWN: true;
  ERR_JWT_CLAIM_VALIDATION_FAILED: true;
  ERR_POLICY_DENIED: true;
}

/** The types of the members that depend on the code. */
type MembersOf<Code extends JwtErrorCode> = Code extends 'ERR_JWKS_UNAVAILABLE'
  ? Without<'claim' | 'reason'>
  : Without<'kind' | 'retryAfter'> &
      (Code extends 'ERR_JWKS_KEYS_NEEDED'
        ? Without<'claim'> & { readonly issuer: string; readonly reason: 'missing' | 'too_old' }
        : Without<'jwksUri'> & (Code extends keyof ClaimCodes ? ClaimMembers : Partial<ClaimMembers>));

/** A {@link JwtError} with one code. */
export type JwtErrorOf<Code extends JwtErrorCode> = JwtErrorMembers & Readonly<FactsOf<Code>> & MembersOf<Code>;

/**
 * The only error that this package throws for any token, JWKS or option. Its members never contain bytes of the token, and
 * contain claim values only after the signature was verified. The type is a union, so `error.code` narrows the other
 * members: with `ERR_JWKS_UNAVAILABLE`, for example, `status` is 503.
 */
export type JwtError = { [Code in JwtErrorCode]: JwtErrorOf<Code> }[JwtErrorCode];

/** The class of {@link JwtError}, which extends `Error`. The types do not allow subclasses. */
export interface JwtErrorClass {
  readonly prototype: JwtError;
  new (given: JwtErrorDetails, options?: { cause?: unknown }): JwtError;
}

/** The class. `JwtError` is declared as a union type instead of a class, because only a union can be narrowed by `code`. */
export const JwtError = class extends Error {
  override get name(): string {
    return 'JwtError';
  }

  declare readonly status: number;
  declare readonly errors: readonly JwtError[];

  constructor(given: JwtErrorDetails, options?: { cause?: unknown }) {
    // Reads own members only. Otherwise an `errors` member on a polluted prototype would make each error create more errors.
    const { message, errors, ...details } = { __proto__: null, ...given } as JwtErrorDetails;
    super(message, options);
    Object.assign(this, details);
    if (errors !== undefined) this.errors = errors.map((each) => new JwtError(each));
  }

  challenge(): string {
    if (this.status >= 500) return 'Bearer';
    const error = this.status === 403 ? 'insufficient_scope' : 'invalid_token';
    // RFC 6750 §3: error_description is printable ASCII without `"` and `\`.
    const description = this.message
      .slice(0, 200)
      .replaceAll('"', "'")
      .replace(/[^ -[\]-~]/g, '?');
    return `Bearer error="${error}", error_description="${description}"`;
  }
} as unknown as JwtErrorClass;

/**
 * @internal Returns the error if it rejects a token or a key set. Throws every other error, for example one about the
 * configuration.
 */
export function refusalOf(thrown: unknown): JwtError {
  if (thrown instanceof JwtError && thrown.category !== 'config') return thrown;
  throw thrown;
}

/** @internal Reports invalid options. */
export function optionsInvalid(message: string, options?: { cause?: unknown }): JwtError {
  return new JwtError({ ...ERR_OPTIONS_INVALID, message }, options);
}

/** @internal Reports that the WebAssembly module cannot be used; `cause` says why. */
export function wasmUnavailable(message: string, options?: { cause?: unknown }): JwtError {
  return new JwtError({ ...ERR_WASM_UNAVAILABLE, message }, options);
}

/** @internal Reports an invalid key set. */
export function jwksInvalid(message: string, options?: { cause?: unknown }): JwtError {
  return new JwtError({ ...ERR_JWKS_INVALID, message }, options);
}

/** @internal Reports a token that is not a string. */
export function tokenInvalid(message: string): JwtError {
  return new JwtError({ ...ERR_JWS_INVALID, message });
}

/** @internal Reports that the issuer of a token is not configured. */
export function issuerUnknown(): JwtError {
  const message = '"iss" claim is not a configured issuer';
  return new JwtError({ ...ERR_JWT_ISSUER_UNKNOWN, claim: 'iss', reason: 'check_failed', message });
}

/** @internal Reports a claim that fails a check outside the core: in the replay guard or in a schema. */
export function claimRefused(
  claim: string,
  reason: 'missing' | 'check_failed',
  message: string,
  issues?: readonly SchemaIssue[],
): JwtError {
  return new JwtError({ ...ERR_JWT_CLAIM_VALIDATION_FAILED, claim, reason, message, ...(issues && { issues }) });
}

/** @internal Reports that the keys of a configured issuer are missing or too old. */
export function keysNeeded(
  { issuer, jwksUri }: { issuer: string; jwksUri: string | undefined },
  reason: 'missing' | 'too_old',
): JwtError {
  const message = `the keys of ${issuer} are ${reason.replace('_', ' ')}`;
  return new JwtError({ ...ERR_JWKS_KEYS_NEEDED, issuer, ...(jwksUri && { jwksUri }), reason, message });
}

/** @internal Leaves only printable ASCII: other characters could forge lines of a log or hide text in a terminal. */
export function printable(text: string): string {
  return text.replace(/[^ -~]/g, '?');
}

/** @internal Reports a failed fetch. The message is made {@link printable}. */
export function fetchFailed(
  kind: FetchFailureKind | undefined,
  jwksUri: string | undefined,
  message: string,
  cause?: unknown,
): JwtError {
  const details = { ...ERR_JWKS_UNAVAILABLE, kind: kind!, ...(jwksUri && { jwksUri }), message: printable(message) };
  return new JwtError(details, { cause });
}

/** @internal Whether this is a JwtError. Returns false for a revoked proxy, on which `instanceof` throws. */
export function isJwtError(thrown: unknown): thrown is JwtError {
  try {
    return thrown instanceof JwtError;
  } catch {
    return false;
  }
}

/** @internal Returns an error with a readable message for any thrown value. */
export function errorOf(thrown: unknown): Error {
  try {
    const text = String(thrown);
    return thrown instanceof Error ? thrown : new Error(text);
  } catch {
    return new Error('an unknown error');
  }
}

function ownMember(object: object, name: string): unknown {
  return Object.hasOwn(object, name) ? (object as Record<string, unknown>)[name] : undefined;
}

/** @internal Returns the innermost cause of a thrown value, in words. */
export function reasonOf(thrown: unknown): string {
  try {
    let inner = thrown as Error;
    // Node tries several addresses and throws one error with the error of each address in `errors`.
    for (let depth = 0; depth < 9; depth += 1) {
      inner = (ownMember(inner, 'cause') ?? (ownMember(inner, 'errors') as unknown[])?.[0] ?? inner) as Error;
    }
    const { message } = inner;
    const code = ownMember(inner, 'code');
    const text = `${message || inner}`.slice(0, 1000);
    const isNamed = typeof code !== 'string' || text.includes(code) || inner instanceof JwtError;
    return isNamed ? text : `${text} (${code})`;
  } catch {
    return errorOf(thrown).message;
  }
}

/**
 * @internal Reports that the issuer's keys cannot be fetched and none are cached.
 *
 * @param failure Why the last fetch failed. Undefined if nothing was fetched, because the store had newer keys than
 *   this isolate, but those keys were too old as well.
 */
export function keysUnavailable(failure: JwtError | undefined, issuer: string, retryAfter: number): JwtError {
  if (!failure) return new JwtError({ ...ERR_JWKS_UNAVAILABLE, issuer, retryAfter, message: STORE_TOO_OLD });
  const { code, kind, jwksUri, message, cause } = failure;
  if (code !== ERR_JWKS_UNAVAILABLE.code) return failure;
  return new JwtError(
    {
      ...ERR_JWKS_UNAVAILABLE,
      kind: kind!,
      ...(jwksUri && { jwksUri }),
      issuer,
      retryAfter,
      message: `the keys of ${issuer} cannot be fetched${jwksUri ? ` from ${jwksUri}` : ''}: ${message}`,
    },
    { cause: cause ?? failure },
  );
}

/**
 * @internal Reports that an `issuers` function gave no answer. The message contains neither the `iss`, which is not
 * verified, nor the text of `cause`, which may contain the `iss`.
 */
export function issuerLookupFailed(what: string, seconds: number, cause?: unknown): JwtError {
  const message = `the function "issuers" ${what}`;
  return new JwtError({ ...ERR_JWKS_UNAVAILABLE, retryAfter: Math.max(1, Math.ceil(seconds)), message }, { cause });
}

const STORE_TOO_OLD = 'the keys in the store are too old';

/** @internal Reports that a store of keys failed. */
export function storeUnavailable(message: string, options: { cause: unknown }): JwtError {
  return new JwtError({ ...ERR_JWKS_UNAVAILABLE, message }, options);
}

/** @internal Reports that the replay guard cannot say whether a token was used. `cause` says why, unless the guard is full. */
export function replayUnavailable(why: string, options?: { cause?: unknown }): JwtError {
  return new JwtError({ ...ERR_REPLAY_UNAVAILABLE, message: `the replay guard ${why}` }, options);
}
