// The Verifier: issuers, each with keys and expectations, configured once and used for every request. Never fetches keys.

import { copyOf } from '../core/copy.js';
import { issuerUnknown, type JwtError, jwksInvalid, keysNeeded, optionsInvalid, refusalOf } from '../core/errors.js';
import { explainBy, refused } from '../core/explain.js';
import { KeySet } from '../core/key-set.js';
import { ownData, ownOptions } from '../core/own-options.js';
import { type ClaimsOf, type StandardSchemaV1, withSchema } from '../core/standard-schema.js';
import type {
  Claims,
  Explanation,
  IssuerConfig,
  JwkSet,
  VerifiedToken,
  VerifierConfig,
  VerifierOptions,
} from '../core/types.js';
import { jsonOf, present, timeOf } from '../core/verify-options.js';
import {
  assertRunning,
  checkToken,
  decodeIssuer,
  digestText,
  free,
  lastError,
  verifyAndKeepToken,
} from '../core/wasm.js';
import { whenCollected } from '../core/when-collected.js';
import { currentKeys, type Issuer, isFetchTime, type Keys, keysOf, readConfig, type Settings } from './issuers.js';
import { type Remembered, TokenMemory } from './token-memory.js';

/** The time at which a token is checked. */
export interface At {
  /** The current time in seconds since the epoch, finite. Default: the host's clock. */
  now?: number | undefined;
}

/** The keys of a {@link Verifier} as plain JSON, for a store or the next isolate. */
export interface KeySnapshot {
  /** The version of this format. */
  version: 1;
  /** The issuers with available keys. */
  issuers: {
    issuer: string;
    /** The URL that the keys come from: the URL of the JWK Set or, with `discovery`, of the issuer's discovery document. */
    jwksUri: string;
    /** The text of the JWK Set. */
    jwks: string;
    /** When the keys were fetched, in seconds since the epoch. */
    fetchedAt: number;
    /**
     * SHA-256 of all other members, base64url. Detects damage, not tampering: code that can change a snapshot can also
     * change the digest, so keep snapshots where only trusted programs can write.
     */
    digest: string;
  }[];
}

/** The result of {@link Verifier.safeVerify}. */
export type Verdict<C extends object = Claims> = { ok: true; token: VerifiedToken<C> } | { ok: false; error: JwtError };

/**
 * Creates a {@link Verifier}.
 *
 * @throws JwtError `ERR_OPTIONS_INVALID`, with the name of the option in the message, for every mistake in the
 *   configuration; `ERR_JWKS_INVALID` if a `jwks` is not a JWK Set.
 */
export function createVerifier<S extends StandardSchemaV1<unknown, object>>(
  config: VerifierOptions & IssuerConfig & { schema: S; issuers?: never },
): Verifier<ClaimsOf<S>>;
export function createVerifier(config: VerifierConfig): Verifier;
export function createVerifier(config: VerifierConfig): Verifier {
  return new Verifier(config);
}

/**
 * Verifies the tokens of configured issuers, each with its own keys. First looks up `iss`, which must match exactly, so
 * a key of one issuer never verifies a token of another issuer. Verified signatures are cached; claims, times and policy are
 * checked on every call, and a `schema` runs on every call.
 */
export class Verifier<Default extends object = Claims> {
  readonly #settings: Settings;
  readonly #tokens: TokenMemory;

  constructor(config: VerifierConfig) {
    const settings = readConfig(config);
    const tokens = new TokenMemory(settings.maxCachedTokens, settings.maxCachedTokenBytes);
    this.#settings = settings;
    this.#tokens = tokens;
    whenCollected(this, () => {
      tokens.clear();
      for (const { options } of settings.issuers.values()) free(options);
    });
  }

