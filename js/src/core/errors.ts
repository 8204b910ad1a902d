// The one error class, and the errors that are found before the core is asked.

import {
  type CoreErrorCategory,
  type CoreErrorCode,
  ERR_JWKS_INVALID,
  ERR_JWS_INVALID,
  ERR_JWT_CLAIM_VALIDATION_FAILED,
  ERR_OPTIONS_INVALID,
} from '../generated/facts.js';

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

type HostError = typeof ERR_JWT_ISSUER_UNKNOWN | typeof ERR_JWKS_KEYS_NEEDED | typeof ERR_JWKS_UNAVAILABLE;

/** The stable code of a {@link JwtError}. Where jose has the same failure, the code is jose's. */
export type JwtErrorCode = CoreErrorCode | HostError['code'];

/** What sort of failure it is; decides how a service reacts. */
export type JwtErrorCategory = CoreErrorCategory | HostError['category'];

/** The facts of a {@link JwtError} as plain data. */
export interface JwtErrorDetails
  extends Pick<
    JwtError,
    | 'code'
    | 'category'
    | 'retryable'
    | 'status'
    | 'message'
    | 'claim'
    | 'reason'
    | 'expected'
    | 'actual'
    | 'issuer'
    | 'jwksUri'
    | 'retryAfter'
  > {
  /** With `collectAll`: every failure, where there are several. */
  errors?: readonly JwtErrorDetails[];
}

/**
 * The only error that this package throws for any token, JWKS or option. No member and no message ever holds bytes of
 * the token; claim values appear only after the signature was found good.
 */
export class JwtError extends Error {
  static {
    this.prototype.name = 'JwtError';
  }

  /** The stable code: branch on this, never on the message. */
  declare readonly code: JwtErrorCode;
  /** What sort of failure it is. */
  declare readonly category: JwtErrorCategory;
  /** Whether the same call may succeed later without a change by the caller. */
  declare readonly retryable: boolean;
  /** The HTTP status for a request that carried this token: 401, 403, or 500 and 503 when it is not the token's fault. */
  declare readonly status: 401 | 403 | 500 | 503;
  /** The claim, the header's `typ` or the field of the AWS policy that failed, where one did. */
  declare readonly claim?: string;
  /**
   * How the claim failed: not there, of the wrong type, or not as expected. With `ERR_JWKS_KEYS_NEEDED`: whether the keys are
   * missing or too old.
   */
  declare readonly reason?: 'missing' | 'invalid' | 'check_failed' | 'too_old';
  /** What would have passed, where that can be said. */
  declare readonly expected?: unknown;
  /** What the token says instead: claims only after its signature was found good, before that at most `alg`. */
  declare readonly actual?: unknown;
  /** From a `Verifier`: the configured issuer whose keys and expectations the token met; absent before one was found. */
  declare readonly issuer?: string;
  /** With `ERR_JWKS_KEYS_NEEDED` and `ERR_JWKS_UNAVAILABLE`: where that issuer's keys are. */
  declare readonly jwksUri?: string;
  /** With `ERR_JWKS_UNAVAILABLE`: in how many seconds it is tried again; for the header `Retry-After`. */
  declare readonly retryAfter?: number;
  /** With `collectAll`: every failure, this one first, where there are several. */
  declare readonly errors?: readonly JwtError[];

  constructor({ message, errors, ...details }: JwtErrorDetails, options?: { cause?: unknown }) {
    super(message, options);
    Object.assign(this, details);
    if (errors !== undefined) this.errors = errors.map((each) => new JwtError(each));
  }

  /**
   * The value of the `WWW-Authenticate` header for the response (RFC 6750 §3): `invalid_token` for a bad token,
   * `insufficient_scope` for a good one that the policy denies, the bare scheme when the fault is not the token's.
   */
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
}

/** @internal The caller's options are wrong. */
export function optionsInvalid(message: string, options?: { cause?: unknown }): JwtError {
  return new JwtError({ ...ERR_OPTIONS_INVALID, message }, options);
}

/** @internal The key set cannot be read. */
export function jwksInvalid(message: string, options?: { cause?: unknown }): JwtError {
  return new JwtError({ ...ERR_JWKS_INVALID, message }, options);
}

/** @internal The token is not a string. */
export function tokenInvalid(message: string): JwtError {
  return new JwtError({ ...ERR_JWS_INVALID, message });
}

/** @internal The issuer that the token names is not configured. */
export function issuerUnknown(): JwtError {
  const message = '"iss" claim names no configured issuer';
  return new JwtError({ ...ERR_JWT_ISSUER_UNKNOWN, claim: 'iss', reason: 'check_failed', message });
}

/** @internal A claim that the core accepts is wrong for a reason that only the host knows. */
export function claimRefused(claim: string, reason: 'missing' | 'check_failed', message: string): JwtError {
  return new JwtError({ ...ERR_JWT_CLAIM_VALIDATION_FAILED, claim, reason, message });
}

/** @internal The issuer is configured, but its keys are missing or too old. */
export function keysNeeded(issuer: string, jwksUri: string, reason: 'missing' | 'too_old'): JwtError {
  const message = `the keys of ${issuer} are ${reason === 'missing' ? 'missing' : 'too old'}`;
  return new JwtError({ ...ERR_JWKS_KEYS_NEEDED, issuer, jwksUri, reason, message });
}

/** @internal The issuer has no usable keys, and fetching them failed; `cause` says why. */
export function keysUnavailable(issuer: string, jwksUri: string, retryAfter: number, cause: unknown): JwtError {
  const message = `the keys of ${issuer} cannot be fetched: ${cause instanceof Error ? cause.message : cause}`;
  return new JwtError({ ...ERR_JWKS_UNAVAILABLE, issuer, jwksUri, retryAfter, message }, { cause });
}
