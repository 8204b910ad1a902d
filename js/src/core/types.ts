// The public data types.

import type { AwsIdentity, AwsPolicy } from '../aws/aws.js';
import type { JwtErrorCode, JwtErrorDetails } from './errors.js';
import type { StandardSchemaV1 } from './standard-schema.js';

/** ECDSA on P-384 with SHA-384 (RFC 7518 §3.4), or RSASSA-PKCS1-v1_5 with SHA-256 (RFC 7518 §3.3). */
export type Algorithm = 'ES384' | 'RS256';

/** The JOSE Header (RFC 7515 §4). */
export interface JoseHeader {
  /** `ES384` or `RS256` in a verified token; any string in a decoded token. */
  alg: string;
  kid?: string;
  typ?: string;
  [parameter: string]: unknown;
}

/** A JWT Claims Set (RFC 7519 §4). Times are NumericDates: seconds since the epoch, possibly with a fraction. */
export interface Claims {
  iss?: string;
  sub?: string;
  aud?: string | string[];
  exp?: number;
  nbf?: number;
  iat?: number;
  jti?: string;
  [claim: string]: unknown;
}

/** A public key as JSON (RFC 7517 §4). */
export interface Jwk {
  kty: string;
  kid?: string;
  alg?: string;
  use?: string;
  key_ops?: readonly string[];
  crv?: string;
  x?: string;
  y?: string;
  n?: string;
  e?: string;
  [parameter: string]: unknown;
}

/** A JWK Set (RFC 7517 §5). */
export interface JwkSet {
  /** At most 128. */
  keys: readonly Jwk[];
  [parameter: string]: unknown;
}

/** A report on one key of a {@link KeySet}. */
export interface KeyReport {
  kid?: string;
  kty?: string;
  alg?: string;
  /** Whether the key can verify tokens. An unusable key does not affect the other keys of the set. */
  usable: boolean;
  /** Why the key is not usable. */
  problem?: string;
  /** In bits, the length of the modulus (RSA) or of the curve's order (EC). */
  bits?: number;
  /** The JWK Thumbprint (RFC 7638) with SHA-256, base64url. */
  thumbprint?: string;
  /** Whether the RSA modulus is shorter than 2048 bits. */
  weak?: boolean;
  /** Whether the set publishes the private key. */
  private?: boolean;
}

/**
 * The expectations of `verify()`. Unknown members are an error. A member that is `undefined` is an error too, unless its
 * type allows `undefined`; then the member counts as absent. To switch off an option that narrows which tokens are
 * accepted, leave the option out.
 */
