// Finds issuers through the `issuers` function of the configuration, and remembers its answers.
//
// The state of each lookup is kept as times, not as promises or counters, because a request that its client aborts never
// ends.

import {
  errorOf,
  exactIssuer,
  isJwtError,
  issuerLookupFailed,
  type JwtError,
  ownOptions,
  parseSafeUrl,
} from '../core/shared.js';
import type { IssuerConfig } from '../core/types.js';
import { within } from './fetch-json.js';
import type { JwksFunction } from './jwks-function.js';
import { readIssuer, type Settings } from './remote-config.js';
import type { FindIssuer } from './remote-options.js';

/** The longest `iss` for which the function is called, in characters. */
const MAX_ISSUER = 512;

/**
 * `maxCachedIssuers` times this number is the maximum number of unknown issuers. The number is large, so forged tokens
 * do not soon use up all places.
 */
const UNKNOWN_PER_KNOWN = 16;

/** `maxCachedIssuers` divided by this number is the maximum number of known issuers without a verified token. */
const KNOWN_PER_UNVERIFIED = 4;

/** How many remembered answers one request examines to find old ones. */
const EXAMINED = 64;

/** What the lookup needs from the verifier. */
export interface IssuerTable {
  /**
   * Adds an issuer, or replaces it if its configuration has changed. If only its `jwks` function has changed, replaces the
   * function.
   *
   * @throws JwtError `ERR_OPTIONS_INVALID`. In that case, nothing has changed.
   */
  put(config: IssuerConfig, jwksFunction: JwksFunction | undefined): void;
  remove(iss: string): void;
}

/** A known issuer. */
interface Found {
  /** The number of the call that found it. */
  call: number;
  /** When the request that last got the configuration began. */
  foundAt: number;
  /** When a request last began to ask the function again; `-Infinity` if none did. */
  claimedAt: number;
}

/** An `iss` without a configuration: the issuer is unknown, or the function failed or is still running. */
interface Refusal {
  /** The number of the call that got this answer. */
  call: number;
  /** When the request that got this answer began. */
  since: number;
  /** How long the answer is remembered, in seconds. */
  lifetime: number;
  isRunning: boolean;
  error: JwtError | undefined;
}

/**
 * Issuers with a verified token, known issuers without one, and unknown issuers are remembered separately. So forged tokens
 * cannot evict an issuer in use, whichever `iss` they contain.
 * While all places for unknown issuers are taken, the function is called for at most one further unknown issuer per
 * `refetchInterval`.
 */
export class IssuerLookup {
  readonly #find: FindIssuer;
  readonly #settings: Settings;
  readonly #table: IssuerTable;
  /** The issuers with a verified token. The first is the one whose last verified token is the oldest. */
  readonly #verified = new Map<string, Found>();
  /** The known issuers without a verified token. The first was added first. */
  readonly #unverified = new Map<string, Found>();
  readonly #refusals = new Map<string, Refusal>();
  /** Walks the refusals in small steps, so a forged token costs the same however many are remembered. */
  #examined = this.#refusals.entries();
  /** When the function was last called although all places for unknown issuers were taken. */
  #exceededAt = -Infinity;
  /** How many calls were made. Calls are ordered by their number, because the clock may be set back. */
  #calls = 0;
  /** When each running call of the function began. */
  readonly #running = new Set<{ startedAt: number }>();

  constructor(find: FindIssuer, settings: Settings, table: IssuerTable) {
    this.#find = find;
    this.#settings = settings;
    this.#table = table;
  }

  /**
   * Whether the function should be asked about this issuer, because it is unknown or its configuration is old. While one
   * request asks, the others use the old configuration, up to `hardAge`.
   */
  isDue(iss: string, now: number): boolean {
    const { softAge, hardAge, timeout } = this.#settings.timing;
    const found = this.#foundOf(iss);
    if (!found) return true;
    const age = Math.abs(now - found.foundAt);
    return age > hardAge || (age > softAge && Math.abs(now - found.claimedAt) > timeout);
  }

