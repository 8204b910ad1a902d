// `sts-jwt/remote`: a Verifier that fetches the keys it needs, caches them and follows their rotation.

import { init } from 'sts-jwt';
import { isRunning } from './engine.js';
import { JwtError, keysUnavailable } from './errors.js';
import { parseSafeUrl } from './issuers.js';
import { readRemoteConfig, type RemoteSettings } from './remote/config.js';
import * as decide from './remote/decide.js';
import { discover } from './remote/discovery.js';
import { fetchJson, ignore, within } from './remote/fetch.js';
import type { RemoteCall, RemoteConfig, RemoteIssuerConfig } from './remote/types.js';
import type { Loaded, StoredKeys } from './stores/store.js';
import type { Claims, Explanation, VerifiedToken } from './types.js';
import { createVerifier, type At, type KeySnapshot, type Verifier } from './verifier.js';

export type { RemoteCall, RemoteConfig, RemoteIssuerConfig, RemoteOptions, RemoteTiming } from './remote/types.js';
export type { KeyStore, Loaded, StoredKeys } from './stores/store.js';

/** An issuer as it is used. */
interface Remote {
  readonly issuer: string;
  readonly discovery: boolean;
  /** Where its keys are; with discovery, where they were said to be at `discoveredAt`. */
  jwksUri: string;
  discoveredAt: number;
  /** The latest time at which keys of it were ever said to be fetched. */
  latest: number;
  readonly state: decide.KeyState;
}

type Attempt = { token: VerifiedToken } | { error: JwtError };

/**
 * Makes a {@link RemoteVerifier}. In browsers it loads the WebAssembly module at the first use, if nobody awaited `init()` before.
 *
 * @throws JwtError `ERR_OPTIONS_INVALID`, naming the field, for every mistake in the configuration. Before `init()` in a browser
 *   what is not about fetching is checked at the first use.
 */
export function createRemoteVerifier(config: RemoteConfig): RemoteVerifier {
  return new RemoteVerifier(config);
}

/**
 * Verifies the tokens of configured issuers with keys that it fetches. With keys at hand `verify()` does nothing asynchronous.
 *
 * No timer and no promise outlives a request or is shared between requests; what one request fetched, all have at once. So several
 * requests that find no keys at all fetch each for itself, unless the store can let one do it for all.
 */
export class RemoteVerifier {
  readonly #settings: RemoteSettings;
  readonly #remotes = new Map<string, Remote>();
  #verifier: Verifier | undefined;

  constructor(config: RemoteConfig) {
    this.#settings = readRemoteConfig(config);
    if (isRunning()) this.#start();
  }

  /**
   * Verifies a token of one of the issuers; fetches keys where that is needed and allowed.
   *
   * @param call The request's `waitUntil` and `signal`; a Worker's `ctx` will do.
   * @throws JwtError (as a rejection) for every reason to refuse the token. `ERR_JWKS_UNAVAILABLE` (503), with `cause` and
   *   `retryAfter`, when there are no keys and none can be had; a failed fetch never changes what is said of a token otherwise.
   */
  async verify<C extends object = Claims>(token: string, call: RemoteCall = {}): Promise<VerifiedToken<C>> {
    const verifier = this.#verifier ?? (await this.#started());
    const { timing, clock, store } = this.#settings;
    const done: decide.Progress = { claimed: false, asked: store === undefined, fetched: false };
    let cause: unknown;
    for (;;) {
      const now = clock();
      const attempt = attemptTo(verifier, token, now);
      const remote = this.#remotes.get('token' in attempt ? attempt.token.claims.iss! : (attempt.error.issuer ?? ''));
      const outcome = outcomeOf(attempt);
      const step = remote ? decide.nextStep(outcome, remote.state, timing, done, now) : 'answer';
      if (!remote || step === 'answer' || step === 'answer_and_renew') {
        if ('error' in attempt) throw attempt.error;
        if (remote && step === 'answer_and_renew') this.#behind(this.#renew(verifier, remote, now), call);
        return attempt.token as VerifiedToken<C>;
      }
      if (step === 'unavailable') throw this.#unavailable(remote, now, cause);
      if (outcome === 'keys_doubted') {
        remote.state.claimedAt = now;
        done.claimed = true;
      }
      if (step === 'ask_store') {
        done.asked = true;
        await this.#askStore(verifier, remote);
      } else {
        done.fetched = true;
        cause = await this.#fetch(verifier, remote, call).catch((error: unknown) => error);
      }
    }
  }

