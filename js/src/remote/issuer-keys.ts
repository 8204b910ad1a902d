// Manages the keys of one issuer: moves keys from the store and the network into the Verifier.

import {
  CLOCK_STARTS,
  callOption,
  digestText,
  fetchFailed,
  type Issuer,
  inRange,
  type JwtError,
  jsonOf,
  jwksInvalid,
  KeySet,
  ownData,
  Verifier,
} from '../core/shared.js';
import type { Loaded, StoredKeys } from '../stores/key-store.js';
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
import { readJwksFunction } from './jwks-function.js';
import type { Settings } from './remote-config.js';
import type { RemoteCall, RemoteEvent } from './remote-options.js';

type Failed = Exclude<Loaded, StoredKeys>;

/** The checked options of one call, and the options as they were passed. */
export interface Call extends RemoteCall {
  given?: RemoteCall | undefined;
}

export interface RemoteKeys {
  readonly issuer: string;
  readonly state: KeyState;
  /** Loads the store's keys if they are newer. Never throws. */
  askStore(call: Call): Promise<void>;
  /**
   * Fetches the keys, or uses keys that another request has meanwhile fetched through the store.
   *
   * @param isKeyMissing Whether a token fits none of the keys. If so, a discovery document is read again, unless it is
   *   recent.
   * @throws JwtError if neither succeeds.
   */
  fetch(call: Call, isKeyMissing?: boolean): Promise<void>;
  /** Renews the keys after the response: from the store if it has fresh ones, else from the network. */
  renew(call: Call): void;
  /** Corrects the age of keys that were fetched while the clock was ahead. */
  noticeClock(now: number): void;
  /** Records that the Verifier received keys that were not fetched here. */
  note(fetchedAt: number): void;
}

/** The longest part of an issuer in the name under which stores keep its keys. */
const MAX_NAME = 200;