  /** Records that a token of the issuer was verified. Only this makes an issuer recently used. */
  noteVerified(iss: string): void {
    const found = this.#foundOf(iss);
    if (!found) return;
    this.#unverified.delete(iss);
    this.#verified.delete(iss);
    this.#verified.set(iss, found);
    if (this.#verified.size > this.#settings.maxCachedIssuers) this.#forget(this.#verified.keys().next().value!);
  }

  /**
   * Asks the function, unless a recent answer is remembered. Afterwards, the table contains the issuer if the issuer is
   * known.
   *
   * @returns Whether the issuer is known. Even if it is, others may displace it before the caller continues.
   * @throws JwtError `ERR_JWKS_UNAVAILABLE` if the function fails and no earlier answer can be used.
   */
  async find(iss: string, now: number): Promise<boolean> {
    const { allowLoopbackHttp, timing } = this.#settings;
    const url = iss.length <= MAX_ISSUER ? parseSafeUrl(iss, allowLoopbackHttp) : undefined;
    if (!url || exactIssuer(url, iss) !== iss) return false;
    const found = this.#foundOf(iss);
    const isUsable = found !== undefined && Math.abs(now - found.foundAt) <= timing.hardAge;
    const refusal = this.#refusals.get(iss);
    // While the function runs, requests with the same unknown `iss` call it too, because requests do not wait for each other.
    if (refusal && !refusal.isRunning && isCurrent(refusal, now)) {
      if (refusal.error && !isUsable) throw refusal.error;
      return found !== undefined;
    }
    if (found) found.claimedAt = now;
    else this.#makePlace(iss, now);
    const call = { startedAt: now };
    const number = (this.#calls += 1);
    this.#running.add(call);
    try {
      return await this.#ask(iss, number, now);
    } catch (error) {
      if (this.#hasNewerAnswer(iss, number)) return this.#foundOf(iss) !== undefined;
      this.#refusals.set(iss, newRefusal(number, now, timing.backoff, error as JwtError));
      if (isUsable) return true;
      this.#forget(iss);
      throw error;
    } finally {
      this.#running.delete(call);
    }
  }

  /** Asks the function, remembers its answer, and returns whether the issuer is known. @throws JwtError `ERR_JWKS_UNAVAILABLE`. */
  async #ask(iss: string, call: number, now: number): Promise<boolean> {
    const { timing, maxCachedIssuers } = this.#settings;
    const answer = await within(timing.timeout, async () => this.#find.call(undefined, iss)).catch((error: unknown) => {
      const isLate = errorOf(error).name === 'TimeoutError';
      throw this.#failed(isLate ? `did not answer within ${timing.timeout} seconds` : 'threw an error', error);
    });
    if (this.#hasNewerAnswer(iss, call)) return this.#foundOf(iss) !== undefined;
    // Stores such as KV return null for a missing entry.
    if ((answer ?? null) === null) {
      this.#forget(iss);
      this.#refusals.set(iss, newRefusal(call, now, timing.softAge, undefined));
      return false;
    }
    try {
      const own = ownOptions(answer!);
      if (own.issuer !== iss) throw this.#failed('returned another issuer');
      if (own.aliases !== undefined) throw this.#failed('returned "aliases", which only an array of issuers can have');
      const { config, jwksFunction } = readIssuer(own);
      this.#table.put(config, jwksFunction);
    } catch (error) {
      throw isJwtError(error) && error.code === 'ERR_JWKS_UNAVAILABLE'
        ? error
        : this.#failed('returned an invalid configuration', error);
    }
    this.#refusals.delete(iss);
    const known = this.#verified.has(iss) ? this.#verified : this.#unverified;
    known.set(iss, { call, foundAt: now, claimedAt: -Infinity });
    const places = Math.ceil(maxCachedIssuers / KNOWN_PER_UNVERIFIED);
    if (this.#unverified.size > places) this.#forget(this.#unverified.keys().next().value!);
    return true;
  }

  #foundOf(iss: string): Found | undefined {
    return this.#verified.get(iss) ?? this.#unverified.get(iss);
  }

  /** Whether a later call already has an answer. */
  #hasNewerAnswer(iss: string, call: number): boolean {
    const refusal = this.#refusals.get(iss);
    const answers = [this.#foundOf(iss), refusal?.isRunning ? undefined : refusal];
    return answers.some((answer) => answer !== undefined && answer.call > call);
  }

  /** Makes room for an unknown issuer. @throws JwtError `ERR_JWKS_UNAVAILABLE` if there is no room. */
  #makePlace(iss: string, now: number): void {
    const { maxCachedIssuers, timing } = this.#settings;
    const places = maxCachedIssuers * UNKNOWN_PER_KNOWN;
    const isFull = (): boolean => this.#refusals.size >= places && !this.#refusals.has(iss);
    if (isFull()) this.#dropOldRefusals(now);
    // The calls are in the order of their start.
    for (const call of this.#running) {
      if (Math.abs(now - call.startedAt) <= timing.timeout) break;
      this.#running.delete(call);
    }
    if (isFull() || this.#running.size >= places) {
      const wait = timing.refetchInterval - Math.abs(now - this.#exceededAt);
      if (wait > 0) throw issuerLookupFailed('was not called, because there are too many unknown issuers', wait);
      this.#exceededAt = now;
      this.#refusals.delete(this.#refusals.keys().next().value!);
    }
    this.#refusals.set(iss, { ...newRefusal(0, now, timing.timeout, undefined), isRunning: true });
  }

  /** Examines some of the refusals, continuing where the last call stopped. */
  #dropOldRefusals(now: number): void {
    for (let count = 0; count < EXAMINED; count += 1) {
      const { done, value } = this.#examined.next();
      if (done) this.#examined = this.#refusals.entries();
      else if (!isCurrent(value[1], now)) this.#refusals.delete(value[0]);
    }
  }

  #failed(what: string, cause?: unknown): JwtError {
    return issuerLookupFailed(what, this.#settings.timing.backoff, cause);
  }

  #forget(iss: string): void {
    this.#verified.delete(iss);
    this.#unverified.delete(iss);
    this.#table.remove(iss);
  }
}

function newRefusal(call: number, since: number, lifetime: number, error: JwtError | undefined): Refusal {
  return { call, since, lifetime, isRunning: false, error };
}

/** Whether a refusal still counts. If the clock was set back, it counts for at most its lifetime. */
function isCurrent({ since, lifetime }: Refusal, now: number): boolean {
  return Math.abs(now - since) < lifetime;
}
