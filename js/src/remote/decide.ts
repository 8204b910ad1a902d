// Decides the next step for a token. Contains all rules about fetching keys, as pure functions without clock or network.

import type { JwtErrorCode } from '../core/errors.js';
import type { FetchError } from './fetch-json.js';

/** Times in seconds; `RemoteTiming` explains each one. */
export interface Timing {
  softAge: number;
  hardAge: number;
  staleIfError: number;
  refetchInterval: number;
  timeout: number;
  backoff: number;
  maxBackoff: number;
}

/**
 * The state of one issuer's keys in one isolate. Contains no promises, because an aborted request would leave other
 * requests waiting for its promise. Times are seconds since the epoch; `-Infinity` means never.
 */
export interface KeyState {
  /** When the current keys were fetched. `-Infinity` if there are no keys or the time is unknown. */
  fetchedAt: number;
  /** The `max-age` of the response with the current keys; 0 if the response must not be cached. */
  maxAge: number;
  /** A random factor for the soft age. It keeps isolates from refetching all at once. */
  spread: number;
  /** When a request last started to renew the keys. */
  claimedAt: number;
  /** When fetching last failed, how often in a row, and why. */
  failedAt: number;
  failures: number;
  problem?: FetchError;
  /** The `Retry-After` of the last failure, in seconds. */
  retryAfter: number;
}

/** The progress of one request. */
export interface Progress {
  /** Whether the request has used the renewal budget. */
  claimed: boolean;
  /** Whether the request has asked the store. Also true without a store. */
  asked: boolean;
  /** Whether the request has tried to fetch. */
  fetched: boolean;
}

export type Step =
  /** Use the result of the verification. */
  | 'answer'
  /** Use the result, and renew the keys after the response. */
  | 'answer_and_renew'
  /** Ask the store, then verify again. */
  | 'ask_store'
  /** Fetch, then verify again. */
  | 'fetch'
  /** Fail: there are no keys, and they cannot be fetched now. */
  | 'unavailable';

/**
 * Tolerated clock difference, in seconds. A time further in the future is ignored, because the clock is wrong now or
 * was wrong when the time was recorded.
 */
export const CLOCK_SKEW = 60;

export function newState(spread: number): KeyState {
  return {
    fetchedAt: -Infinity,
    maxAge: Infinity,
    spread,
    claimedAt: -Infinity,
    failedAt: -Infinity,
    failures: 0,
    retryAfter: 0,
  };
}

/**
 * Decides the next step from the result of verifying with the current keys: an error code, or `undefined` on success.
 */
export function nextStep(
  code: JwtErrorCode | undefined,
  state: KeyState,
  timing: Timing,
  done: Progress,
  now: number,
): Step {
  switch (code) {
    case undefined: {
      const age = ageOf(state, timing, now);
      if (age === 'fresh' || done.fetched) return 'answer';
      if (age === 'soft') return mayRenew(state, timing, now) ? 'answer_and_renew' : 'answer';
      // Past the hard age, every request tries to fetch first.
      if (isBackingOff(state, timing, now)) return 'answer';
      return done.asked ? 'fetch' : 'ask_store';
    }
    // There are no keys, or they are older than `staleIfError`.
    case 'ERR_JWKS_KEYS_NEEDED':
      if (done.fetched) return 'unavailable';
      if (!done.asked) return 'ask_store';
      return isBackingOff(state, timing, now) ? 'unavailable' : 'fetch';
    // The keys may have been rotated, possibly under the same `kid`, or repaired.
    case 'ERR_JOSE_ALG_NOT_ALLOWED':
    case 'ERR_JWK_INVALID':
    case 'ERR_JWKS_MULTIPLE_MATCHING_KEYS':
    case 'ERR_JWKS_NO_MATCHING_KEY':
    case 'ERR_JWS_SIGNATURE_VERIFICATION_FAILED':
      if (done.fetched) return 'answer';
      // If the store's keys are recent, fetching would not return newer ones.
      if (done.claimed ? elapsed(state.fetchedAt, now) < timing.refetchInterval : !mayRenew(state, timing, now)) {
        return 'answer';
      }
      return done.asked ? 'fetch' : 'ask_store';
    // New keys would not change the result.
    default:
      return 'answer';
  }
}

