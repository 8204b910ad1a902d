export type Algorithm = 'ES384' | 'RS256';

/** A JWK Set (RFC 7517 §5); at most 128 keys. */
export interface JwkSet {
  keys: readonly object[];
  [parameter: string]: unknown;
}

/** The options of a verification. Unknown members and members that are `undefined` are errors. */
export interface VerifyOptions {
  /** The expected `iss`, which must match exactly, or an array of allowed values. Only an explicit `null` skips the check. */
  issuer: string | readonly string[] | null;
  /** One of these values must be in `aud`. Only an explicit `null` skips the check. */
  audience: string | readonly string[] | null;
  /** Whether `aud` must be one string, or an array of exactly one. Default: `false`. */
  exactlyOneAudience?: boolean;
  /** The profile that the token must follow: an OAuth access token (RFC 9068). Default: none. */
  profile?: 'at+jwt';
  /**
   * The allowed values of claims, each by name or JSON Pointer (RFC 6901). The claim must be present and equal one of the
   * values or, if it is an array, contain one of them. Default: not checked.
   */
  claims?: { readonly [claim: string]: ClaimValue | readonly ClaimValue[] };
  /**
   * The required scopes, as a string of scopes separated by spaces, or an array. The token must have all of them. A missing
   * scope is `ERR_POLICY_DENIED` (403). Default: not checked.
   */
  scope?: string | readonly string[];
  /** The current time in seconds since the epoch. Default: the host's clock. */
  now?: number;
  /** All other options of the npm package `sts-jwt` are accepted as well, except `schema`. */
  [option: string]: unknown;
}

/** A value of the option `claims`. */
export type ClaimValue = string | number | boolean;

export interface VerifiedToken {
  header: { alg: Algorithm; kid?: string; typ?: string; [parameter: string]: unknown };
  claims: Record<string, unknown>;
  alg: Algorithm;
  /** The key that verified the signature. `thumbprint` is the JWK Thumbprint (RFC 7638) with SHA-256, base64url. */
  key: { kid?: string; thumbprint: string };
  /** `exp`, in seconds since the epoch. */
  expiresAt?: number;
  /** `iss`. */
  issuer?: string;
  /** The digest of the signing input, base64url. */
  tokenId: string;
  /** The AWS identity, if `options.aws` was given. */
  aws?: Record<string, unknown>;
}

/** UNVERIFIED: anyone could have written it. */
export interface UnverifiedToken {
  header: { alg: string; kid?: string; typ?: string; [parameter: string]: unknown };
  claims: Record<string, unknown>;
}

export interface Explanation {
  verdict: 'accepted' | 'rejected';
  code?: string;
  error?: JwtErrorDetails;
  /** Every check, in order. */
  steps: {
    stage: string;
    name?: string;
    outcome: 'passed' | 'failed' | 'skipped';
    expected?: unknown;
    actual?: unknown;
    margin?: number;
    problem?: string;
    warning?: string;
  }[];
}

export interface JwtErrorDetails {
  code: string;
  category: 'claims' | 'config' | 'key' | 'malformed' | 'policy' | 'signature' | 'unavailable';
  status: 401 | 403 | 500 | 503;
  retryable: boolean;
  message: string;
  claim?: string;
  reason?: 'missing' | 'invalid' | 'check_failed';
  expected?: unknown;
  actual?: unknown;
  errors?: readonly JwtErrorDetails[];
}

/** The error that every function throws. There is no class for it: test `error.name === 'JwtError'`. */
export interface JwtError extends Error, JwtErrorDetails {
  name: 'JwtError';
  message: string;
  errors?: readonly JwtError[];
}

export interface KeyReport {
  kid?: string;
  kty?: string;
  alg?: string;
  usable: boolean;
  problem?: string;
  bits?: number;
  thumbprint?: string;
  weak?: boolean;
  private?: boolean;
}
