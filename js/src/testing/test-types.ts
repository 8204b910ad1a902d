// What a test issuer takes. Times are in seconds; members that are `undefined` count as absent, unknown ones are an error.

import type { Algorithm, Claims } from '../core/types.js';
import type { TestKey } from './test-key.js';

/** One account's issuer. */
export interface TestIssuerOptions {
  /** Twelve digits. Default: `111122223333`. */
  account?: string;
  /** `aws-cn` is China: other hosts, ARNs and regions. Default: `aws`. */
  partition?: 'aws' | 'aws-cn';
  /** The region of the STS endpoint that the callers ask. Default: `eu-west-1`, or `cn-northwest-1` in China. */
  region?: string;
  /**
   * The exact `iss`: an http or https URL without a slash at its end. Default: a new one of the partition, such as
   * `https://<uuid>.tokens.sts.global.api.aws`. Under a host of your own, policies need `issuerSuffixes`.
   */
  issuer?: string;
  /** The issuer's clock, in seconds since the epoch. Default: the host's. */
  now?: () => number;
  /** Whether the RSA key says its `alg`; those of many accounts do not. Default: `false`. */
  rsaAlg?: boolean;
  /** Further headers of the two documents, such as `cache-control`. Default: none but `content-type`. */
  headers?: Readonly<Record<string, string>>;
}

/** Who calls STS, which decides what its claims say. */
export type TestCaller = 'role' | 'user' | 'root' | 'identity-center' | 'lambda' | 'ec2' | 'eks';

/** What the claims shall be. */
export interface TestClaimsOptions {
  /** For whom: a string, or several; as from AWS, a single one becomes a string. */
  audience: string | readonly string[];
  /** Default: `role`, a session of a role in an organization. */
  caller?: TestCaller;
  /** The caller's ARN, or its resource such as `role/team/app`, for `sub` and `principal_id`. Default: one by `caller`. */
  principal?: string;
  /** `exp` − `iat`, in seconds. AWS allows 60 to 3600; here any finite number will do. Default: 300. */
  lifetime?: number;
  /** `iat`, in seconds since the epoch, without its fraction. Default: the issuer's clock. */
  issuedAt?: number;
  /** Members of the object `https://sts.amazonaws.com/` to add or replace; `undefined` removes one. */
  aws?: Readonly<Record<string, unknown>>;
  /** Claims to add or replace, after all else; `undefined` removes one. */
  claims?: Readonly<Record<string, unknown>>;
}

/** The claims, and how they are signed. */
export interface TestTokenOptions extends TestClaimsOptions {
  /** Default: that of `key`, else `ES384`. */
  alg?: Algorithm;
  /** Signs instead of the current key: a former one, or one of another issuer. */
  key?: TestKey;
  /** Header Parameters to add or replace; `undefined` removes one. Default: `kid`, `typ` and `alg`, as from AWS. */
  header?: Readonly<Record<string, unknown>>;
}

/** Any two segments to sign: an object becomes JSON; text and octets stay as they are, well-formed or not. */
export interface TestSegments {
  /** The first segment. */
  header: object | string | Uint8Array;
  /** The second segment. */
  claims: Claims | object | string | Uint8Array;
  /** Default: the current key for the `alg` of the header, where that is an object with one of the two; else the ES384 key. */
  key?: TestKey;
}

/** How keys change. AWS has two slots for each algorithm, such as `RSA_0` and `RSA_1`. */
export interface TestRotation {
  /**
   * `new-kid`: a new key in the other slot replaces the old one. `same-kid`: a new key in the same slot. `overlap`: a new key in
   * the other slot signs, and the old one stays published until `endOverlap()` or the next rotation but one of kind `same-kid`.
   * Default: `new-kid`.
   */
  mode?: 'new-kid' | 'same-kid' | 'overlap';
  /** Which key changes. Default: both. */
  alg?: Algorithm;
}

/** The two documents that an issuer serves. */
export type TestDocument = 'configuration' | 'jwks';

/** A request that was made. */
export interface TestRequest {
  url: string;
  method: string;
  /** What was asked for; absent where the answer is 404. */
  document?: TestDocument;
  /** When, by the issuer's clock, in seconds since the epoch. */
  at: number;
}

/**
 * What goes wrong:
 * - a number: this status, from 200 to 599.
 * - `network`: rejects with a TypeError, as `fetch` does where nobody answers.
 * - `timeout`: never answers; rejects when the request's signal aborts.
 * - `stalled`: answers, sends half of the document, then nothing.
 * - `html`: 200 and a page, as from a captive portal.
 * - `content-type`: the document, as `text/plain`.
 * - `truncated`: 200 and half of the document.
 * - `huge`: the document with a member of 1 MiB.
 * - `endless`: the document, which then never ends.
 * - `redirect`: 302 to another host, which has the document, so that one who follows gets it; heeds the request's `redirect`.
 * - a function: whatever it returns or throws; `answer()` is what would have been served.
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

/** Which requests an outage meets. */
export interface TestOutageOptions {
  /** How many. Default: all until `recover()` or the next `outage()`. */
  requests?: number;
  /** Only those for this document. Default: all requests. */
  document?: TestDocument;
}

/** What a Worker is. */
export interface TestWorker {
  /** Answers a request. */
  fetch(request: Request): Promise<Response>;
}
