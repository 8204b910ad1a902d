// `sts-jwt/remote`: a Verifier that fetches and caches keys, and handles their rotation.

import { init } from 'sts-jwt';
import { createVerifier, isRunning, type JwtError, keysUnavailable, ownCall, ownData } from '../core/shared.js';
import type { Claims, Explanation, VerifiedToken } from '../core/types.js';
import type { At, KeySnapshot, Verifier } from '../verifier/verifier.js';
import { nextStep, type Progress, retryAfter } from './decide.js';
import { type RemoteKeys, remoteKeys } from './issuer-keys.js';
import { readConfig } from './remote-config.js';
import type { RemoteCall, RemoteConfig } from './remote-options.js';

export type { KeyStore, Loaded, StoredKeys } from '../stores/key-store.js';
export type { RemoteCall, RemoteConfig, RemoteIssuerConfig, RemoteOptions, RemoteTiming } from './remote-options.js';

/**
 * Verifies the tokens of configured issuers and fetches their keys. With cached keys, `verify()` does nothing asynchronous.
 *
 * Requests share no timers or promises. No timer or promise outlives its request (a fetch has a timer for its timeout).
 * Fetched keys are available to all requests at once. While no keys are cached, each concurrent request fetches them,
 * unless the store lets one request load the keys for all.
 */
export interface RemoteVerifier {
  /**
   * Verifies a token of one of the issuers. Fetches keys if needed.
   *
   * @param call The request's `waitUntil`: pass the `ctx` of a Worker.
   * @throws JwtError (as a rejection) for every reason to reject the token. If there are no keys and they cannot be
   *   fetched, the code is `ERR_JWKS_UNAVAILABLE` (503), with `kind`, `jwksUri`, `cause` and `retryAfter`. Otherwise a
   *   failed fetch does not change the verdict.
   */
  verify<C extends object = Claims>(token: string, call?: RemoteCall): Promise<VerifiedToken<C>>;
  /** Makes the decision of `verify()` with the cached keys, and returns every step. Synchronous: fetches nothing. */
  explain(token: string, at?: At): Explanation;
  /** Returns the cached keys, for {@link RemoteVerifier.restore}. */
  snapshot(): KeySnapshot;
  /**
   * Restores the keys and their age from a snapshot, which may be deployed with the program.
   *
   * @throws JwtError like `Verifier.restore()`.
   */
  restore(snapshot: KeySnapshot): void;
}

/**
 * Creates a {@link RemoteVerifier}. In browsers, its first use loads the WebAssembly module, unless `init()` was
 * awaited before. This file imports `sts-jwt` by name, so pages without a bundler need an import map. Module workers do
 * not support import maps and need a bundler. With `sts-jwt/inline`, import `sts-jwt/inline/remote` instead.
 *
 * @throws JwtError `ERR_OPTIONS_INVALID`, with the name of the option in the message, for every mistake in the
 *   configuration. In a browser before `init()`, only the options for fetching are checked now; the others are checked
 *   at the first use.
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

  async function verify<C extends object = Claims>(token: string, given?: RemoteCall): Promise<VerifiedToken<C>> {
    const call: RemoteCall = ownCall(given);
    if (!isRunning()) await init();
    const done: Progress = { claimed: false, asked: !store, fetched: false };
    let failure: JwtError | undefined;
    for (;;) {
      const now = clock();
      const verdict = started().safeVerify<C>(token, { now });
      const error = verdict.ok ? undefined : verdict.error;
      // ownData(), because an error without `issuer` would read that of a polluted prototype.
      const issuer = verdict.ok ? (verdict.token.claims as Claims).iss : ownData(error!).issuer;
      const keys = keysOf.get(issuer!);
      if (!keys) throw error;
      const { state } = keys;
      keys.noticeClock(now);
      const step = nextStep(error?.code, state, timing, done, now);
      if (step === 'answer_and_renew') keys.renew(call);
      if (step.startsWith('answer')) {
        if (verdict.ok) return verdict.token;
        throw error;
      }
      if (step === 'unavailable') {
        throw keysUnavailable(failure ?? state.problem, keys.issuer, retryAfter(state, timing, now));
      }
      state.claimedAt = now;
      done.claimed = done.asked = true;
      done.fetched = step === 'fetch';
      const work = done.fetched ? keys.fetch(call) : keys.askStore();
      // If the client aborts the request, the work goes on. Otherwise aborted requests could use up all fetches.
      keys.keepAlive(work, call);
      failure = (await work.catch((error: JwtError) => error)) as JwtError | undefined;
    }
  }

  // If the module is loaded, report mistakes in the configuration now.
  if (isRunning()) started();
  return {
    verify,
    explain: (token, at = { now: clock() }) => started().explain(token, at),
    snapshot: () => started().snapshot(),
    restore(snapshot) {
      started().restore(snapshot, { now: clock() });
      // Only the keys that the Verifier accepted.
      for (const { issuer, fetchedAt } of started().snapshot().issuers) keysOf.get(issuer)!.note(fetchedAt);
    },
  };
}
