// A test issuer: its keys and their rotation, its tokens, and itself on the network.

import type { Algorithm, Claims, Jwk } from '../core/types.js';
import { AWS_NAMESPACE, AWS_SUFFIXES } from '../generated/facts.js';
import { RULES as CLAIMS_RULES, claimsOf } from './callers.js';
import { check, isBoolean, isFunction, isRecord, isText, oneOf, type Rule, type Rules } from './check-options.js';
import { type Served, TestServer } from './server.js';
import { ALGORITHMS, generatePair, type Pair, TestKey } from './test-key.js';
import type * as types from './test-types.js';

const isKey: Rule = ['a key of a test issuer', (value) => value instanceof TestKey];
const isAlgorithm = oneOf(ALGORITHMS);

const OPTION_RULES: Rules<types.TestIssuerOptions> = {
  account: ['twelve digits', (value) => typeof value === 'string' && /^\d{12}$/.test(value)],
  partition: oneOf(Object.keys(AWS_SUFFIXES)),
  region: isText,
  issuer: ['an http or https URL without a slash at its end, a query or a fragment', isIssuerUrl],
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

/** An issuer for tests; `createTestIssuer()` makes one. Wherever an argument is wrong, a TypeError names it. */
export class TestIssuer {
  /** The exact `iss`. */
  readonly issuer: string;
  /** Where its key set is. */
  readonly jwksUri: string;
  /** Twelve digits. */
  readonly account: string;
  /** See {@link TestIssuerOptions}. */
  readonly partition: 'aws' | 'aws-cn';
  /** See {@link TestIssuerOptions}. */
  readonly region: string;
  /**
   * Answers what the network would answer: the two documents at their exact URLs, 404 else, and whatever `outage()` says. Give it
   * to what takes a `fetch`, or put it in place of the global one; it needs no `this`.
   */
  readonly fetch: (input: string | URL | Request, init?: RequestInit) => Promise<Response>;
  /** The same as a Worker: the `fetch` of a service binding, of Miniflare's `outboundService`, or of a Worker of its own. */
  readonly worker: types.TestWorker;
  /** Every request that was made, the first one first. Yours to empty. */
  readonly requests: types.TestRequest[];

  readonly #now: () => number;
  readonly #rsaAlg: boolean;
  readonly #server: TestServer;
  readonly #current = new Map<Algorithm, TestKey>();
  /** Published still, though another key signs. */
  readonly #former = new Map<Algorithm, TestKey>();

  /** @internal */
  static async create(options: types.TestIssuerOptions): Promise<TestIssuer> {
    check(options, OPTION_RULES);
    return new TestIssuer(options, await Promise.all(ALGORITHMS.map(generatePair)));
  }

  private constructor(options: types.TestIssuerOptions, pairs: Pair[]) {
    const { account = '111122223333', partition = 'aws', now = () => Date.now() / 1000, headers = {} } = options;
    this.account = account;
    this.partition = partition;
    this.region = options.region ?? (partition === 'aws' ? 'eu-west-1' : 'cn-northwest-1');
    // All that were ever seen begin with "a1".
    this.issuer = options.issuer ?? `https://a1${crypto.randomUUID().slice(2)}.${AWS_SUFFIXES[partition]}`;
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

  /** The JWK Set that is published now, as a copy. */
  get jwks(): { keys: Jwk[] } {
    const published = ['RS256', 'ES384'] as const;
    const keys = published.flatMap((alg) => [this.#current.get(alg)!, this.#former.get(alg) ?? []].flat());
    return { keys: keys.map(({ jwk }) => ({ ...jwk })) };
  }

  /** The same as the text that is served. */
  jwksText(): string {
    return JSON.stringify(this.jwks);
  }

  /** The key that signs now. Keep it to sign with it after a rotation. */
  key(alg: Algorithm): TestKey {
    const key = this.#current.get(alg);
    if (!key) throw new TypeError(`the algorithm must be ${isAlgorithm[0]}`);
    return key;
  }

  /** The claims of a token, for what shall be done to them before `sign()`. */
  claims(options: types.TestClaimsOptions): Claims {
    return claimsOf(this, options, this.#now);
  }

  /** A token as `GetWebIdentityToken` returns it. */
  async token(options: types.TestTokenOptions): Promise<string> {
    check(options, { ...CLAIMS_RULES, alg: isAlgorithm, key: isKey, header: isRecord }, ['audience']);
    const { alg, key = this.key(alg ?? 'ES384'), header, ...rest } = options;
    if (alg !== undefined && alg !== key.alg) throw new TypeError(`option "key" is for ${key.alg}, not for "alg"`);
    const claims = this.claims(rest);
    return this.sign({ header: { kid: key.kid, typ: 'JWT', alg: key.alg, ...header }, claims, key });
  }

  /** Signs anything, well-formed or not: for tokens that no issuer would make. */
  async sign(segments: types.TestSegments): Promise<string> {
    check(segments, SEGMENTS_RULES, ['header', 'claims']);
    const { header, claims } = segments;
    const named = ALGORITHMS.find((alg) => (header as { alg?: unknown }).alg === alg);
    const key = segments.key ?? this.key(named ?? 'ES384');
    const input = `${segmentOf(header)}.${segmentOf(claims)}`;
    return `${input}.${base64url(await key.sign(new TextEncoder().encode(input)))}`;
  }

  /** Replaces keys. The new ones sign and are published at once. */
  async rotate(rotation: types.TestRotation = {}): Promise<void> {
    check(rotation, ROTATION_RULES);
    const { mode = 'new-kid', alg } = rotation;
    const pairs = await Promise.all((alg ? [alg] : ALGORITHMS).map(generatePair));
    // From here on without waiting: nobody sees half a rotation.
    for (const pair of pairs) {
      const old = this.key(pair.alg);
      const slot = mode === 'same-kid' ? old.slot : old.slot === 0 ? 1 : 0;
      this.#current.set(pair.alg, new TestKey(pair, slot, this.#rsaAlg));
      if (mode === 'new-kid') this.#former.delete(pair.alg);
      if (mode === 'overlap') this.#former.set(pair.alg, old);
    }
  }

  /** Publishes only the keys that sign. */
  endOverlap(): void {
    this.#former.clear();
  }

  /**
   * From the next request on something goes wrong. Outages with a number of `requests` come one after the other, in the order of
   * the calls; one without lasts until `recover()` or the next `outage()`.
   */
  outage(fault: types.TestFault, options: types.TestOutageOptions = {}): void {
    this.#server.outage(fault, options);
  }

  /** Ends all outages, those to come too. */
  recover(): void {
    this.#server.recover();
  }

  #documents(): Record<types.TestDocument, Served> {
    // Less than OpenID Connect Discovery asks for, as from AWS.
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
