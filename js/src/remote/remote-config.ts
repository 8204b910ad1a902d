// Checks the configuration of a remote verifier, except the part that the Verifier checks.

import { callOption, hasMethods, inRange, optionsInvalid, ownOptions, secondsOf } from '../core/shared.js';
import type { IssuerConfig, VerifierConfig } from '../core/types.js';
import type { KeyStore } from '../stores/key-store.js';
import type { Timing } from './decide.js';
import { documentUrl } from './discovery.js';
import type { RemoteConfig, RemoteIssuerConfig, RemoteOptions, RemoteTiming } from './remote-options.js';

/** The default and the maximum of each time, in seconds. */
const TIMES: Record<keyof Timing, [number, number]> = {
  softAge: [300, 86_400],
  hardAge: [3600, 604_800],
  staleIfError: [86_400, 2_592_000],
  refetchInterval: [10, 3600],
  timeout: [3, 30],
  backoff: [1, 60],
  maxBackoff: [60, 3600],
};

/** The minimum of each time, in seconds. */
const LEAST = 0.01;

export interface Settings extends Required<Pick<RemoteOptions, 'fetch' | 'waitUntil' | 'clock' | 'random'>> {
  store: KeyStore | undefined;
  /** The configuration of the Verifier. */
  verifier: VerifierConfig;
  issuers: readonly RemoteIssuerConfig[];
  timing: Timing;
}

/** @throws JwtError `ERR_OPTIONS_INVALID`. The message contains the name of the option. */
export function readConfig(config: RemoteConfig): Settings {
  const own = ownOptions(config);
  const {
    fetch = (url: string, init: RequestInit) => globalThis.fetch(url, init),
    clock = () => Date.now() / 1000,
    random = Math.random,
    waitUntil = () => {},
    store,
    timing,
    ...rest
  } = own;
  const functions = { fetch, clock, random, waitUntil };
  for (const [name, value] of Object.entries(functions)) {
    if (typeof value !== 'function') throw optionsInvalid(`"${name}" must be a function`);
  }
  if (store !== undefined && !hasMethods(store, 'get', 'put'))
    throw optionsInvalid('"store" must have "get" and "put"');
  if ('maxKeyAge' in own) throw optionsInvalid('use "timing.staleIfError", not "maxKeyAge"');
  const times = readTimes(timing);
  // The Verifier reports all other mistakes in the issuers.
  const list = (own as { issuers?: unknown }).issuers;
  const hasList = Array.isArray(list);
  const issuers = (hasList ? (list as RemoteIssuerConfig[]) : [rest as RemoteIssuerConfig]).map((each, index) =>
    ownOptions(each ?? null!, undefined, hasList ? `issuers[${index}].` : ''),
  );
  const verifier = (
    hasList ? { ...rest, issuers: issuers.map(withoutDiscovery) } : withoutDiscovery(issuers[0]!)
  ) as VerifierConfig;
  return {
    ...functions,
    clock: () => secondsOf(callOption(clock, 'clock'), '"clock"'),
    store,
    issuers,
    timing: times,
    verifier: ownOptions<VerifierConfig>({ ...verifier, maxKeyAge: times.staleIfError }),
  };
}

function withoutDiscovery(config: RemoteIssuerConfig): IssuerConfig {
  const { discovery = false, jwksUri } = config;
  if (typeof discovery !== 'boolean' || (discovery && jwksUri !== undefined)) {
    throw optionsInvalid('"discovery" must be false, or true without "jwksUri"');
  }
  // Here, `jwksUri` is the URL of the discovery document, so a snapshot is restored only by a verifier that reads the same
  // document.
  const { discovery: _, ...rest } = config;
  return discovery ? { ...rest, jwksUri: documentUrl(rest.issuer) } : rest;
}

function readTimes(timing: RemoteTiming | undefined): Timing {
  const given: RemoteTiming = ownOptions(timing, Object.keys(TIMES) as (keyof Timing)[], 'timing.');
  const times = Object.create(null) as Timing;
  for (const [name, [standard, most]] of Object.entries(TIMES) as [keyof Timing, [number, number]][]) {
    const { [name]: time = standard } = given;
    times[name] = inRange(time, `timing.${name}`, LEAST, most);
  }
  if (times.softAge > times.hardAge || times.hardAge > times.staleIfError || times.backoff > times.maxBackoff) {
    throw optionsInvalid('"timing" needs softAge <= hardAge <= staleIfError, backoff <= maxBackoff');
  }
  return times;
}