/** Past the soft age, keys are renewed after the response. Past the hard age, they are renewed before the response. */
export function ageOf(state: KeyState, timing: Timing, now: number): 'fresh' | 'soft' | 'hard' {
  const age = elapsed(state.fetchedAt, now);
  if (age > timing.hardAge) return 'hard';
  const maxAge = Math.max(state.maxAge, timing.refetchInterval);
  return age > Math.min(timing.softAge * state.spread, maxAge) ? 'soft' : 'fresh';
}

/** Whether the budget allows a renewal: one per interval, for any number of tokens. */
function mayRenew(state: KeyState, timing: Timing, now: number): boolean {
  const last = Math.min(elapsed(state.claimedAt, now), elapsed(state.fetchedAt, now));
  return last >= timing.refetchInterval && !isBackingOff(state, timing, now);
}

export function isBackingOff(state: KeyState, timing: Timing, now: number): boolean {
  return elapsed(state.failedAt, now) < pause(state, timing);
}

/** Returns the number of seconds until the next attempt to fetch. */
export function retryAfter(state: KeyState, timing: Timing, now: number): number {
  return Math.max(1, Math.ceil(pause(state, timing) - elapsed(state.failedAt, now)));
}

function pause({ failures, retryAfter }: KeyState, { backoff, maxBackoff }: Timing): number {
  return failures === 0 ? 0 : Math.min(Math.max(backoff * 2 ** (failures - 1), retryAfter), maxBackoff);
}

/**
 * Whether keys are newer than the current keys. If the time of the current keys lies in the future, any keys count as newer.
 */
export function isNewer(state: KeyState, fetchedAt: number, now: number): boolean {
  return fetchedAt > state.fetchedAt || elapsed(state.fetchedAt, now) === Infinity;
}

/** Records newer keys from the network or the store. */
export function noteKeys(state: KeyState, fetchedAt: number, maxAge?: number): void {
  state.fetchedAt = fetchedAt;
  // A store may return an invalid value.
  state.maxAge = maxAge! >= 0 ? maxAge! : Infinity;
  if (elapsed(state.failedAt, fetchedAt) >= 0) state.failures = 0;
}

/**
 * Records a failed fetch. Of concurrent failures, only the first counts. A failed fetch that started before the last
 * success is ignored.
 */
export function noteFailure(
  state: KeyState,
  startedAt: number,
  now: number,
  problem: FetchError,
  retryAfter = 0,
): void {
  if (elapsed(state.failedAt, startedAt) <= 0 || elapsed(state.fetchedAt, startedAt) <= 0) return;
  state.failedAt = now;
  state.failures += 1;
  state.problem = problem;
  state.retryAfter = retryAfter;
}

/**
 * Returns how long a server asks the client to wait, in seconds (RFC 9110 §10.2.3). `Retry-After` is a number of
 * seconds or a date. Returns 0 for any other value.
 */
export function secondsToWait(retryAfter: unknown, now: number): number {
  if (typeof retryAfter !== 'string') return 0;
  const seconds = /^\d+$/.test(retryAfter) ? Number(retryAfter) : Date.parse(retryAfter) / 1000 - now;
  return Math.max(0, seconds || 0);
}

/** Whether the time of a fetch is plausible: a number that is not in the future. */
export function isPlausible(fetchedAt: unknown, now: number): fetchedAt is number {
  return Number.isFinite(fetchedAt) && (fetchedAt as number) <= now + CLOCK_SKEW;
}

/**
 * Seconds since a time. A time in the future counts as infinitely long ago; otherwise, after the clock was set back,
 * requests would wait until that time.
 */
function elapsed(since: number, now: number): number {
  return since > now + CLOCK_SKEW ? Infinity : now - since;
}
