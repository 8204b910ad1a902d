// Manages the keys of one issuer: moves keys from the store and the network into the Verifier.

import {
  CLOCK_STARTS,
  callOption,
  digestText,
  fetchFailed,
  hrefOf,
  inRange,
  type JwtError,
  jsonOf,
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
import { discover } from './discovery.js';
import { type FetchError, fetchJson, within } from './fetch-json.js';
import type { Settings } from './remote-config.js';
import type { RemoteCall, RemoteIssuerConfig } from './remote-options.js';

type Failed = Exclude<Loaded, StoredKeys>;

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
  /** Lets work go on after the response, or after the client aborted the request. */
  keepAlive(work: Promise<unknown>, call: RemoteCall): void;
  /** Renews the keys after the response: from the store if it has fresh ones, else from the network. */
  renew(call: RemoteCall): void;
  /** Corrects the age of keys that were fetched while the clock was ahead. */
  noticeClock(now: number): void;
  /** Records that the Verifier received keys that were not fetched here. */
  note(fetchedAt: number): void;
}

export function remoteKeys(
  { issuer, jwksUri: configured, discovery }: RemoteIssuerConfig,
  { fetch: fetchUrl, store, timing, clock, random, waitUntil, verifier: { allowLoopbackHttp } }: Settings,
  verifier: Verifier,
): RemoteKeys {
  const state = newState(0.9 + 0.2 * inRange(callOption(random, 'random'), 'random', 0, 1));
  let jwksUri = hrefOf(configured) ?? `${issuer}/.well-known/jwks.json`;
  /**
   * The name under which stores keep the keys. With `discovery`, the name does not depend on the `jwks_uri`: otherwise,
   * an issuer that keeps changing its `jwks_uri` would fill the store.
   */
  const place = `${issuer} ${digestText(jsonOf(issuer, discovery ? 1 : 0, jwksUri))}`;
  let discoveredAt: number | undefined;
  /** The latest `fetchedAt` seen. */
  let latest = -Infinity;

  async function askStore(): Promise<void> {
    if (!store) return;
    // The URL of the keys is unknown until the discovery document has been read.
    if (discovery && discoveredAt === undefined) {
      const now = clock();
      if (isBackingOff(state, timing, now)) return;
      try {
        await findUrl(now);
      } catch {
        return;
      }
    }
    take(await inTime(() => store.get(place)));
  }

  /** Reads the discovery document. @throws JwtError if the fetch fails. */
  async function findUrl(now: number): Promise<void> {
    jwksUri = await attempt(now, () => discover(fetchUrl, issuer, timing.timeout, allowLoopbackHttp === true));
    discoveredAt = now;
  }

  async function fetch(call: RemoteCall): Promise<void> {
    const now = clock();
    if (discovery && (state.failures > 0 || !(Math.abs(now - discoveredAt!) <= timing.hardAge))) await findUrl(now);
    const since = state.fetchedAt;
    const url = jwksUri;
    let downloading: Promise<StoredKeys> | undefined;
    if (store?.load) {
      const load = (): Promise<Loaded> =>
        (downloading ??= isBackingOff(state, timing, clock()) ? Promise.reject(state.problem) : download(url)).catch(
          (error: FetchError) => {
            if (!isFailure(error)) throw error;
            return { problem: error.message, kind: error.kind!, jwksUri: url };
          },
        );
      const loaded = await inTime(() => store.load!(place, since, load));
      if (downloading) return void (await downloading);
      const failure = take(loaded);
      if (failure) throw failure;
      if (state.fetchedAt !== since) return;
    }
    const keys = await (downloading ??= download(url));
    // A newer download may have finished before this one.
    if (store && keys.fetchedAt === state.fetchedAt)
      keepAlive(
        inTime(() => store.put(place, keys)),
        call,
      );
  }

  async function download(url: string): Promise<StoredKeys> {
    const fetchedAt = clock();
    return attempt(fetchedAt, () =>
      fetchJson(fetchUrl, url, timing.timeout, 'jwks', (document) => {
        const keys = { ...document, fetchedAt, jwksUri: url };
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
        noteFailure(state, startedAt, now, error, secondsToWait(ownData(error).wait, now));
      }
      throw error;
    });
  }

  /**
   * Accepts keys that another isolate or request fetched, if they are usable and newer. Returns the failure if their
   * fetch failed. With `discovery`, ignores keys and failures of any URL except the one that the document names.
   */
  function take(loaded: Loaded | undefined): JwtError | undefined {
    try {
      const own = ownData(loaded as StoredKeys & Failed);
      if (discovery && own.jwksUri !== jwksUri) return undefined;
      if (typeof own.problem === 'string') return fetchFailed(own.kind, jwksUri, own.problem.slice(0, 200));
      if (isPlausible(own.fetchedAt, clock()) && typeof (own.maxAge ?? 0) === 'number') accept(own);
    } catch {
      // Unusable keys in a store are ignored.
    }
    return undefined;
  }

  /** Passes newer keys to the Verifier, which all requests share. @throws JwtError if the keys are unusable. */
  function accept({ jwks, fetchedAt, maxAge }: StoredKeys): void {
    const now = clock();
    noticeClock(now);
    // If the clock was turned back during the fetch, the keys count as fetched now.
    const time = isPlausible(fetchedAt, now) ? fetchedAt : now;
    if (!isNewer(state, time, now)) return;
    assertUsable(jwks);
    // The Verifier ignores keys that seem older than its own. New keys can seem older if the clock was turned back a
    // little, so they get at least the latest time so far.
    latest = Math.max(latest, time);
    verifier.setKeys(issuer, jwks, { fetchedAt: latest, now });
    noteKeys(state, time, maxAge);
  }

  /**
   * If the clock was ahead when the keys were fetched, counts their age from now. Otherwise the Verifier would accept
   * these keys too long: for `staleIfError` plus the time by which the clock was ahead.
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

  /** Never rejects, even if `waitUntil` returns a promise that rejects. */
  async function keepAlive(promise: Promise<unknown>, call: RemoteCall): Promise<void> {
    try {
      await (call.waitUntil ?? waitUntil)(promise.catch(() => {}));
    } catch {
      // Without waitUntil, the promise runs for as long as the platform allows.
    }
  }

  return {
    issuer,
    state,
    keepAlive,
    askStore,
    fetch,
    renew(call) {
      const now = (state.claimedAt = clock());
      keepAlive(
        askStore().then(() => (ageOf(state, timing, now) === 'fresh' ? undefined : fetch(call))),
        call,
      );
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
