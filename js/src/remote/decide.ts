// What to do for a token, at this time and with these keys: every rule of remote keys, without a clock and without a network.

import type { JwtErrorCode } from '../core/errors.js';

/** Times in seconds; see `RemoteTiming` for what each means. */
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
 * What one isolate knows of one issuer's keys: plain values, so that a request that dies leaves nothing behind that another one
 * waits for. Times are seconds since the epoch; `-Infinity` is never.
 */
export interface KeyState {
  /** When the keys at hand were fetched; never: there are none, or nobody said when. */
  fetchedAt: number;
  /** What `Cache-Control: max-age` of their response said. */
  maxAge: number;
  /** This instance's factor of the soft age, so that isolates do not refetch all at once. */
  spread: number;
  /** When a request last took it upon itself to renew them. */
  claimedAt: number;
  /** When fetching last failed, how often in a row, and why. */
  failedAt: number;
  failures: number;
  problem: string;
}

/** What this request has done so far. */
export interface Progress {
  /** It has taken the budget for renewing. */
  claimed: boolean;
  /** It has asked the store, or there is none. */
  asked: boolean;
  /** It has fetched, or tried to. */
  fetched: boolean;
}

export type Step =
  /** What the verification said stands. */
  | 'answer'
  /** It stands, and the keys are renewed behind the response. */
  | 'answer_and_renew'
  /** Ask the store, then verify again. */
  | 'ask_store'
  /** Fetch, then verify again. */
  | 'fetch'
  /** There are no keys, and none can be had now. */
  | 'unavailable';

/** How far clocks may differ, in seconds. A time further in the future says nothing: a clock was wrong then or is now. */
export const CLOCK_SKEW = 60;

export function newState(spread: number): KeyState {
  return {
    fetchedAt: -Infinity,
    maxAge: Infinity,
    spread,
    claimedAt: -Infinity,
    failedAt: -Infinity,
    failures: 0,
    problem: '',
  };
}

/** The one table of what happens next, by what the verification with the keys at hand said: an error, or that the token is good. */
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
      // Over the hard age nobody is served before it was tried to fetch, however many ask at once.
      if (isBackingOff(state, timing, now)) return 'answer';
      return done.asked ? 'fetch' : 'ask_store';
    }
    // There are none, or they are past the bound of `staleIfError`.
    case 'ERR_JWKS_KEYS_NEEDED':
      if (done.fetched) return 'unavailable';
      if (!done.asked) return 'ask_store';
      return isBackingOff(state, timing, now) ? 'unavailable' : 'fetch';
    // Perhaps they were rotated; under the same `kid`, too.
    case 'ERR_JWKS_NO_MATCHING_KEY':
    case 'ERR_JWS_SIGNATURE_VERIFICATION_FAILED':
      if (done.fetched) return 'answer';
      if (!done.claimed) return mayRenew(state, timing, now) ? (done.asked ? 'fetch' : 'ask_store') : 'answer';
      // The store had keys that are as good as fetched now.
      return elapsed(state.fetchedAt, now) < timing.refetchInterval ? 'answer' : 'fetch';
    // Whatever the keys are.
    default:
      return 'answer';
  }
}

/** Over the soft age keys are renewed behind a response, over the hard age before it. */
export function ageOf(state: KeyState, timing: Timing, now: number): 'fresh' | 'soft' | 'hard' {
  const age = elapsed(state.fetchedAt, now);
  if (age > timing.hardAge) return 'hard';
  return age > Math.min(timing.softAge * state.spread, state.maxAge) ? 'soft' : 'fresh';
}

/** The budget of tokens: however many come, one renewal in an interval. */
export function mayRenew(state: KeyState, timing: Timing, now: number): boolean {
  const last = Math.min(elapsed(state.claimedAt, now), elapsed(state.fetchedAt, now));
  return last >= timing.refetchInterval && !isBackingOff(state, timing, now);
}

export function isBackingOff(state: KeyState, timing: Timing, now: number): boolean {
  return elapsed(state.failedAt, now) < pause(state, timing);
}

/** In how many seconds a fetch is tried again. */
export function retryAfter(state: KeyState, timing: Timing, now: number): number {
  return Math.max(1, Math.ceil(pause(state, timing) - elapsed(state.failedAt, now)));
}

function pause({ failures }: KeyState, { backoff, maxBackoff }: Timing): number {
  return failures === 0 ? 0 : Math.min(backoff * 2 ** (failures - 1), maxBackoff);
}

/** Whether keys are newer than those at hand; any are, where those are from the future. */
export function isNewer(state: KeyState, fetchedAt: number, now: number): boolean {
  return fetchedAt > state.fetchedAt || elapsed(state.fetchedAt, now) === Infinity;
}

/** Newer keys came, from the network or the store. */
export function noteKeys(state: KeyState, fetchedAt: number, maxAge?: number): void {
  state.fetchedAt = fetchedAt;
  // A store may say anything.
  state.maxAge = maxAge! >= 0 ? maxAge! : Infinity;
  if (elapsed(state.failedAt, fetchedAt) >= 0) state.failures = 0;
}

/** A fetch failed. Of those that were under way together the first counts, and none that began before the last success. */
export function noteFailure(state: KeyState, startedAt: number, now: number, problem: string): void {
  if (elapsed(state.failedAt, startedAt) <= 0 || elapsed(state.fetchedAt, startedAt) <= 0) return;
  state.failedAt = now;
  state.failures += 1;
  state.problem = problem;
}

/** Whether keys can have been fetched at that time. */
export function isPlausible(fetchedAt: unknown, now: number): fetchedAt is number {
  return Number.isFinite(fetchedAt) && (fetchedAt as number) <= now + CLOCK_SKEW;
}

/** Seconds since a time; a clock that was turned back makes it long ago, so that nothing waits for the old time. */
function elapsed(since: number, now: number): number {
  return since > now + CLOCK_SKEW ? Infinity : now - since;
}