export function remoteKeys(configured: Issuer, settings: Settings, verifier: Verifier): RemoteKeys {
  const { issuer, source } = configured;
  const { fetch: fetchUrl, timing, clock, random, waitUntil, allowLoopbackHttp, emit } = settings;
  const jwksFunction = settings.jwksFunctions.get(issuer);
  const store = jwksFunction ? undefined : settings.store;
  /** The current issuers: an `issuers` function may drop this issuer while its keys are being fetched. */
  const { issuers } = Verifier.internalsOf(verifier).settings;
  /** Whether the discovery document names the URL of the keys. */
  const discovery = !jwksFunction && configured.jwksUri === undefined;
  const state = newState(0.9 + 0.2 * inRange(callOption(random, 'random'), 'random', 0, 1));
  let jwksUri = source;
  /**
   * The name under which stores keep the keys. With discovery, the name does not depend on the `jwks_uri`: otherwise,
   * an issuer that keeps changing its `jwks_uri` would fill the store.
   */
  const place = `${issuer.slice(0, MAX_NAME)} ${digestText(jsonOf([issuer, discovery ? 1 : 0, source]))}`;
  let discoveredAt: number | undefined;
  /** The latest `fetchedAt` seen. */
  let latest = -Infinity;

  async function askStore(call: Call): Promise<void> {
    if (!store) return;
    // The URL of the keys is unknown until the discovery document has been read.
    if (discovery && discoveredAt === undefined) {
      const now = clock();
      if (isBackingOff(state, timing, now)) return;
      try {
        await findUrl(now, call);
      } catch {
        return;
      }
    }
    const since = state.fetchedAt;
    const end = emit && startTimer();
    take(await inTime(() => store.get(place)));
    emit?.({ type: 'store', issuer, hit: state.fetchedAt !== since, duration: end!() }, call.given);
  }

  /** Reads the discovery document. @throws JwtError if the fetch fails. */
  async function findUrl(now: number, call: Call): Promise<void> {
    jwksUri = await attempt(now, source, call, () => discover(fetchUrl, issuer, timing.timeout, allowLoopbackHttp));
    discoveredAt = now;
  }

  async function fetch(call: Call, isKeyMissing = false): Promise<void> {
    const now = clock();
    // If a token's key is missing, the keys may have moved to another URL.
    const maxAge = isKeyMissing ? timing.refetchInterval : timing.hardAge;
    if (discovery && (state.failures > 0 || !(Math.abs(now - discoveredAt!) <= maxAge))) await findUrl(now, call);
    const since = state.fetchedAt;
    const url = jwksUri;
    let downloading: Promise<StoredKeys> | undefined;
    if (store?.load) {
      const load = (): Promise<Loaded> =>
        (downloading ??= isBackingOff(state, timing, clock())
          ? Promise.reject(state.problem)
          : download(url, call)).catch((error: FetchError) => {
          if (!isFailure(error)) throw error;
          return { problem: error.message, kind: error.kind!, jwksUri: url };
        });
      const loaded = await inTime(() => store.load!(place, since, load));
      if (downloading) return void (await downloading);
      const failure = take(loaded);
      if (failure) throw failure;
      if (state.fetchedAt !== since) return;
    }
    const keys = await (downloading ??= download(url, call));
    // A newer download may have finished before this one.
    if (store && keys.fetchedAt === state.fetchedAt)
      keepAlive(
        inTime(() => store.put(place, keys)),
        call,
        waitUntil,
      );
  }

  async function download(url: string, call: Call): Promise<StoredKeys> {
    const fetchedAt = clock();
    if (jwksFunction) {
      return attempt(fetchedAt, undefined, call, () =>
        readJwksFunction(settings.jwksFunctions.get(issuer) ?? jwksFunction, timing.timeout, (jwks) => {
          const keys = { jwks, fetchedAt };
          accept(keys);
          return keys;
        }),
      );
    }
    return attempt(fetchedAt, url, call, () =>
      fetchJson(fetchUrl, url, timing.timeout, 'jwks', (document) => {
        const keys = { ...document, fetchedAt, jwksUri: url };
        accept(keys);
        return keys;
      }),
    );
  }

  /** Calls `run`, records its failure, and reports the event. `url` is undefined for a `jwks` function. */
  async function attempt<T>(startedAt: number, url: string | undefined, call: Call, run: () => Promise<T>): Promise<T> {
    const end = emit && startTimer();
    const report = (failed: Pick<RemoteEvent & { type: 'fetch' }, 'kind'>): void =>
      emit?.({ type: 'fetch', issuer, ...(url && { url }), ...failed, duration: end!() }, call.given);
    try {
      const result = await run();
      report({});
      return result;
    } catch (thrown) {
      const error = thrown as FetchError;
      if (isFailure(error)) {
        const now = clock();
        noteFailure(state, startedAt, now, error, secondsToWait(ownData(error).wait, now));
      }
      report({ kind: error.kind! });
      throw error;
    }
  }

  /**
   * Accepts keys that another isolate or request fetched, if the keys are usable and newer. If that fetch failed,
   * returns the failure. With `discovery`, ignores keys and failures of any URL except the one that the document names.
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
    if (!isNewer(state, time, now) || issuers.get(issuer) !== configured) return;
    assertUsable(jwks);
    // The Verifier ignores keys that seem older than its own. New keys can seem older if the clock was turned back a
    // little, so their time is set to at least the latest time seen.
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
    const { text, fetchedAt = 0 } = configured.keys ?? {};
    if (text !== undefined && fetchedAt > now + CLOCK_SKEW) verifier.setKeys(issuer, text, { fetchedAt: now, now });
  }

  /** Calls the store with a timeout. Returns undefined if the call fails. */
  async function inTime<T>(ask: () => Promise<T>): Promise<T | undefined> {
    return within(timing.timeout, ask).catch(() => undefined);
  }

  return {
    issuer,
    state,
    askStore,
    fetch,
    renew(call) {
      const now = (state.claimedAt = clock());
      emit?.({ type: 'renewal', issuer }, call.given);
      keepAlive(
        askStore(call).then(() => (ageOf(state, timing, now) === 'fresh' ? undefined : fetch(call))),
        call,
        waitUntil,
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
 * Lets work go on after the response, or after the client aborted the request. Never rejects, even if `waitUntil` returns a
 * promise that rejects.
 */
export async function keepAlive(
  work: Promise<unknown>,
  call: Call,
  waitUntil: (promise: Promise<unknown>) => void,
): Promise<void> {
  try {
    await (call.waitUntil ?? waitUntil)(work.catch(() => {}));
  } catch {
    // Without waitUntil, the work runs for as long as the platform allows.
  }
}

/** Returns a function that returns the seconds since this call. */
export function startTimer(): () => number {
  const start = performance.now();
  return () => (performance.now() - start) / 1000;
}

/**
 * Rejects a set without a usable key, because such a set must not replace keys that work. @throws JwtError
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