  /** The decision of `verify()` with the keys at hand, as an ordered trace. Synchronous: fetches nothing. */
  explain(token: string, at?: At): Explanation {
    return this.#start().explain(token, at ?? { now: this.#settings.clock() });
  }

  /** The keys at hand, for {@link RemoteVerifier.restore}. */
  snapshot(): KeySnapshot {
    return this.#start().snapshot();
  }

  /**
   * Takes the keys of a snapshot, such as one that is deployed with the program, with their age.
   *
   * @throws JwtError as `Verifier.restore()`.
   */
  restore(snapshot: KeySnapshot): void {
    this.#start().restore(snapshot, { now: this.#settings.clock() });
    for (const { issuer, fetchedAt } of snapshot.issuers) {
      const remote = this.#remotes.get(issuer);
      if (!remote || fetchedAt < remote.latest) continue;
      remote.latest = fetchedAt;
      decide.noteKeys(remote.state, fetchedAt);
    }
  }

  async #started(): Promise<Verifier> {
    if (!isRunning()) await init();
    return this.#start();
  }

  #start(): Verifier {
    if (this.#verifier) return this.#verifier;
    const { verifier, issuers, random } = this.#settings;
    this.#verifier = createVerifier(verifier);
    for (const config of issuers) this.#remotes.set(config.issuer, remoteOf(config, 0.9 + 0.2 * random()));
    return this.#verifier;
  }

  /** Behind a response: from the store if it has newer keys that are not due again, else from the network. */
  async #renew(verifier: Verifier, remote: Remote, now: number): Promise<void> {
    remote.state.claimedAt = now;
    await this.#askStore(verifier, remote);
    if (decide.ageOf(remote.state, this.#settings.timing, now) !== 'fresh') await this.#fetch(verifier, remote, {});
  }

  async #askStore(verifier: Verifier, remote: Remote): Promise<void> {
    const { store } = this.#settings;
    if (store) this.#take(verifier, remote, await this.#bounded(() => store.get(remote.issuer)));
  }

  /** Fetches keys, or has those that another one fetched meanwhile through the store; throws why there are none. */
  async #fetch(verifier: Verifier, remote: Remote, call: RemoteCall): Promise<void> {
    const { store, timing, clock } = this.#settings;
    const since = remote.state.fetchedAt;
    remote.state.claimedAt = clock();
    let own: Promise<StoredKeys> | undefined;
    const download = (): Promise<StoredKeys> => (own ??= this.#download(verifier, remote, call.signal));
    if (store?.load) {
      const load = async (): Promise<Loaded> => {
        // Whoever came first has failed, and this one waited for it.
        if (decide.isBackingOff(remote.state, timing, clock())) return { problem: remote.state.problem };
        return download().catch((error: unknown) => {
          // When this request ends, the next one has its turn.
          if (call.signal?.aborted) throw error;
          return { problem: messageOf(error) };
        });
      };
      const loaded = await this.#bounded(() => store.load!(remote.issuer, since, load));
      if (own) return void (await own);
      if (loaded && 'problem' in loaded) throw new Error(loaded.problem);
      if (this.#take(verifier, remote, loaded)) return;
    }
    const keys = await download();
    // What was slow may have been overtaken.
    const isLatest = keys.fetchedAt === remote.state.fetchedAt;
    if (store && isLatest) this.#behind(this.#bounded(() => store.put(remote.issuer, keys)), call);
  }

  async #download(verifier: Verifier, remote: Remote, ended?: AbortSignal): Promise<StoredKeys> {
    const { fetch, timing, clock, loopback } = this.#settings;
    const { issuer, state } = remote;
    const startedAt = clock();
    const signal = limitedTo(timing.timeout, ended);
    try {
      if (remote.discovery && (state.failures > 0 || startedAt - remote.discoveredAt > timing.hardAge)) {
        remote.jwksUri = await discover(fetch, issuer, signal, (url) => parseSafeUrl(url, loopback) !== undefined);
        remote.discoveredAt = startedAt;
      }
      const { text, maxAge } = await fetchJson(fetch, remote.jwksUri, signal);
      const keys: StoredKeys = { jwks: text, fetchedAt: startedAt, ...(maxAge === undefined ? {} : { maxAge }) };
      this.#accept(verifier, remote, keys);
      return keys;
    } catch (error) {
      // That the caller went away says nothing about the issuer.
      if (!ended?.aborted) decide.noteFailure(state, startedAt, clock(), messageOf(error));
      throw error;
    }
  }

  /** Takes keys that others fetched, if they can be used and are newer; whatever else it was given is no keys. */
  #take(verifier: Verifier, remote: Remote, keys: StoredKeys | undefined): boolean {
    try {
      const { jwks, fetchedAt, maxAge } = keys!;
      if (typeof jwks !== 'string' || !decide.isPlausible(fetchedAt, this.#settings.clock())) return false;
      return this.#accept(verifier, remote, { jwks, fetchedAt, ...(maxAge! >= 0 ? { maxAge: Number(maxAge) } : {}) });
    } catch {
      return false;
    }
  }

  /** All have the keys at once. Throws `ERR_JWKS_INVALID`, and says whether they were newer than those at hand. */
  #accept(verifier: Verifier, remote: Remote, { jwks, fetchedAt, maxAge }: StoredKeys): boolean {
    if (!decide.isNewer(remote.state, fetchedAt, this.#settings.clock())) return false;
    // The Verifier leaves out what seems older; after the clock was turned back, new keys do.
    remote.latest = Math.max(remote.latest, fetchedAt);
    verifier.setKeys(remote.issuer, jwks, { fetchedAt: remote.latest });
    decide.noteKeys(remote.state, fetchedAt, maxAge);
    return true;
  }

  /** What the store says in good time, if it does. */
  async #bounded<T>(ask: () => Promise<T>): Promise<T | undefined> {
    try {
      return await within(limitedTo(this.#settings.timing.timeout), ask());
    } catch {
      return undefined;
    }
  }

  #behind(promise: Promise<unknown>, call: RemoteCall): void {
    const quiet = promise.catch(ignore);
    try {
      if (call.waitUntil) call.waitUntil(quiet);
      else this.#settings.waitUntil?.(quiet);
    } catch {
      // It goes on for as long as the platform lets it.
    }
  }

  #unavailable({ issuer, jwksUri, state }: Remote, now: number, cause: unknown): JwtError {
    const seconds = decide.retryAfter(state, this.#settings.timing, now);
    const problem = cause instanceof Error ? cause : new Error(cause === undefined ? state.problem : String(cause));
    return keysUnavailable(issuer, jwksUri, seconds, problem);
  }
}

function remoteOf({ issuer, jwksUri, discovery = false }: RemoteIssuerConfig, spread: number): Remote {
  const uri = jwksUri ?? `${issuer}/.well-known/jwks.json`;
  return { issuer, discovery, jwksUri: uri, discoveredAt: -Infinity, latest: -Infinity, state: decide.newState(spread) };
}

function attemptTo(verifier: Verifier, token: string, now: number): Attempt {
  try {
    return { token: verifier.verify(token, { now }) };
  } catch (error) {
    if (error instanceof JwtError) return { error };
    throw error;
  }
}

function outcomeOf(attempt: Attempt): decide.Outcome {
  if ('token' in attempt) return 'verified';
  switch (attempt.error.code) {
    case 'ERR_JWKS_KEYS_NEEDED':
      return 'keys_needed';
    case 'ERR_JWKS_NO_MATCHING_KEY':
    case 'ERR_JWS_SIGNATURE_VERIFICATION_FAILED':
      return 'keys_doubted';
    default:
      return 'refused';
  }
}

/** Aborts after some seconds, or with the other signal. */
function limitedTo(seconds: number, other?: AbortSignal): AbortSignal {
  const timeout = AbortSignal.timeout(seconds * 1000);
  if (!other) return timeout;
  const controller = new AbortController();
  for (const signal of [other, timeout]) {
    if (signal.aborted) controller.abort(signal.reason);
    signal.addEventListener('abort', () => controller.abort(signal.reason), { once: true });
  }
  return controller.signal;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
