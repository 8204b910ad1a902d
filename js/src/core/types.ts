// The data that goes in and comes out.

import type { AwsIdentity, AwsPolicy } from '../aws/aws.js';
import type { JwtErrorCode, JwtErrorDetails } from './errors.js';

/** The two algorithms: ECDSA on P-384 with SHA-384 (RFC 7518 §3.4), RSASSA-PKCS1-v1_5 with SHA-256 (RFC 7518 §3.3). */
export type Algorithm = 'ES384' | 'RS256';

/** The JOSE Header (RFC 7515 §4). */
export interface JoseHeader {
  /** `ES384` or `RS256` in a token that was verified; any string in one that was only decoded. */
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

/** What a {@link KeySet} made of one key. */
export interface KeyReport {
  kid?: string;
  kty?: string;
  alg?: string;
  /** Whether tokens can be verified with it. The other keys of a set work even if this one does not. */
  usable: boolean;
  /** Why it is not usable. */
  problem?: string;
  /** The length of the modulus or the curve's order, in bits. */
  bits?: number;
  /** The JWK Thumbprint (RFC 7638) with SHA-256, base64url. */
  thumbprint?: string;
  /** The RSA modulus is shorter than 2048 bits. */
  weak?: boolean;
  /** The set publishes the private key. */
  private?: boolean;
}

/** What `verify()` expects of the claims. Members that are `undefined` count as absent; unknown members are an error. */
export interface VerifyOptions {
  /** The expected `iss`, or several of which one must match exactly. Required; only a written `null` skips the check. */
  issuer: string | readonly string[] | null;
  /** One of these must be in `aud`. Required; only a written `null` skips the check. */
  audience: string | readonly string[] | null;
  /** Narrows what is accepted; the key decides the algorithm, never the token (RFC 8725 §3.1). Default: both. */
  algorithms?: readonly Algorithm[];
  /** The expected `sub`, or several of which one must match exactly. Default: not checked. */
  subject?: string | readonly string[];
  /** The expected `typ`, compared without case, `application/` being optional (RFC 7515 §4.1.9). Default: not checked. */
  typ?: string;
  /** How far clocks may differ, in seconds, at least 0 (RFC 7519 §4.1.4). Default: 30. */
  clockTolerance?: number;
  /** The largest age since `iat`, in seconds, which makes `iat` required. Default: no limit. */
  maxTokenAge?: number;
  /**
   * Claims that must be there; `null` is there. A name; or, into nested claims, a JSON pointer (RFC 6901: starts with
   * `/`, in which `~1` is a slash and `~0` a tilde) or a dotted path, in which `\.` is a dot and `\\` a backslash.
   * Default: none.
   */
  requiredClaims?: readonly string[];
  /** Accepts a token without `exp`; one that is there is always checked. Default: `false`. */
  allowMissingExp?: boolean;
  /** What the claims of AWS STS must say; `{}` asks for the cross-checks alone. Default: they are not looked at. */
  aws?: AwsPolicy;
  /** Reports every failed check of claims and policy in `error.errors`, not only the first. Default: `false`. */
  collectAll?: boolean;
  /** The present time in seconds since the epoch, finite. Default: the host's clock. */
  now?: number;
}

/** One issuer: where its keys are, and what its tokens must say. */
export interface IssuerConfig extends Omit<VerifyOptions, 'issuer' | 'now'> {
  /** The exact `iss`: an https origin, without a path or a slash at its end. */
  issuer: string;
  /** Its keys, if they are known already; they never become too old. */
  jwks?: string | JwkSet;
  /** Where its keys are, https. Default: `<issuer>/.well-known/jwks.json`. */
  jwksUri?: string;
}

/** What holds for all issuers. */
export interface VerifierOptions {
  /** How many verified tokens are remembered, so that the same token again costs no signature; 0 for none. Default: 256. */
  maxCachedTokens?: number;
  /** How old keys from `setKeys()` or `restore()` may be, in seconds. Default: 86 400, a day. */
  maxKeyAge?: number;
  /** Lets `issuer` and `jwksUri` be http on this very machine, for tests. Default: `false`. */
  allowLoopbackHttp?: boolean;
}

/** One issuer or several. */
export type VerifierConfig = VerifierOptions & (IssuerConfig | { issuers: readonly IssuerConfig[] });

declare const trust: unique symbol;

/** A token whose signature and claims were found good. Only `verify()` makes one: nothing else has this type. */
export interface VerifiedToken<C extends object = Claims> {
  /** For the compiler alone; there is no such member. */
  readonly [trust]: 'verified';
  header: JoseHeader;
  claims: C;
  alg: Algorithm;
  /** The key that made the signature; the thumbprint is RFC 7638's with SHA-256, base64url. */
  key: { kid?: string; thumbprint: string };
  /** `exp`, in seconds since the epoch; absent only with `allowMissingExp`. */
  expiresAt?: number;
  /** The digest of the signing input, base64url. Equal for every token with this header and payload. */
  tokenId: string;
  /** Who the caller is, when `options.aws` was given. */
  aws?: AwsIdentity;
}

/** A decision and the steps that led to it, as plain JSON data. */
export interface Explanation {
  /** What `verify()` does: returns or throws. */
  verdict: 'accepted' | 'rejected';
  /** Why it was rejected: the code that `verify()` throws. */
  code?: JwtErrorCode;
  /** The same with message and evidence. */
  error?: JwtErrorDetails;
  /** Every check in its order. A failed stage is the last; checks of claims and policy are all there. */
  steps: ExplanationStep[];
}

/** One step of an {@link Explanation}. */
export interface ExplanationStep {
  /** `issuer` only from a `Verifier`, `jwks` only where the key set itself is refused or missing. */
  stage: 'issuer' | 'jwks' | 'segments' | 'header' | 'algorithm' | 'key' | 'signature' | 'claims' | 'claim' | 'policy';
  /** What was checked: a claim, a field of the policy, the `kid` or position of a key. */
  name?: string;
  /** `skipped`: not asked for, or not a candidate. */
  outcome: 'passed' | 'failed' | 'skipped';
  /** What would pass. */
  expected?: unknown;
  /** What the token or the key has. */
  actual?: unknown;
  /** For times: the seconds by which the check passed; zero or negative where it failed at its bound or beyond. */
  margin?: number;
  /** Why it failed or was skipped. */
  problem?: string;
}

/** A token that was read and NOT verified: anybody may have written it. */
export interface UnverifiedToken<C extends object = Claims> {
  /** For the compiler alone; there is no such member. */
  readonly [trust]: 'unverified';
  header: JoseHeader;
  claims: C;
}