  /** @internal Returns the parts of a Verifier, for `sts-jwt/remote`. */
  static internalsOf(verifier: Verifier): { settings: Settings; tokens: TokenMemory } {
    return { settings: verifier.#settings, tokens: verifier.#tokens };
  }

  /**
   * Sets the keys of an issuer. The same JWKS only updates the age of the keys. A different JWKS takes effect
   * immediately, even for cached tokens. Keys older than the current keys are ignored, unless the `fetchedAt` of the
   * current keys is in the future.
   *
   * @param at When the keys were fetched, in seconds since the epoch, at most 60 s ahead of the clock. Default: `now`.
   *   If the clock shows a time before 2020 (as at module scope in a Worker), `fetchedAt` is checked later, by the
   *   first call in or after 2020. That call drops the keys if `fetchedAt` is in the future.
   * @throws JwtError `ERR_JWKS_INVALID` if `jwks` is not a JWK Set; `ERR_OPTIONS_INVALID` if `fetchedAt` is not a valid
   *   time. After an error, the issuer keeps its current keys.
   */
  setKeys(issuer: string, jwks: string | JwkSet, at?: { fetchedAt?: number | undefined } & At): void {
    const own = ownOptions<{ fetchedAt?: number | undefined } & At>(at, ['fetchedAt', 'now']);
    const now = present(own);
    const { fetchedAt = now } = own;
    if (!isFetchTime(fetchedAt, now)) {
      throw optionsInvalid('"fetchedAt" must be a finite number of seconds since the epoch, at most 60 s ahead');
    }
    const configured = this.#settings.issuers.get(issuer);
    if (!configured) throw optionsInvalid('the issuer is not configured');
    this.#replaceKeys(configured, keysOf(jwks, fetchedAt), now);
  }

  /**
   * Verifies a token of one of the issuers.
   *
   * @throws JwtError for every reason to reject the token; `ERR_JWT_ISSUER_UNKNOWN` if its issuer is not configured;
   *   `ERR_JWKS_KEYS_NEEDED`, with `issuer`, `jwksUri` and `reason`, if the issuer's keys must be set first.
   */
  verify<C extends object = Default>(token: string, at?: At): VerifiedToken<C> {
    return Verifier.verifyAt(this, token, timeOf(at)) as unknown as VerifiedToken<C>;
  }

  /** @internal {@link Verifier.verify} at a time that is already checked. */
  static verifyAt(verifier: Verifier<object>, token: string, now: number): VerifiedToken {
    // Called after timeOf(), because a getter that timeOf() runs may stop the module.
    assertRunning();
    const tokens = verifier.#tokens;
    const known = tokens.recall(token);
    const { verified, issuer } = known ? verifier.#checkRemembered(known, now) : verifier.#verifyNew(token, now);
    try {
      return withSchema(verified, issuer.schema);
    } catch (error) {
      // A rejected token is removed from the cache. The token had to be cached before the schema ran, because the schema may replace the keys.
      tokens.forget(token);
      throw error;
    }
  }

  /** Verifies a token like `verify()`, but returns the error instead of throwing it. */
  safeVerify<C extends object = Default>(token: string, at?: At): Verdict<C> {
    try {
      return { ok: true, token: this.verify<C>(token, at) };
    } catch (error) {
      return { ok: false, error: refusalOf(error) };
    }
  }

  /** Makes the decision of `verify()` and returns every step of it. Never throws because of a token. */
  explain(token: string, at?: At): Explanation {
    // timeOf() comes first, because a getter of `at` may stop the module.
    const now = timeOf(at);
    assertRunning();
    try {
      const issuer = this.#issuerOf(token);
      const keys = currentKeys(issuer, this.#settings.maxKeyAge, now);
      const { steps, ...decision } = explainBy(token, KeySet.handleOf(keys.set), issuer.options, now, issuer.schema);
      return { ...decision, steps: [{ stage: 'issuer', outcome: 'passed', expected: issuer.issuer }, ...steps] };
    } catch (error) {
      return refused(error);
    }
  }

  /** Returns the keys that were set, for {@link Verifier.restore}. Does not include keys from the configuration. */
  snapshot(): KeySnapshot {
    const issuers: KeySnapshot['issuers'] = [];
    // An issuer with aliases occurs several times.
    for (const { issuer, source, keys } of new Set(this.#settings.issuers.values())) {
      if (keys?.fetchedAt === undefined) continue;
      const entry = { issuer, jwksUri: source, jwks: keys.text, fetchedAt: keys.fetchedAt };
      issuers.push({ ...entry, digest: digestOf(entry) });
    }
    return { version: 1, issuers };
  }

  /**
   * Restores the keys of a snapshot; after an error, no keys are changed. Ignores issuers that are not configured, keys
   * from a URL other than the configured URL, and keys older than the current keys.
   *
   * @throws JwtError `ERR_JWKS_INVALID` if the argument is not a snapshot, is damaged, or has a `fetchedAt` more than
   *   60 s in the future; `ERR_JWKS_KEYS_NEEDED` if its keys are older than `maxKeyAge`.
   */
  restore(snapshot: KeySnapshot, at?: At): void {
    const now = timeOf(at);
    const { version, issuers: entries }: { version?: unknown; issuers?: unknown } = ownData(snapshot, 'the snapshot');
    if (version !== 1 || !Array.isArray(entries)) throw jwksInvalid('the snapshot is not of version 1');
    const restored = entries.flatMap((given) => {
      const entry: KeySnapshot['issuers'][number] = ownData(given, 'the snapshot');
      const issuer = this.#settings.issuers.get(entry.issuer);
      const keys = issuer && this.#readEntry(issuer, entry, now);
      return keys ? [{ issuer, keys }] : [];
    });
    for (const { issuer, keys } of restored) this.#replaceKeys(issuer, keys, now);
  }

  /** Returns the keys of an entry, or `undefined` if they come from a URL other than the issuer's. */
  #readEntry(configured: Issuer, entry: KeySnapshot['issuers'][number], now: number): Keys | undefined {
    const { issuer, jwks, fetchedAt, digest, jwksUri } = entry;
    const isWhole =
      typeof jwks === 'string' &&
      typeof jwksUri === 'string' &&
      Number.isFinite(fetchedAt) &&
      digestOf({ issuer, jwksUri, jwks, fetchedAt }) === digest;
    if (!isWhole) throw jwksInvalid(`the snapshot's keys of ${issuer} are damaged`);
    if (jwksUri !== configured.source) return undefined;
    if (!isFetchTime(fetchedAt, now)) throw jwksInvalid(`the snapshot's keys of ${issuer} are from the future`);
    if (now - fetchedAt > this.#settings.maxKeyAge) throw keysNeeded(configured, 'too_old');
    return keysOf(jwks, fetchedAt);
  }

  #replaceKeys(issuer: Issuer, keys: Keys, now: number): void {
    const old = issuer.keys;
    // Without the last condition, keys fetched while the clock was ahead would block newer keys until the clock reached
    // the `fetchedAt` of the old keys.
    if (old?.fetchedAt !== undefined && keys.fetchedAt! < old.fetchedAt && isFetchTime(old.fetchedAt, now)) return;
    if (old?.text === keys.text) {
      old.fetchedAt = keys.fetchedAt!;
      keys.set.free();
      return;
    }
    // The cache is cleared first, so that the old keys stay in place if clearing fails halfway.
    this.#tokens.clear(issuer);
    issuer.keys = keys;
    old?.set.free();
  }

  /** Returns the configured issuer for the unverified `iss` of the token. */
  #issuerOf(token: string): Issuer {
    const issuer = this.#settings.issuers.get(decodeIssuer(token));
    if (!issuer) throw issuerUnknown();
    return issuer;
  }

  #verifyNew(token: string, now: number): Pick<Remembered, 'verified' | 'issuer'> {
    const issuer = this.#issuerOf(token);
    const keys = currentKeys(issuer, this.#settings.maxKeyAge, now);
    const kept = verifyAndKeepToken(KeySet.handleOf(keys.set), issuer.options, now);
    if (!kept) throw lastError(issuer.issuer);
    const { handle, verified, size } = kept;
    const known = { token, handle, verified, issuer, bytes: token.length + size };
    return { issuer, verified: this.#tokens.remember(known, now) ? copyOf(verified) : verified };
  }

  /** Checks everything except the signature, which is still valid: a change of the issuer's keys removes its cached tokens. */
  #checkRemembered(known: Remembered, now: number): Pick<Remembered, 'verified' | 'issuer'> {
    const { handle, verified, issuer } = known;
    currentKeys(issuer, this.#settings.maxKeyAge, now);
    if (checkToken(handle, issuer.options, now)) return { verified: copyOf(verified), issuer };
    const error = lastError(issuer.issuer);
    if (error.code === 'ERR_JWT_EXPIRED') this.#tokens.forget(known.token);
    throw error;
  }
}

/**
 * Returns the digest of a snapshot's entry. The digested string is a JSON array followed by the JWKS. The end of the array
 * marks where the JWKS begins, so different entries give different strings.
 */
function digestOf({ issuer, jwksUri, fetchedAt, jwks }: Omit<KeySnapshot['issuers'][number], 'digest'>): string {
  return digestText(jsonOf([issuer, jwksUri, fetchedAt]) + jwks);
}
