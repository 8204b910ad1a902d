// The options of a test issuer. Times are in seconds. Members that are `undefined` count as absent. Unknown members are
// an error.

import type { Algorithm, Claims } from '../core/types.js';
import type { TestKey } from './test-key.js';

/** A partition of AWS. */
export type TestPartition = 'aws' | 'aws-cn' | 'aws-us-gov' | 'aws-eusc';

/** Options for the issuer of one account. */
export interface TestIssuerOptions {
  /** Twelve digits. Default: `111122223333`. */
  account?: string;
  /**
   * The partition, which determines hosts, ARNs and regions: `aws-cn` is China, `aws-us-gov` GovCloud, `aws-eusc` the
   * European Sovereign Cloud. Default: `aws`.
   */
  partition?: TestPartition;
  /**
   * The region of the STS endpoint that the callers use. Default: `eu-west-1` for `aws`; for any other partition, one of its
   * regions.
   */
  region?: string;
  /**
   * The exact `iss`: an http or https URL without a trailing slash. Default: a new issuer of the partition,
   * `https://<uuid>.tokens.sts.global.api.aws` for `aws`. The real hosts of `aws-us-gov` and `aws-eusc` are not known,
   * so the default for these partitions is `https://<uuid>.sts.<partition>.test`. For hosts other than those of `aws`
   * and `aws-cn`, policies need `issuerSuffixes`.
   */
  issuer?: string;
  /** Returns the issuer's time, in seconds since the epoch. Default: the host's clock. */
  now?: () => number;
  /** Whether the RSA key has an `alg` member. The RSA keys of many accounts have none. Default: `false`. */
  rsaAlg?: boolean;
  /** Additional headers of the two documents. Default: only `content-type`. */
  headers?: Readonly<Record<string, string>>;
}

/**
 * The kind of caller, which determines the claims. The kinds that begin with `origin-` get tokens with the
 * `SubjectMode` `OriginIdentity`: `principal_id` is the role, and `sub` is the person or workload behind it. That is a
 * person from an OIDC provider (`origin-user`), a workload of IAM Roles Anywhere (`origin-workload`), or a person from
 * a SAML provider whose issuer is a hash (`origin-saml`). AWS does not document how a token names the provider. Here,
 * the member `origin_identity` names the provider, with the names of AWS's session keys.
 */
export type TestCaller =
  | 'role'
  | 'user'
  | 'root'
  | 'identity-center'
  | 'lambda'
  | 'ec2'
  | 'eks'
  | 'service-linked-role'
  | 'origin-user'
  | 'origin-workload'
  | 'origin-saml';

/** Options for the claims. */
export interface TestClaimsOptions {
  /** The `aud`: a string or an array. As in AWS, an array with one entry becomes a string. */
  audience: string | readonly string[];
  /** The kind of caller. Default: `role`, a session of a role in an organization. */
  caller?: TestCaller;
  /**
   * The principal's ARN, or only the resource in it (`role/team/app`), for `principal_id` and, unless `sub` is an origin
   * identity, for `sub`. Default: depends on `caller`.
   */
  principal?: string;
  /** The origin identity in `sub`. Default: depends on `caller`; for most callers, `sub` is the principal's ARN. */
  origin?: string;
  /** `exp` − `iat`, in seconds. AWS allows 60 to 3600; here any finite number is allowed. Default: 300. */
  lifetime?: number;
  /** `iat`, in seconds since the epoch; rounded down. Default: the issuer's clock. */
  issuedAt?: number;
  /** Members of the object `https://sts.amazonaws.com/` to add or replace; `undefined` removes a member. */
  aws?: Readonly<Record<string, unknown>>;
  /** Claims to add or replace, applied last; `undefined` removes a claim. */
  claims?: Readonly<Record<string, unknown>>;
}

/** Options for the claims and the signature. */
export interface TestTokenOptions extends TestClaimsOptions {
  /** The signature algorithm. Default: the algorithm of `key`, otherwise `ES384`. */
  alg?: Algorithm;
  /** The key to sign with, possibly a former key or the key of another issuer. Default: the current key. */
  key?: TestKey;
  /**
   * Header Parameters to add or replace; `undefined` removes a parameter. Without this option, the header has `kid`, `typ` and
   * `alg`, as in AWS.
   */
  header?: Readonly<Record<string, unknown>>;
}

/** Two segments to sign. Objects are serialized as JSON; strings and octets are used unchanged, well-formed or not. */
export interface TestSegments {
  /** The first segment. */
  header: object | string | Uint8Array;
  /** The second segment. */
  claims: Claims | object | string | Uint8Array;
  /**
   * The key. Default: the current key for the header's `alg`, if the header is an object and the `alg` is supported;
   * otherwise the ES384 key.
   */
  key?: TestKey;
}

/** How to rotate keys. AWS has two slots per algorithm: `RSA_0` and `RSA_1`, `EC384_0` and `EC384_1`. */
export interface TestRotation {
  /**
   * `new-kid`: a new key in the other slot replaces the old key. `same-kid`: a new key in the same slot replaces the
   * old key. `overlap`: a new key in the other slot signs, and the old key stays published until `endOverlap()` or the
   * next rotation with `new-kid` or `overlap`. Default: `new-kid`.
   */
  mode?: 'new-kid' | 'same-kid' | 'overlap';
  /** The algorithm of the key to replace. Default: both. */
  alg?: Algorithm;
}

/** The two documents that an issuer serves. */
export type TestDocument = 'configuration' | 'jwks';

/** A recorded request. */
export interface TestRequest {
  url: string;
  method: string;
  /** The requested document; absent for a 404 response. */
  document?: TestDocument;
  /** The time of the request by the issuer's clock, in seconds since the epoch. */
  at: number;
}

/**
 * The fault to simulate:
 * - a number: responds with this status, from 200 to 599.
 * - `network`: rejects with a TypeError, like `fetch` if the host is unreachable.
 * - `timeout`: never responds; rejects when the request's signal aborts.
 * - `stalled`: sends half of the document, then nothing.
 * - `html`: 200 and an HTML page, like a captive portal.
 * - `content-type`: the document, as `text/plain`.
 * - `truncated`: 200 and half of the document.
 * - `huge`: the document with a member of 1 MiB.
 * - `endless`: the document, followed by endless white space.
 * - `redirect`: 302 to another host that serves the document. Respects the `redirect` option of the request.
 * - a function: uses its result or error; `answer()` returns the regular response.
 */
export type TestFault =
  | number
  | 'network'
  | 'timeout'
  | 'stalled'
  | 'html'
  | 'content-type'
  | 'truncated'
  | 'huge'
  | 'endless'
  | 'redirect'
  | ((request: TestRequest, answer: () => Response) => Response | Promise<Response>);

/** Which requests an outage affects. */
export interface TestOutageOptions {
  /** How many requests. Default: all until `recover()` or the next `outage()`. */
  requests?: number;
  /** Only requests for this document. Default: all requests. */
  document?: TestDocument;
}

/** A Worker. */
export interface TestWorker {
  /** Responds to a request. */
  fetch(request: Request): Promise<Response>;
}
