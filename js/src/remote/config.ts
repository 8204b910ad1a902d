// The configuration of a remote verifier: what is its own is checked here, the rest is the Verifier's.

import { optionsInvalid } from '../errors.js';
import type { KeyStore } from '../stores/store.js';
import type { IssuerConfig, VerifierConfig } from '../types.js';
import type { Timing } from './decide.js';
import type { Fetch } from './fetch.js';
import type { RemoteConfig, RemoteIssuerConfig, RemoteTiming } from './types.js';

/** By name: the default, the least and the most, in seconds. */
const TIMES: Record<keyof Timing, [number, number, number]> = {
  softAge: [300, 1, 86_400],
  hardAge: [3600, 1, 7 * 86_400],
  staleIfError: [86_400, 1, 30 * 86_400],
  refetchInterval: [10, 1, 3600],
  timeout: [3, 0.1, 30],
  backoff: [1, 0.1, 3600],
  maxBackoff: [60, 0.1, 3600],
};

export interface RemoteSettings {
  /** For the Verifier. */
  verifier: VerifierConfig;
  issuers: readonly RemoteIssuerConfig[];
  timing: Timing;
  fetch: Fetch;
  store: KeyStore | undefined;
  waitUntil: ((promise: Promise<unknown>) => void) | undefined;
  clock: () => number;
  random: () => number;
  loopback: boolean;
}

/** @throws JwtError `ERR_OPTIONS_INVALID`, naming the field. */
export function readRemoteConfig(config: RemoteConfig): RemoteSettings {
  if (typeof config !== 'object' || config === null) throw optionsInvalid('the configuration must be an object');
  const { fetch, store, waitUntil, timing, clock, random, ...rest } = config;
  for (const [name, value] of Object.entries({ fetch, waitUntil, clock, random, 'store.get': store?.get, 'store.put': store?.put })) {
    const isOptional = !name.startsWith('store') || store === undefined;
    if (typeof value !== 'function' && !(isOptional && value === undefined)) throw optionsInvalid(`"${name}" must be a function`);
  }
  const times = readTimes(timing ?? {});
  if ('maxKeyAge' in rest) throw optionsInvalid('"maxKeyAge" is "timing.staleIfError" here');
  const several = 'issuers' in rest;
  const list: readonly RemoteIssuerConfig[] = several ? rest.issuers : [rest];
  // Whatever else is wrong with it, the Verifier says.
  const issuers = Array.isArray(list) ? list.map((each, index) => withoutDiscovery(each, several ? `issuers[${index}].` : '')) : [];
  return {
    verifier: { ...(several ? { ...rest, issuers } : issuers[0]), maxKeyAge: times.staleIfError } as VerifierConfig,
    issuers: list,
    timing: times,
    fetch: fetch ?? ((url, init) => globalThis.fetch(url, init)),
    store,
    waitUntil,
    clock: clock ?? (() => Date.now() / 1000),
    random: random ?? Math.random,
    loopback: rest.allowLoopbackHttp === true,
  };
}

function withoutDiscovery(config: RemoteIssuerConfig, path: string): IssuerConfig {
  if (typeof config !== 'object' || config === null) return config;
  const { discovery, ...rest } = config;
  if (discovery && rest.jwksUri !== undefined) throw optionsInvalid(`"${path}jwksUri" and "discovery" exclude each other`);
  if (discovery !== undefined && typeof discovery !== 'boolean') throw optionsInvalid(`"${path}discovery" must be true or false`);
  return rest;
}

function readTimes(given: RemoteTiming): Timing {
  const times = {} as Timing;
  for (const name of Object.keys(given)) {
    if (!Object.hasOwn(TIMES, name)) throw optionsInvalid(`"timing.${name}" is unknown`);
  }
  for (const [name, [standard, least, most]] of Object.entries(TIMES) as [keyof Timing, [number, number, number]][]) {
    const time = given[name] ?? standard;
    if (!(typeof time === 'number' && time >= least && time <= most)) {
      throw optionsInvalid(`"timing.${name}" must be a number of seconds from ${least} to ${most}`);
    }
    times[name] = time;
  }
  inOrder(times, ['softAge', 'hardAge', 'staleIfError']);
  inOrder(times, ['backoff', 'maxBackoff']);
  return times;
}

function inOrder(times: Timing, names: (keyof Timing)[]): void {
  for (const [index, name] of names.slice(1).entries()) {
    const smaller = names[index]!;
    if (times[name] < times[smaller]) throw optionsInvalid(`"timing.${name}" must not be less than "timing.${smaller}"`);
  }
}
