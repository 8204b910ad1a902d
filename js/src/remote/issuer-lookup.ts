// Finds issuers through the `issuers` function of the configuration, and remembers its answers.

import { errorOf, isJwtError, issuerLookupFailed, type JwtError, ownOptions, parseSafeUrl } from '../core/shared.js';
import type { IssuerConfig } from '../core/types.js';
import { within } from './fetch-json.js';
import { readIssuer, type Settings } from './remote-config.js';
import type { FindIssuer } from './remote-options.js';

/** The longest `iss` for which the function is called. */
const MAX_ISSUER = 2048;

/** What the lookup needs from the verifier. */
export interface IssuerTable {
  /**
   * Adds an issuer, or replaces it if its configuration or its `jwks` function has changed.
   *
   * @throws JwtError `ERR_OPTIONS_INVALID`.
   */
  put(config: IssuerConfig, isFunctionNew: boolean): void;
  remove(iss: string): void;
}

// The state of each lookup is kept as times, not as promises or counters, because a request that its client aborts never
// ends.

/** A known issuer. */
interface Found {
  /** When the function last returned its configuration. */
  foundAt: number;
  /** When a request last started to ask the function again. */
  claimedAt: number;
}

/** The issuer is unknown, or the function failed or is running. */
interface Refusal {
  /** The time until which this holds. */
  until: number;
  isRunning?: true;
  error?: JwtError;
}

/**
 * Known and unknown issuers are remembered separately, so tokens with forged `iss` values do not evict known issuers. Once
 * the maximum number of unknown issuers is remembered, the function is called for at most one more per `refetchInterval`.
 */
export class IssuerLookup {
  readonly #find: FindIssuer;
  readonly #settings: Settings;
  readonly #table: IssuerTable;
  /** The known issuers. The first is the least recently used one. */
  readonly #known = new Map<string, Found>();
  readonly #refusals = new Map<string, Refusal>();
  /** When the function was last called although the maximum number of unknown issuers was remembered. */
  #exceededAt = -Infinity;
  /** When each running call of the function began. */
  readonly #running = new Set<{ startedAt: number }>();

  constructor(find: FindIssuer, settings: Settings, table: IssuerTable) {
    this.#find = find;
    this.#settings = settings;
    this.#table = table;
  }

  /** Whether the function should be asked about this issuer, because it is unknown or its configuration is old. */
  isDue(iss: string, now: number): boolean {
    const { softAge, hardAge, refetchInterval } = this.#settings.timing;
    const found = this.#known.get(iss);
    if (!found) return true;
    this.#known.delete(iss);
    this.#known.set(iss, found);
    const age = Math.abs(now - found.foundAt);
    // While one request asks, the others use the old configuration.
    return age > hardAge || (age > softAge && Math.abs(now - found.claimedAt) >= refetchInterval);
  }

  /**
   * Asks the function, unless a recent answer is remembered. Afterwards, the table has the issuer if it is known.
   *
   * @throws JwtError `ERR_JWKS_UNAVAILABLE` if the function fails and no earlier answer can be used.
   */
  async find(iss: string, now: number): Promise<void> {
    const { allowLoopbackHttp, timing } = this.#settings;
    if (iss.length > MAX_ISSUER || !parseSafeUrl(iss, allowLoopbackHttp)) return;
    const found = this.#known.get(iss);
    const isUsable = found !== undefined && Math.abs(now - found.foundAt) <= timing.hardAge;
    const refusal = this.#refusals.get(iss);
    // While the function runs, requests with the same unknown `iss` call it too, because requests do not wait for each other.
    if (refusal && !refusal.isRunning && now < refusal.until) {
      if (refusal.error && !isUsable) throw refusal.error;
      return;
    }
    if (found) found.claimedAt = now;
    else this.#makeRoom(iss, now);
    const call = { startedAt: now };
    this.#running.add(call);
    try {
      await this.#ask(iss, now);
    } catch (error) {
      this.#refusals.set(iss, { until: now + timing.backoff, error: error as JwtError });
      if (isUsable) return;
      this.#forget(iss);
      throw error;
    } finally {
      this.#running.delete(call);
    }
  }

  /** Asks the function and remembers its answer. @throws JwtError `ERR_JWKS_UNAVAILABLE`. */
  async #ask(iss: string, now: number): Promise<void> {
    const { timing, jwksFunctions, maxCachedIssuers } = this.#settings;
    const answer = await within(timing.timeout, async () => this.#find.call(undefined, iss)).catch((error: unknown) => {
      const isLate = errorOf(error).name === 'TimeoutError';
      throw this.#failed(isLate ? `did not answer within ${timing.timeout} seconds` : 'threw an error', error);
    });
    if (answer === undefined) {
      this.#forget(iss);
      this.#refusals.set(iss, { until: now + timing.softAge });
      return;
    }
    try {
      const own = ownOptions(answer ?? null!);
      if (own.issuer !== iss) throw this.#failed('returned another issuer');
      if (own.aliases !== undefined) throw this.#failed('returned "aliases", which only an array of issuers can have');
      const hadFunction = jwksFunctions.delete(iss);
      this.#table.put(readIssuer(own, jwksFunctions), hadFunction || jwksFunctions.has(iss));
    } catch (error) {
      throw isJwtError(error) && error.code === 'ERR_JWKS_UNAVAILABLE'
        ? error
        : this.#failed('returned an invalid configuration', error);
    }
    this.#refusals.delete(iss);
    this.#known.delete(iss);
    this.#known.set(iss, { foundAt: now, claimedAt: now });
    if (this.#known.size > maxCachedIssuers) this.#forget(this.#known.keys().next().value!);
  }

  /** Reserves an entry for `iss` among the refusals. @throws JwtError `ERR_JWKS_UNAVAILABLE` if there is no room. */
  #makeRoom(iss: string, now: number): void {
    const { maxCachedIssuers, timing } = this.#settings;
    for (const [each, { until }] of this.#refusals) if (until <= now) this.#refusals.delete(each);
    for (const call of this.#running) if (Math.abs(now - call.startedAt) > timing.timeout) this.#running.delete(call);
    const isFull = this.#refusals.size >= maxCachedIssuers && !this.#refusals.has(iss);
    if (isFull || this.#running.size >= maxCachedIssuers) {
      const wait = timing.refetchInterval - Math.abs(now - this.#exceededAt);
      if (wait > 0) throw issuerLookupFailed('is not called, because of too many unknown issuers', wait);
      this.#exceededAt = now;
      this.#refusals.delete(this.#refusals.keys().next().value!);
    }
    this.#refusals.set(iss, { until: now + timing.timeout, isRunning: true });
  }

  #failed(what: string, cause?: unknown): JwtError {
    return issuerLookupFailed(what, this.#settings.timing.backoff, cause);
  }

  #forget(iss: string): void {
    this.#known.delete(iss);
    this.#settings.jwksFunctions.delete(iss);
    this.#table.remove(iss);
  }
}
