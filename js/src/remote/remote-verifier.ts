// `sts-jwt/remote`: a Verifier that fetches and caches keys, and handles their rotation.

import { init } from 'sts-jwt';
import {
  addIssuer,
  createVerifier,
  decodeIssuer,
  free,
  type Issuer,
  isRunning,
  issuerLookupFailed,
  type JwtError,
  keysUnavailable,
  ownCall,
  ownData,
  refusalOf,
  Verifier,
} from '../core/shared.js';
import type { ClaimsOf, StandardSchemaV1 } from '../core/standard-schema.js';
import type { Claims, Explanation, VerifiedToken } from '../core/types.js';
import type { At, KeySnapshot, Verdict } from '../verifier/verifier.js';
import { ageOf, isBackingOff, nextStep, type Progress, retryAfter } from './decide.js';
import { type Call, keepAlive, type RemoteKeys, remoteKeys, startTimer } from './issuer-keys.js';
import { IssuerLookup, type IssuerTable } from './issuer-lookup.js';
import { readConfig, type Settings } from './remote-config.js';
import type { RemoteCall, RemoteConfig, RemoteIssuerConfig, RemoteOptions } from './remote-options.js';

export type { KeyStore, Loaded, StoredKeys } from '../stores/key-store.js';
export type {
  FindIssuer,
  RemoteCall,
  RemoteConfig,
  RemoteEvent,
  RemoteIssuerConfig,
  RemoteOptions,
  RemoteTiming,
} from './remote-options.js';

/**
 * Verifies the tokens of configured issuers and fetches their keys. With cached keys, `verify()` does nothing asynchronous.
 *
 * Requests share no timers or promises. No timer or promise outlives its request (a fetch has a timer for its timeout).
 * Fetched keys are available to all requests at once. While no keys are cached, each concurrent request fetches them,
 * unless the store lets one request load the keys for all.
 */
