// Manages the keys of one issuer: moves keys from the store and the network into the Verifier.

import type { FetchFailureKind } from '../core/errors.js';
import {
  CLOCK_STARTS,
  callOption,
  digestText,
  fetchFailed,
  hrefOf,
  type JwtError,
  jwksInvalid,
  KeySet,
  ownData,
} from '../core/shared.js';
import type { Loaded, StoredKeys } from '../stores/key-store.js';
import type { Verifier } from '../verifier/verifier.js';
import {
  ageOf,
  CLOCK_SKEW,
  isBackingOff,
  isNewer,
  isPlausible,
  type KeyState,
  newState,
  noteFailure,
  noteKeys,
  secondsToWait,
} from './decide.js';
import { discover, documentUrl } from './discovery.js';
import { type FetchError, fetchJson, within } from './fetch-json.js';
import type { Settings } from './remote-config.js';
import type { RemoteCall, RemoteIssuerConfig } from './remote-options.js';

export interface RemoteKeys {
  readonly issuer: string;
  readonly state: KeyState;
  /** Loads the store's keys if they are newer. Never throws. */
  askStore(): Promise<void>;
  /**
   * Fetches the keys, or uses keys that another request has meanwhile fetched through the store.
   *
   * @throws JwtError if neither succeeds.
   */
  fetch(call: RemoteCall): Promise<void>;
  /** Renews the keys after the response: from the store if it has fresh ones, else from the network. */
  renew(call: RemoteCall): void;
  /** Corrects the age of keys that were fetched while the clock was ahead. */
  noticeClock(now: number): void;
  /** Records that the Verifier received keys that were not fetched here. */
  note(fetchedAt: number): void;
}

