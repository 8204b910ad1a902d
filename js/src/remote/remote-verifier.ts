// `sts-jwt/remote`: a Verifier that fetches the keys it needs, caches them and follows their rotation.

import { init } from 'sts-jwt';
import { createVerifier, isRunning, keysUnavailable } from '../core/shared.js';
import type { Claims, Explanation, VerifiedToken } from '../core/types.js';
import type { At, KeySnapshot, Verifier } from '../verifier/verifier.js';
import { nextStep, type Progress, retryAfter } from './decide.js';
import { type RemoteKeys, remoteKeys } from './issuer-keys.js';
import { readConfig } from './remote-config.js';
import type { RemoteCall, RemoteConfig } from './remote-options.js';

export type { KeyStore, Loaded, StoredKeys } from '../stores/key-store.js';
export type { RemoteCall, RemoteConfig, RemoteIssuerConfig, RemoteOptions, RemoteTiming } from './remote-options.js';

/**
 * Verifies the tokens of configured issuers with keys that it fetches. With keys at hand `verify()` does nothing asynchronous.
 *
 * No timer and no promise outlives a request or is shared between requests; what one request fetched, all have at once. So several
 * requests that find no keys at all fetch each for itself, unless the store can let one do it for all.
 */
export interface RemoteVerifier {
  /**
   * Verifies a token of one of the issuers; fetches keys where that is needed and allowed.
   *
   * @param call The request's `waitUntil`; a Worker's `ctx` will do.
   * @throws JwtError (as a rejection) for every reason to refuse the token. `ERR_JWKS_UNAVAILABLE` (503), with `cause` and
   *   `retryAfter`, when there are no keys and none can be had; a failed fetch never changes what is said of a token otherwise.
   */
  verify<C extends object = Claims>(token: string, call?: RemoteCall): Promise<VerifiedToken<C>>;
  /** The decision of `verify()` with the keys at hand, as an ordered trace. Synchronous: fetches nothing. */
  explain(token: string, at?: At): Explanation;
  /** The keys at hand, for {@link RemoteVerifier.restore}. */
  snapshot(): KeySnapshot;
  /**
   * Takes the keys of a snapshot, such as one that is deployed with the program, with their age.
   *
   * @throws JwtError as `Verifier.restore()`.
   */
  restore(snapshot: KeySnapshot): void;
}

/**
 * Makes a {@link RemoteVerifier}. In browsers it loads the WebAssembly module at the first use, if nobody awaited `init()` before.
 * This file imports `sts-jwt` by name: pages without a bundler need an import map for it, and in module workers, which have none,
 * a bundler is needed.
 *
 * @throws JwtError `ERR_OPTIONS_INVALID`, naming the field, for every mistake in the configuration. Before `init()` in a browser
 *   what is not about fetching is checked at the first use.
 */
export function createRemoteVerifier(config: RemoteConfig): RemoteVerifier {
  const settings = readConfig(config);
  const { issuers, timing, clock, store } = settings;
  const keysOf = new Map<string, RemoteKeys>();
  let verifier: Verifier | undefined;

  function started(): Verifier {
    if (verifier) return verifier;
    verifier = createVerifier(settings.verifier);
    for (const each of issuers) keysOf.set(each.issuer, remoteKeys(each, settings, verifier));
    return verifier;
  }

  async function verify<C extends object = Claims>(token: string, call: RemoteCall = {}): Promise<VerifiedToken<C>> {
    if (!isRunning()) await init();
    const done: Progress = { claimed: false, asked: !store, fetched: false };
    let cause: unknown;
    for (;;) {
      const now = clock();
      const verdict = started().safeVerify<C>(token, { now });
      const error = verdict.ok ? undefined : verdict.error;
      const keys = keysOf.get(verdict.ok ? (verdict.token.claims as Claims).iss! : (verdict.error.issuer ?? ''));
      if (!keys) throw error;
      const { state } = keys;
      const step = nextStep(error?.code, state, timing, done, now);
      if (step === 'answer' || step === 'answer_and_renew') {
        if (step === 'answer_and_renew') keys.renew(call);
        if (!verdict.ok) throw error;
        return verdict.token;
      }
      if (step === 'unavailable') {
        throw keysUnavailable(
          keys.issuer,
          keys.jwksUri(),
          retryAfter(state, timing, now),
          cause ?? new Error(state.problem),
        );
      }
      state.claimedAt = now;
      done.claimed = true;
      if (step === 'ask_store') {
        done.asked = true;
        await keys.askStore();
      } else {
        done.fetched = true;
        cause = await keys.fetch(call).catch((error: unknown) => error);
      }
    }
  }

  // Where the module is there, mistakes are found now.
  if (isRunning()) started();
  return {
    verify,
    explain: (token, at = { now: clock() }) => started().explain(token, at),
    snapshot: () => started().snapshot(),
    restore(snapshot) {
      started().restore(snapshot, { now: clock() });
      for (const { issuer, fetchedAt } of snapshot.issuers) keysOf.get(issuer)?.note(fetchedAt);
    },
  };
}