export interface VerifyOptions {
  /**
   * The expected `iss`, which must match exactly, or an array of allowed values. Required; pass `null` to skip the check.
   *
   * With several issuers, `verify()` does not bind keys to issuers: each key of the JWK Set verifies tokens of all
   * issuers. Use `createVerifier()` instead, which keeps the keys of each issuer apart.
   */
  issuer: string | readonly string[] | null;
  /** The expected audience, or an array of audiences of which `aud` must contain one. Required; pass `null` to skip the check. */
  audience: string | readonly string[] | null;
  /**
   * Whether `aud` must be one string, or an array of exactly one (RFC 7519 §4.1.3). Each audience of a token for
   * several audiences can replay the token to the others. Default: `false`.
   */
  exactlyOneAudience?: boolean;
  /** The allowed algorithms. The key decides the algorithm; the token never does (RFC 8725 §3.1). Default: both. */
  algorithms?: readonly Algorithm[];
  /** The expected `sub`, which must match exactly, or an array of allowed values. Default: not checked. */
  subject?: string | readonly string[];
  /** The expected `typ`, ignoring case and an `application/` prefix (RFC 7515 §4.1.9). Default: not checked. */
  typ?: string;
  /**
   * The profile that the token must follow. `at+jwt` is an OAuth access token (RFC 9068): `typ` must be `at+jwt` or
   * `application/at+jwt` (§4), and `iss`, `exp`, `aud`, `sub`, `client_id`, `iat` and `jti` must be present (§2.2). The
   * option `typ` with another value, or `allowMissingExp`, contradicts the profile and is an error. Default: none.
   */
  profile?: 'at+jwt';
  /** The tolerated difference between clocks, in seconds, from 0 to 86 400 (RFC 7519 §4.1.4). Default: 30. */
  clockTolerance?: number | undefined;
  /** The maximum age since `iat`, in seconds, from 0 to 31 622 400 (366 days). Makes `iat` required. Default: no limit. */
  maxTokenAge?: number;
  /**
   * Claims that must be present (`null` counts). Each entry is a claim name or, with a leading `/`, a JSON Pointer (RFC 6901:
   * `~1` is a slash in a name and `~0` a tilde). Default: none.
   */
  requiredClaims?: readonly string[];
  /**
   * The allowed values of claims, at most 1000 claims with 1000 values each. Each name is a claim name or a JSON Pointer, as in
   * `requiredClaims`. The claim must be present and equal one of the values or, if it is an array, contain one of them.
   * Values of different types are never equal: `1` is not `"1"`. For example,
   * `{ "tid": "…", "/realm_access/roles": "admin" }`, or `{ "scp": […] }` for a `scp` that is an array, as in Okta's tokens.
   * Default: not checked.
   */
  claims?: { readonly [claim: string]: ClaimValue | readonly ClaimValue[] };
  /**
   * The required scopes, as a string of scopes separated by spaces, or an array. The token must have all of them, in the
   * claim `scope` (RFC 9068 §2.2.3, RFC 8693 §4.2), which may also be a string or an array. A missing scope is
   * `ERR_POLICY_DENIED` (403), and `error.challenge()` names the required scopes (RFC 6750 §3.1). Default: not checked.
   */
  scope?: string | readonly string[];
  /**
   * A Standard Schema (zod, valibot, arktype and others) for the claims. It runs last, on every call, on the claims as
   * signed, and must be synchronous. Its output, which must be an object, replaces `claims` and gives them their type. If
   * the claims do not fit, the error is `ERR_JWT_CLAIM_VALIDATION_FAILED`, and `error.issues` names those claims, without
   * the messages of the schema, because the messages may quote values. A schema that throws or returns a promise is
   * `ERR_OPTIONS_INVALID`, so no token is accepted. Default: none.
   */
  schema?: StandardSchemaV1<unknown, object>;
  /** Accepts tokens without `exp`. If `exp` is present, it is always checked. Default: `false`. */
  allowMissingExp?: boolean | undefined;
  /** The policy for AWS STS claims. `{}` makes only the checks that every policy includes. Default: not checked. */
  aws?: AwsPolicy;
  /** Reports all failed claim and policy checks in `error.errors`, not only the first failed check. Default: `false`. */
  collectAll?: boolean | undefined;
  /** The current time in seconds since the epoch, finite. Default: the host's clock. */
  now?: number | undefined;
}

/** A value of the option `claims`. */
export type ClaimValue = string | number | boolean;

/** The class `URL`, in projects with types for it. */
type Url = typeof globalThis extends { URL: { prototype: infer U } } ? U : never;

/** One issuer: its keys, and the expectations for its tokens. */
export interface IssuerConfig extends Omit<VerifyOptions, 'issuer' | 'now'> {
  /**
   * The exact `iss`: an https URL without user, password, query or fragment, in the form to which the class `URL` normalises
   * it (a lower-case host, no default port, no `..`). An origin may be written without its trailing slash.
   * `https://example.com/a`, `https://example.com/a/` and `https://example.com/A` are three issuers.
   */
  issuer: string;
  /**
   * Further exact values of `iss` in tokens of this issuer, such as Google's `accounts.google.com`. They need not be URLs.
   * Default: none.
   */
  aliases?: readonly string[] | undefined;
  /** The issuer's keys, if already known. They never expire. */
  jwks?: string | JwkSet | undefined;
  /**
   * The https URL of the issuer's keys. Default: for issuers of AWS STS, `<issuer>/.well-known/jwks.json`; for all
   * others, the URL in the issuer's discovery document.
   */
  jwksUri?: string | Url | undefined;
  /**
   * Whether to read the URL of the keys from the issuer's discovery document: that of OpenID Connect Discovery §4
   * (`<issuer>/.well-known/openid-configuration`) or else that of RFC 8414 §3. If `false`, the URL is
   * `<issuer>/.well-known/jwks.json`. Must not be `true` together with `jwksUri`. Default: `true`, but `false` for
   * issuers of AWS STS.
   */
  discovery?: boolean | undefined;
}

