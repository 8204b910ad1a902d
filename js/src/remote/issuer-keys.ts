// The keys of one issuer: moves them from the store and the network into the Verifier.

import { ownData, parseSafeUrl } from '../core/shared.js';
import type { Loaded, StoredKeys } from '../stores/key-store.js';
import type { Verifier } from '../verifier/verifier.js';
import { ageOf, isNewer, isPlausible, type KeyState, newState, noteFailure, noteKeys } from './decide.js';
import { discover } from './discovery.js';
import { fetchJson, within } from './fetch-json.js';
import type { Settings } from './remote-config.js';
import type { RemoteCall, RemoteIssuerConfig } from './remote-options.js';

export interface RemoteKeys {
  readonly issuer: string;
  readonly state: KeyState;
  /** Returns the URL of the keys: the configured one, or the last one discovered. */
  jwksUri(): string;
  /** Loads the store's keys if they are newer. Never throws. */
  askStore(): Promise<void>;
  /** Fetches the keys, or takes those that another request fetched meanwhile through the store. Throws if both fail. */
  fetch(call: RemoteCall): Promise<void>;
  /** Renews the keys after the response: from the store if it has fresh ones, else from the network. */
  renew(call: RemoteCall): void;
  /** Records that the Verifier got keys from elsewhere. */
  note(fetchedAt: number): void;
}

export function remoteKeys(
  { issuer, jwksUri = `${issuer}/.well-known/jwks.json`, discovery }: RemoteIssuerConfig,
  { fetch: fetchUrl, store, timing, clock, random, waitUntil, verifier: { allowLoopbackHttp = false } }: Settings,
  verifier: Verifier,
): RemoteKeys {
  const state = newState(0.9 + 0.2 * random());
  let discoveredAt = -Infinity;
  /** The latest `fetchedAt` seen. */
  let latest = -Infinity;

  async function askStore(): Promise<void> {
    if (store) take(await inTime(() => store.get(issuer)));
  }

  async function fetch(call: RemoteCall): Promise<void> {
    const since = state.fetchedAt;
    let downloading: Promise<StoredKeys> | undefined;
    if (store?.load) {
      const load = (): Promise<Loaded> =>
        (downloading ??= download()).catch((error: unknown) => {
          if (isAbort(error)) throw error;
          return { problem: messageOf(error) };
        });
      const loaded = await inTime(() => store.load!(issuer, since, load));
      if (downloading) return void (await downloading);
      if (loaded && Object.hasOwn(loaded, 'problem') && 'problem' in loaded) throw new Error(loaded.problem);
      take(loaded);
      if (state.fetchedAt !== since) return;
    }
    const keys = await (downloading ??= download());
    // A slow download may have been overtaken by a newer one.
    if (store && keys.fetchedAt === state.fetchedAt)
      continueAfterResponse(
        inTime(() => store.put(issuer, keys)),
        call,
      );
  }

  async function download(): Promise<StoredKeys> {
    const fetchedAt = clock();
    try {
      return await within(timing.timeout, async (signal) => {
        if (discovery && (state.failures > 0 || fetchedAt - discoveredAt > timing.hardAge)) {
          jwksUri = await discover(
            fetchUrl,
            issuer,
            signal,
            (url) => parseSafeUrl(url, allowLoopbackHttp) !== undefined,
          );
          discoveredAt = fetchedAt;
        }
        const keys = { ...(await fetchJson(fetchUrl, jwksUri, signal)), fetchedAt };
        accept(keys);
        return keys;
      });
    } catch (error) {
      // An aborted request says nothing about the issuer.
      if (!isAbort(error)) noteFailure(state, fetchedAt, clock(), messageOf(error));
      throw error;
    }
  }

  /** Takes keys that others fetched, if they are usable and newer. */
  function take(keys: Loaded | undefined): void {
    try {
      const own = ownData(keys as StoredKeys);
      if (isPlausible(own.fetchedAt, clock())) accept(own);
    } catch {
      // Unusable keys of a store are ignored.
    }
  }

  /** Gives newer keys to the Verifier, and so to all requests at once. Throws if they are unusable. */
  function accept({ jwks, fetchedAt, maxAge }: StoredKeys): void {
    if (!isNewer(state, fetchedAt, clock())) return;
    // The Verifier ignores keys that seem older, as new keys do after the clock was turned back.
    latest = Math.max(latest, fetchedAt);
    verifier.setKeys(issuer, jwks, { fetchedAt: latest });
    noteKeys(state, fetchedAt, maxAge);
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
      // Without waitUntil the promise runs for as long as the platform lets it.
    }
  }

  return {
    issuer,
    state,
    jwksUri: () => jwksUri,
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
    note(fetchedAt) {
      if (fetchedAt < latest) return;
      latest = fetchedAt;
      noteKeys(state, fetchedAt);
    },
  };
}

/** Whether the request was aborted by its caller. Our own timeout is a `TimeoutError`. */
function isAbort(error: unknown): boolean {
  return (error as Error | undefined)?.name === 'AbortError';
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