export function remoteKeys(
  { issuer, jwksUri: configured, discovery }: RemoteIssuerConfig,
  { fetch: fetchUrl, store, timing, clock, random, waitUntil, verifier: { allowLoopbackHttp = false } }: Settings,
  verifier: Verifier,
): RemoteKeys {
  const state = newState(callOption(() => 0.9 + 0.2 * random(), 'random'));
  let jwksUri = hrefOf(configured) ?? `${issuer}/.well-known/jwks.json`;
  let discoveredAt = -Infinity;
  /** The latest `fetchedAt` seen. */
  let latest = -Infinity;

  /** The key under which stores keep the keys: the issuer, and a digest of the issuer and the URLs. */
  function place(): string {
    return `${issuer} ${digestText(JSON.stringify([issuer, discovery ? documentUrl(issuer) : '', jwksUri]))}`;
  }

  async function askStore(): Promise<void> {
    if (!store) return;
    // The URL of the keys is unknown until the discovery document was read.
    if (discovery && discoveredAt === -Infinity) {
      const now = clock();
      if (isBackingOff(state, timing, now)) return;
      try {
        await findUrl(now);
      } catch {
        return;
      }
    }
    const asked = place();
    const keys = await inTime(() => store.get(asked));
    if (asked === place()) take(keys);
  }

  /** Reads the discovery document. @throws JwtError if the fetch fails. */
  async function findUrl(now: number): Promise<void> {
    jwksUri = await attempt(now, () => discover(fetchUrl, issuer, timing.timeout, allowLoopbackHttp));
    discoveredAt = now;
  }

  async function fetch(call: RemoteCall): Promise<void> {
    const now = clock();
    if (discovery && (state.failures > 0 || !(Math.abs(now - discoveredAt) <= timing.hardAge))) await findUrl(now);
    const since = state.fetchedAt;
    const asked = place();
    const url = jwksUri;
    let downloading: Promise<StoredKeys> | undefined;
    if (store?.load) {
      const load = (): Promise<Loaded> =>
        (downloading ??= download(url)).catch((error: FetchError) => {
          if (!isFailure(error)) throw error;
          return { problem: error.message, kind: error.kind! };
        });
      const loaded = await inTime(() => store.load!(asked, since, load));
      if (downloading) return void (await downloading);
      const { problem, kind } = ownData(loaded as { problem?: unknown; kind?: FetchFailureKind });
      if (typeof problem === 'string') throw fetchFailed(kind, url, problem);
      take(loaded);
      if (state.fetchedAt !== since) return;
    }
    const keys = await (downloading ??= download(url));
    // A newer download may have finished before this one.
    if (store && keys.fetchedAt === state.fetchedAt)
      continueAfterResponse(
        inTime(() => store.put(asked, keys)),
        call,
      );
  }

  async function download(url: string): Promise<StoredKeys> {
    const fetchedAt = clock();
    return attempt(fetchedAt, () =>
      fetchJson(fetchUrl, url, timing.timeout, 'jwks', (document) => {
        const keys = { ...document, fetchedAt };
        accept(keys);
        return keys;
      }),
    );
  }

  /** Calls `run`, and records its failure. */
  async function attempt<T>(startedAt: number, run: () => Promise<T>): Promise<T> {
    return run().catch((error: FetchError) => {
      if (isFailure(error)) {
        const now = clock();
        noteFailure(state, startedAt, now, error, secondsToWait(error.wait, now));
      }
      throw error;
    });
  }

  /** Accepts keys that another isolate or request fetched, if they are usable and newer. */
  function take(keys: Loaded | undefined): void {
    try {
      const own = ownData(keys as StoredKeys);
      if (isPlausible(own.fetchedAt, clock())) accept(own);
    } catch {
      // Unusable keys in a store are ignored.
    }
  }

  /** Passes newer keys to the Verifier, which all requests share. @throws JwtError if the keys are unusable. */
  function accept({ jwks, fetchedAt, maxAge }: StoredKeys): void {
    const now = clock();
    noticeClock(now);
    // If the clock was turned back during the fetch, the keys count as fetched now.
    const time = isPlausible(fetchedAt, now) ? fetchedAt : now;
    if (!isNewer(state, time, now)) return;
    assertUsable(jwks);
    // The Verifier ignores keys that seem older. If the clock was turned back a little, new keys seem older.
    latest = Math.max(latest, time);
    verifier.setKeys(issuer, jwks, { fetchedAt: latest, now });
    noteKeys(state, time, maxAge);
  }

  /**
   * If the clock was ahead when the keys were fetched, counts their age from now. Otherwise the Verifier would accept
   * these keys for as long as the clock was ahead, plus a day.
   */
  function noticeClock(now: number): void {
    if (latest <= now + CLOCK_SKEW || now < CLOCK_STARTS) return;
    latest = now;
    state.fetchedAt = -Infinity;
    const kept = verifier.snapshot().issuers.find((each) => each.issuer === issuer);
    if (kept && kept.fetchedAt > now + CLOCK_SKEW) verifier.setKeys(issuer, kept.jwks, { fetchedAt: now, now });
  }

  /** Calls the store with a timeout. Returns undefined if the call fails. */
  async function inTime<T>(ask: () => Promise<T>): Promise<T | undefined> {
    return within(timing.timeout, ask).catch(() => undefined);
  }

  function continueAfterResponse(promise: Promise<unknown>, call: RemoteCall): void {
    const quiet = promise.catch(() => {});
    try {
      if (call.waitUntil) call.waitUntil(quiet);
      else waitUntil(quiet);
    } catch {
      // Without waitUntil, the promise runs for as long as the platform allows.
    }
  }

  return {
    issuer,
    state,
    askStore,
    fetch,
    renew(call) {
      const now = (state.claimedAt = clock());
      const renewal = async (): Promise<void> => {
        await askStore();
        if (ageOf(state, timing, now) !== 'fresh') await fetch(call);
      };
      continueAfterResponse(renewal(), call);
    },
    noticeClock,
    note(fetchedAt) {
      if (fetchedAt <= latest) return;
      latest = fetchedAt;
      noteKeys(state, fetchedAt);
    },
  };
}

/**
 * Rejects a set in which no key is usable, because the set must not replace keys that work. @throws JwtError
 * `ERR_JWKS_INVALID`.
 */
function assertUsable(jwks: string): void {
  const set = new KeySet(jwks);
  const isUsable = set.keys.some(({ usable }) => usable);
  set.free();
  if (!isUsable) throw jwksInvalid('the JWK Set has no usable key');
}

/** Whether an error counts as a failure of the issuer. A request that its caller aborted does not count. */
function isFailure({ code, kind }: JwtError): boolean {
  return code === 'ERR_JWKS_UNAVAILABLE' && kind !== 'aborted';
}