/** Options for all issuers. */
export interface VerifierOptions {
  /**
   * How many verified tokens are cached. The signature of a cached token is not checked again. 0 disables the cache.
   * Default: 256.
   */
  maxCachedTokens?: number | undefined;
  /**
   * How many bytes the cached tokens may take. The size of a token is the sum of three parts: its length; three times
   * the length of its header, claims and AWS identity as JSON, because JavaScript keeps one copy and the module two;
   * and about 100 for each value in this JSON. 0 disables the cache. Default: 4 194 304, 4 MiB.
   */
  maxCachedTokenBytes?: number | undefined;
  /** The maximum age of keys from `setKeys()` or `restore()`, in seconds. Default: 86 400, a day. */
  maxKeyAge?: number | undefined;
  /** Allows http for an `issuer` and its keys on this machine, for tests. Default: `false`. */
  allowLoopbackHttp?: boolean | undefined;
}

/** The configuration of one issuer, or of several in `issuers`, but not both. */
export type OneOrSeveral<Config extends { issuer: string }> =
  | (Config & { issuers?: never })
  | ({ issuers: readonly Config[] } & { [Name in keyof Config]?: never });

/** One issuer or several. */
export type VerifierConfig = VerifierOptions & OneOrSeveral<IssuerConfig>;

declare const trust: unique symbol;

/** A token with a verified signature and valid claims. Only `verify()` creates this type. */
export interface VerifiedToken<C extends object = Claims> {
  /** Exists only in the type system. */
  readonly [trust]: 'verified';
  header: JoseHeader;
  claims: C;
  alg: Algorithm;
  /** The key that made the signature. `thumbprint` is the JWK Thumbprint (RFC 7638) with SHA-256, base64url. */
  key: { kid?: string; thumbprint: string };
  /** `exp`, in seconds since the epoch; absent only with `allowMissingExp`. */
  expiresAt?: number;
  /** The signed `iss`, even if `schema` replaced the claims. Absent only with `issuer: null`. */
  issuer?: string;
  /** The digest of the signing input, base64url. Tokens with the same header and payload have the same ID. */
  tokenId: string;
  /** The AWS identity of the caller, if `options.aws` was given. */
  aws?: AwsIdentity;
}

/** A decision and its steps, as plain JSON data. */
export interface Explanation {
  /** Whether `verify()` returns or throws. */
  verdict: 'accepted' | 'rejected';
  /** If rejected, the code of the error that `verify()` throws. */
  code?: JwtErrorCode;
  /** If rejected, that error as plain data. */
  error?: JwtErrorDetails;
  /**
   * Every check, in order. The list ends with the first stage that failed. If the checks of claims and policy were
   * reached, all of them are listed, even after one has failed.
   */
  steps: ExplanationStep[];
}

/** One step of an {@link Explanation}. */
export interface ExplanationStep {
  /**
   * The stage of the check. `issuer` occurs only with a `Verifier`, `jwks` only if the key set is invalid or missing, and
   * `schema` only with the option `schema`.
   */
  stage:
    | 'issuer'
    | 'jwks'
    | 'segments'
    | 'header'
    | 'algorithm'
    | 'key'
    | 'signature'
    | 'claims'
    | 'claim'
    | 'policy'
    | 'schema';
  /** The claim, the field of the policy, or the `kid` or position of the key that was checked. */
  name?: string;
  /** The result. `skipped` means that the check was not requested or does not apply; `problem` may say why. */
  outcome: 'passed' | 'failed' | 'skipped';
  /** The value that would pass. */
  expected?: unknown;
  /** The value in the token or the key. */
  actual?: unknown;
  /** For times: the margin of the check in seconds. Zero or negative if the check failed. */
  margin?: number;
  /** Why the step failed or was skipped. */
  problem?: string;
  /** Why a step is suspicious although it passed: `exp` looks like milliseconds. */
  warning?: string;
}

/** A decoded token that was NOT verified: anyone may have written it. */
export interface UnverifiedToken<C extends object = Claims> {
  /** Exists only in the type system. */
  readonly [trust]: 'unverified';
  header: JoseHeader;
  claims: C;
}