export interface RemoteVerifier<Default extends object = Claims> {
  /**
   * Verifies a token of one of the issuers. Fetches keys if needed.
   *
   * @param call The request's `waitUntil`: pass the `ctx` of a Worker.
   * @throws JwtError (as a rejection) for every reason to reject the token. If there are no keys and they cannot be
   *   fetched, the code is `ERR_JWKS_UNAVAILABLE` (503), with `kind`, `jwksUri`, `cause` and `retryAfter`. Otherwise a
   *   failed fetch does not change the verdict.
   */
  verify<C extends object = Default>(token: string, call?: RemoteCall): Promise<VerifiedToken<C>>;
  /** Verifies a token like `verify()`, but resolves to the error instead of rejecting. */
  safeVerify<C extends object = Default>(token: string, call?: RemoteCall): Promise<Verdict<C>>;
  /**
   * Fetches the keys of all configured issuers that have no fresh keys, eight issuers at a time. With an `issuers`
   * function, only the issuers found so far are included. Call this method when a server starts; Workers cannot fetch
   * before their first request.
   *
   * @throws JwtError (as a rejection) like `verify()` if keys are missing and cannot be fetched, after all issuers were
   *   tried.
   */
  ready(call?: RemoteCall): Promise<void>;
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
export function createRemoteVerifier<S extends StandardSchemaV1<unknown, object>>(
  config: RemoteOptions & RemoteIssuerConfig & { schema: S; issuers?: never },
): RemoteVerifier<ClaimsOf<S>>;
export function createRemoteVerifier(config: RemoteConfig): RemoteVerifier;
export function createRemoteVerifier(config: RemoteConfig): RemoteVerifier {
  const settings = readConfig(config);
  const { clock, emit } = settings;
  let running: Running | undefined;
  const started = (): Running => (running ??= start(settings));

  async function verify<C extends object = Claims>(token: string, given?: RemoteCall): Promise<VerifiedToken<C>> {
    const call: Call = ownCall(given);
    if (emit) call.given = given;
    if (!isRunning()) await init();
    return judge<C>(token, call, started(), settings);
  }

  async function observedVerify<C extends object>(token: string, given?: RemoteCall): Promise<VerifiedToken<C>> {
    const end = startTimer();
    try {
      const verified = await verify<C>(token, given);
      emit!({ type: 'verdict', issuer: verified.issuer!, duration: end() }, given);
      return verified;
    } catch (error) {
      const { issuer, code } = ownData(error as JwtError);
      emit!({ type: 'verdict', ...(issuer && { issuer }), code, duration: end() }, given);
      throw error;
    }
  }

  const verifyToken = emit ? observedVerify : verify;
  // If the module is loaded, report mistakes in the configuration now.
  if (isRunning()) started();
  return {
    verify: verifyToken,
    async safeVerify<C extends object = Claims>(token: string, given?: RemoteCall): Promise<Verdict<C>> {
      try {
        return { ok: true, token: await verifyToken<C>(token, given) };
      } catch (error) {
        return { ok: false, error: refusalOf(error) };
      }
    },
    async ready(given) {
      const call: Call = ownCall(given);
      if (emit) call.given = given;
      if (!isRunning()) await init();
      await fetchAll(call, started(), settings);
    },
    explain: (token, at = { now: clock() }) => started().verifier.explain(token, at),
    snapshot: () => started().verifier.snapshot(),
    restore(snapshot) {
      const { verifier, keysOf } = started();
      verifier.restore(snapshot, { now: clock() });
      // Only the keys that the Verifier accepted.
      for (const { issuer, fetchedAt } of verifier.snapshot().issuers) keysOf(issuer)!.note(fetchedAt);
    },
  };
}

/** The parts of a remote verifier that need the module. */
interface Running {
  readonly verifier: Verifier;
  readonly issuers: ReadonlyMap<string, Issuer>;
  /** Returns the keys of the issuer that has this `iss`. */
  keysOf(iss: string): RemoteKeys | undefined;
  readonly lookup: IssuerLookup | undefined;
}

function start(settings: Settings): Running {
  const verifier = createVerifier(settings.verifier);
  const { issuers } = Verifier.internalsOf(verifier).settings;
  // The keys of an issuer are prepared at its first use, because there may be thousands of issuers.
  const prepared = new WeakMap<Issuer, RemoteKeys>();
  const keysOf = (iss: string): RemoteKeys | undefined => {
    const issuer = issuers.get(iss);
    if (!issuer) return undefined;
    let keys = prepared.get(issuer);
    if (!keys) prepared.set(issuer, (keys = remoteKeys(issuer, settings, verifier)));
    return keys;
  };
  const { findIssuer } = settings;
  if (!findIssuer) return { verifier, issuers, keysOf, lookup: undefined };
  issuers.clear();
  const table = issuerTable(verifier, settings);
  return { verifier, issuers, keysOf, lookup: new IssuerLookup(findIssuer, settings, table) };
}

function issuerTable(verifier: Verifier, { jwksFunctions }: Settings): IssuerTable {
  const { settings, tokens } = Verifier.internalsOf(verifier);
  const { issuers } = settings;
  const release = ({ options, keys }: Issuer): void => {
    free(options);
    keys?.set.free();
  };
  const remove = (iss: string): void => {
    const issuer = issuers.get(iss);
    if (!issuer) return;
    issuers.delete(iss);
    jwksFunctions.delete(iss);
    tokens.clear(issuer);
    release(issuer);
  };
  return {
    remove,
    put(config, jwksFunction) {
      const iss = config.issuer;
      const old = issuers.get(iss);
      const issuer = addIssuer({ ...settings, issuers: new Map() }, config, '');
      // If the source of the keys has not changed, the keys are kept.
      const isSameSource =
        old?.source === issuer.source &&
        old.jwksUri === issuer.jwksUri &&
        old.jwks === issuer.jwks &&
        jwksFunctions.has(iss) === (jwksFunction !== undefined);
      if (isSameSource && old.options.text === issuer.options.text && old.schema === issuer.schema) release(issuer);
      else {
        if (isSameSource && old.keys) {
          issuer.keys?.set.free();
          issuer.keys = old.keys;
          old.keys = undefined;
        }
        remove(iss);
        issuers.set(iss, issuer);
      }
      if (jwksFunction) jwksFunctions.set(iss, jwksFunction);
    },
  };
}

/** Does what `Verifier.safeVerify()` does, without reading the time from options. */
function verdictAt(verifier: Verifier, token: string, now: number): Verdict {
  try {
    return { ok: true, token: Verifier.verifyAt(verifier, token, now) };
  } catch (error) {
    return { ok: false, error: refusalOf(error) };
  }
}

/** Verifies a token, and fetches keys as `nextStep()` decides. */
async function judge<C extends object>(
  token: string,
  call: Call,
  { verifier, keysOf, lookup }: Running,
  { clock, emit, store, timing, waitUntil }: Settings,
): Promise<VerifiedToken<C>> {
  const done: Progress = { claimed: false, asked: !store, fetched: false };
  let isFound = !lookup;
  /** Whether the function `issuers` knows the issuer. */
  let isKnown = false;
  let failure: JwtError | undefined;
  for (;;) {
    const now = clock();
    const verdict = verdictAt(verifier, token, now);
    const error = verdict.ok ? undefined : verdict.error;
    // Uses ownData(), because an error without `issuer` would inherit an `issuer` from a polluted prototype.
    const iss = verdict.ok ? verdict.token.issuer : ownData(error!).issuer;
    if (!isFound) {
      isFound = true;
      const asked = error?.code === 'ERR_JWT_ISSUER_UNKNOWN' ? decodeIssuer(token) : iss;
      if (asked !== undefined && lookup!.isDue(asked, now)) {
        const work = lookup!.find(asked, now);
        keepAlive(work, call, waitUntil);
        isKnown = await work;
        continue;
      }
      isKnown = asked !== undefined;
    }
    const keys = keysOf(iss!);
    // If the issuer is known, other issuers displaced it while its keys were being fetched.
    if (!keys)
      throw isKnown && error!.code === 'ERR_JWT_ISSUER_UNKNOWN'
        ? issuerLookupFailed('found too many issuers', timing.backoff)
        : error;
    const { state } = keys;
    keys.noticeClock(now);
    const step = nextStep(error?.code, state, timing, done, now);
    if (step === 'answer_and_renew') keys.renew(call);
    if (step.startsWith('answer')) {
      if (emit && Number.isFinite(state.fetchedAt) && ageOf(state, timing, now) === 'hard') {
        emit({ type: 'stale', issuer: keys.issuer, age: now - state.fetchedAt }, call.given);
      }
      if (!verdict.ok) throw error;
      lookup?.noteVerified(keys.issuer);
      return verdict.token as unknown as VerifiedToken<C>;
    }
    if (step === 'unavailable') {
      throw keysUnavailable(failure ?? state.problem, keys.issuer, retryAfter(state, timing, now));
    }
    state.claimedAt = now;
    done.claimed = done.asked = true;
    done.fetched = step === 'fetch';
    const isKeyMissing = error !== undefined && error.code !== 'ERR_JWKS_KEYS_NEEDED';
    const work = done.fetched ? keys.fetch(call, isKeyMissing) : keys.askStore(call);
    // If the client aborts the request, the work goes on. Otherwise, aborted requests could use up all fetches.
    keepAlive(work, call, waitUntil);
    failure = (await work.catch((error: JwtError) => error)) as JwtError | undefined;
  }
}

/** For how many issuers `ready()` fetches keys at a time. */
const PARALLEL = 8;

/** Fetches the keys of all issuers that have no fresh keys. @throws JwtError the first failure. */
async function fetchAll(call: Call, { issuers, keysOf }: Running, settings: Settings): Promise<void> {
  // All loops below share this iterator.
  const waiting = [...new Set(issuers.values())].values();
  let failure: unknown;
  const work = async (): Promise<void> => {
    for (const issuer of waiting) {
      const keys = keysOf(issuer.issuer);
      // A function `issuers` may have dropped the issuer meanwhile.
      if (keys) await fetchKeys(issuer, keys, call, settings).catch((error: unknown) => (failure ??= error));
    }
  };
  await Promise.all(Array.from({ length: PARALLEL }, work));
  if (failure) throw failure;
}

async function fetchKeys(issuer: Issuer, keys: RemoteKeys, call: Call, { clock, timing }: Settings): Promise<void> {
  const { state } = keys;
  const isFresh = (): boolean => ageOf(state, timing, clock()) === 'fresh';
  keys.noticeClock(clock());
  if (isFresh()) return;
  await keys.askStore(call);
  if (isFresh()) return;
  const now = clock();
  const failure = isBackingOff(state, timing, now)
    ? state.problem
    : await keys.fetch(call).catch((error: JwtError) => error);
  if (failure && !issuer.keys) throw keysUnavailable(failure, keys.issuer, retryAfter(state, timing, clock()));
}
