// The one error class, and the errors that are found before the core is asked.

/** The stable code of a {@link JwtError}. Where jose has the same failure, the code is jose's. */
export type JwtErrorCode =
  | 'ERR_OPTIONS_INVALID'
  | 'ERR_JWT_TOO_LARGE'
  | 'ERR_JWS_INVALID'
  | 'ERR_JOSE_NOT_SUPPORTED'
  | 'ERR_JOSE_ALG_NOT_ALLOWED'
  | 'ERR_JWT_ISSUER_UNKNOWN'
  | 'ERR_JWKS_INVALID'
  | 'ERR_JWK_INVALID'
  | 'ERR_JWKS_NO_MATCHING_KEY'
  | 'ERR_JWKS_MULTIPLE_MATCHING_KEYS'
  | 'ERR_JWKS_KEYS_NEEDED'
  | 'ERR_JWKS_UNAVAILABLE'
  | 'ERR_JWS_SIGNATURE_VERIFICATION_FAILED'
  | 'ERR_JWT_INVALID'
  | 'ERR_JWT_EXPIRED'
  | 'ERR_JWT_CLAIM_VALIDATION_FAILED'
  | 'ERR_POLICY_DENIED';

/** What sort of failure it is; decides how a service reacts. */
export type JwtErrorCategory = 'claims' | 'config' | 'key' | 'malformed' | 'policy' | 'signature' | 'unavailable';

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
  const details = { code: 'ERR_OPTIONS_INVALID', category: 'config', retryable: false, status: 500, message } as const;
  return new JwtError(details, options);
}

/** @internal The key set cannot be read. */
export function jwksInvalid(message: string, options?: { cause?: unknown }): JwtError {
  const details = { code: 'ERR_JWKS_INVALID', category: 'key', retryable: false, status: 500, message } as const;
  return new JwtError(details, options);
}

/** @internal The token is not a string. */
export function tokenInvalid(message: string): JwtError {
  return new JwtError({ code: 'ERR_JWS_INVALID', category: 'malformed', retryable: false, status: 401, message });
}

/** @internal Nobody configured the issuer that the token claims to have. */
export function issuerUnknown(): JwtError {
  const message = '"iss" claim names no configured issuer';
  const failure = { claim: 'iss', reason: 'check_failed', message } as const;
  return new JwtError({
    code: 'ERR_JWT_ISSUER_UNKNOWN',
    category: 'claims',
    retryable: false,
    status: 401,
    ...failure,
  });
}

/** @internal A claim that the core let pass is wrong for a reason that only the host knows. */
export function claimRefused(claim: string, reason: 'missing' | 'check_failed', message: string): JwtError {
  const failure = { claim, reason, message } as const;
  return new JwtError({
    code: 'ERR_JWT_CLAIM_VALIDATION_FAILED',
    category: 'claims',
    retryable: false,
    status: 401,
    ...failure,
  });
}

/** @internal The issuer is known, its keys are not, or were fetched too long ago. */
export function keysNeeded(issuer: string, jwksUri: string, reason: 'missing' | 'too_old'): JwtError {
  const message = `the keys of ${issuer} are ${reason === 'missing' ? 'missing' : 'too old'}`;
  const needed = { issuer, jwksUri, reason, message };
  return new JwtError({
    code: 'ERR_JWKS_KEYS_NEEDED',
    category: 'unavailable',
    retryable: true,
    status: 503,
    ...needed,
  });
}

/** @internal The issuer's keys cannot be fetched, and none are at hand; `cause` says why. */
export function keysUnavailable(issuer: string, jwksUri: string, retryAfter: number, cause: unknown): JwtError {
  const message = `the keys of ${issuer} cannot be fetched: ${cause instanceof Error ? cause.message : cause}`;
  const details = { issuer, jwksUri, retryAfter, message };
  const unavailable = { code: 'ERR_JWKS_UNAVAILABLE', category: 'unavailable', retryable: true, status: 503 } as const;
  return new JwtError({ ...unavailable, ...details }, { cause });
}
