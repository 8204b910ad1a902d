// A test issuer: creates and rotates keys, issues tokens, and serves its documents on the network.

import type { Algorithm, Claims, Jwk } from '../core/types.js';
import { AWS_NAMESPACE, AWS_SUFFIXES } from '../generated/facts.js';
import { RULES as CLAIMS_RULES, claimsOf } from './callers.js';
import { check, isBoolean, isFunction, isRecord, isText, oneOf, type Rule, type Rules } from './check-options.js';
import { type Served, TestServer } from './server.js';
import { ALGORITHMS, generatePair, type Pair, TestKey } from './test-key.js';
import type * as types from './test-types.js';

const isKey: Rule = ['a key of a test issuer', (value) => value instanceof TestKey];
const isAlgorithm = oneOf(ALGORITHMS);

/** The default region of each partition. */
const REGIONS: Readonly<Record<types.TestPartition, string>> = {
  aws: 'eu-west-1',
  'aws-cn': 'cn-northwest-1',
  'aws-us-gov': 'us-gov-west-1',
  'aws-eusc': 'eusc-de-east-1',
};

const OPTION_RULES: Rules<types.TestIssuerOptions> = {
  account: ['twelve digits', (value) => typeof value === 'string' && /^\d{12}$/.test(value)],
  partition: oneOf(Object.keys(REGIONS)),
  region: isText,
  issuer: ['an http or https URL without a trailing slash, query or fragment', isIssuerUrl],
  now: isFunction,
  rsaAlg: isBoolean,
  headers: isRecord,
};
const ROTATION_RULES: Rules<types.TestRotation> = {
  mode: oneOf(['new-kid', 'same-kid', 'overlap']),
  alg: isAlgorithm,
};
const SEGMENT: Rule = [
  'an object, a string or octets',
  (value) => typeof value === 'string' || (typeof value === 'object' && value !== null),
];
const SEGMENTS_RULES: Rules<types.TestSegments> = { header: SEGMENT, claims: SEGMENT, key: isKey };

/**
 * An issuer for tests, created by `createTestIssuer()`. For an invalid argument, its methods throw a TypeError with the
 * name of the argument.
 */
export class TestIssuer {
  /** The exact `iss`. */
  readonly issuer: string;
  /** The URL of its key set. */
  readonly jwksUri: string;
  /** Twelve digits. */
  readonly account: string;
  /** See {@link TestIssuerOptions}. */
  readonly partition: types.TestPartition;
  /** See {@link TestIssuerOptions}. */
  readonly region: string;
  /**
   * Responds like the network: with the two documents at their exact URLs, with 404 for other URLs, or with the fault
   * set by `outage()`. Pass this function as `fetch`, or replace the global `fetch` with it. The function does not
   * depend on `this`.
   */
  readonly fetch: (input: string | URL | Request, init?: RequestInit) => Promise<Response>;
  /** The issuer as a Worker: for a service binding, for Miniflare's `outboundService`, or as a separate Worker. */
  readonly worker: types.TestWorker;
  /** All requests so far, in order. You may empty the array. */
  readonly requests: types.TestRequest[];

  readonly #now: () => number;
  readonly #rsaAlg: boolean;
  readonly #server: TestServer;
  readonly #current = new Map<Algorithm, TestKey>();
  /** Former keys that are still published. */
  readonly #former = new Map<Algorithm, TestKey>();

  /** @internal */
  static async create(options: types.TestIssuerOptions): Promise<TestIssuer> {
    const own = check(options, OPTION_RULES);
    return new TestIssuer(own, await Promise.all(ALGORITHMS.map(generatePair)));
  }

  private constructor(options: types.TestIssuerOptions, pairs: Pair[]) {
    const { account = '111122223333', partition = 'aws', now = () => Date.now() / 1000, headers = {} } = options;
    this.account = account;
    this.partition = partition;
    this.region = options.region ?? REGIONS[partition];
    // All AWS issuers seen so far begin with "a1".
    this.issuer = options.issuer ?? `https://a1${crypto.randomUUID().slice(2)}.${suffixOf(partition)}`;
    this.jwksUri = `${this.issuer}/.well-known/jwks.json`;
    this.#now = () => {
      const seconds: unknown = now();
      if (Number.isFinite(seconds)) return seconds as number;
      throw new TypeError('option "now" must return a finite number of seconds since the epoch');
    };
    this.#rsaAlg = options.rsaAlg ?? false;
    for (const pair of pairs) this.#current.set(pair.alg, new TestKey(pair, 0, this.#rsaAlg));
    const server = new TestServer(() => this.#documents(), headers, this.#now);
    this.#server = server;
    this.requests = server.requests;
    this.fetch = (input, init) => server.fetch(input, init);
    this.worker = { fetch: (request) => server.fetch(request) };
  }

  /** A copy of the JWK Set that is currently published. */
  get jwks(): { keys: Jwk[] } {
    const published = ['RS256', 'ES384'] as const;
    const keys = published.flatMap((alg) => [this.#current.get(alg)!, this.#former.get(alg) ?? []].flat());
    return { keys: keys.map(({ jwk }) => ({ ...jwk })) };
  }

  /** Returns the JWK Set as JSON text, exactly as served. */
  jwksText(): string {
    return JSON.stringify(this.jwks);
  }

  /** Returns the current signing key. To sign with an old key after a rotation, keep this object. */
  key(alg: Algorithm): TestKey {
    const key = this.#current.get(alg);
    if (!key) throw new TypeError(`the algorithm must be ${isAlgorithm[0]}`);
    return key;
  }

  /** Returns the claims of a token, to modify them before `sign()`. */
  claims(options: types.TestClaimsOptions): Claims {
    return claimsOf(this, options, this.#now);
  }

  /** Returns a token like those of `GetWebIdentityToken`. */
  async token(options: types.TestTokenOptions): Promise<string> {
    const own = check(options, { ...CLAIMS_RULES, alg: isAlgorithm, key: isKey, header: isRecord }, ['audience']);
    const { alg, key = this.key(alg ?? 'ES384'), header, ...rest } = own;
    if (alg !== undefined && alg !== key.alg) throw new TypeError(`option "key" is for ${key.alg}, not for "alg"`);
    const claims = this.claims(rest);
    return this.sign({ header: { kid: key.kid, typ: 'JWT', alg: key.alg, ...header }, claims, key });
  }

  /** Signs any header and claims, well-formed or not, for tokens that no real issuer would create. */
  async sign(segments: types.TestSegments): Promise<string> {
    const { header, claims, key: given } = check(segments, SEGMENTS_RULES, ['header', 'claims']);
    const named = ALGORITHMS.find(
      (alg) => Object.hasOwn(header as object, 'alg') && (header as { alg?: unknown }).alg === alg,
    );
    const key = given ?? this.key(named ?? 'ES384');
    const input = `${segmentOf(header)}.${segmentOf(claims)}`;
    return `${input}.${base64url(await key.sign(new TextEncoder().encode(input)))}`;
  }

  /** Replaces keys. The new keys sign and are published immediately. */
  async rotate(rotation: types.TestRotation = {}): Promise<void> {
    const { mode = 'new-kid', alg } = check(rotation, ROTATION_RULES);
    const pairs = await Promise.all((alg ? [alg] : ALGORITHMS).map(generatePair));
    // There is no `await` below, so half a rotation is never visible.
    for (const pair of pairs) {
      const old = this.key(pair.alg);
      const slot = mode === 'same-kid' ? old.slot : old.slot === 0 ? 1 : 0;
      this.#current.set(pair.alg, new TestKey(pair, slot, this.#rsaAlg));
      if (mode === 'new-kid') this.#former.delete(pair.alg);
      if (mode === 'overlap') this.#former.set(pair.alg, old);
    }
  }

  /** Stops publishing former keys. */
  endOverlap(): void {
    this.#former.clear();
  }

  /**
   * Starts an outage with the next request. Outages with a number of `requests` follow one another in the order of the
   * calls. An outage without a number lasts until `recover()` or the next `outage()`.
   */
  outage(fault: types.TestFault, options: types.TestOutageOptions = {}): void {
    this.#server.outage(fault, options);
  }

  /** Ends all outages, including scheduled ones. */
  recover(): void {
    this.#server.recover();
  }

  #documents(): Record<types.TestDocument, Served> {
    // Like AWS, the document has fewer members than OpenID Connect Discovery requires.
    const configuration = {
      issuer: this.issuer,
      jwks_uri: this.jwksUri,
      response_types_supported: ['id_token'],
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: ['RS256', 'ES384'],
      claims_supported: ['sub', 'iss', 'aud', 'exp', 'iat', 'jti', AWS_NAMESPACE],
    };
    const url = `${this.issuer}/.well-known/openid-configuration`;
    return {
      configuration: { url, text: JSON.stringify(configuration) },
      jwks: { url: this.jwksUri, text: this.jwksText() },
    };
  }
}

/** The host suffix of a partition's issuers. If AWS's suffix is not known, the suffix is invented. */
function suffixOf(partition: types.TestPartition): string {
  const known: Partial<Record<types.TestPartition, string>> = AWS_SUFFIXES;
  return known[partition] ?? `sts.${partition}.test`;
}

function isIssuerUrl(value: unknown): boolean {
  return typeof value === 'string' && URL.canParse(value) && /^https?:\/\/[^?#]*[^/?#]$/.test(value);
}

function segmentOf(part: object | string | Uint8Array): string {
  if (part instanceof Uint8Array) return base64url(part);
  return base64url(new TextEncoder().encode(typeof part === 'string' ? part : JSON.stringify(part)));
}

function base64url(octets: Uint8Array): string {
  const text = Array.from(octets, (octet) => String.fromCharCode(octet)).join('');
  return btoa(text).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}
