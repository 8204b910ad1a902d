// Checks the configuration of a remote verifier, except the part that the Verifier checks.

import { callOption, hasMethods, inRange, optionsInvalid, ownOptions, secondsOf } from '../core/shared.js';
import type { IssuerConfig, VerifierConfig } from '../core/types.js';
import type { KeyStore } from '../stores/key-store.js';
import type { Timing } from './decide.js';
import type { JwksFunction } from './jwks-function.js';
import type {
  FindIssuer,
  RemoteCall,
  RemoteConfig,
  RemoteEvent,
  RemoteIssuerConfig,
  RemoteOptions,
  RemoteTiming,
} from './remote-options.js';

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
  /** Calls `onEvent`, if there is one. */
  emit: ((event: RemoteEvent, call: RemoteCall | undefined) => void) | undefined;
  /** The configuration of the Verifier. With `findIssuer`, the only issuer in it is a placeholder. */
  verifier: VerifierConfig;
  allowLoopbackHttp: boolean;
  findIssuer: FindIssuer | undefined;
  maxCachedIssuers: number;
  /** The functions that were configured as `jwks`, by issuer. */
  jwksFunctions: Map<string, JwksFunction>;
  timing: Timing;
}

/** An issuer that exists only because a Verifier needs one. */
const PLACEHOLDER: IssuerConfig = { issuer: 'https://placeholder.invalid', audience: 'unused' };

/** @throws JwtError `ERR_OPTIONS_INVALID`. The message contains the name of the option. */
export function readConfig(config: RemoteConfig): Settings {
  const own = ownOptions(config);
  const {
    fetch = (url: string, init: RequestInit) => globalThis.fetch(url, init),
    clock = () => Date.now() / 1000,
    random = Math.random,
    waitUntil = () => {},
    onEvent,
    store,
    timing,
    maxCachedIssuers = 256,
    ...rest
  } = own;
  const functions = { fetch, clock, random, waitUntil };
  for (const [name, value] of Object.entries({ ...functions, onEvent: onEvent ?? fetch })) {
    if (typeof value !== 'function') throw optionsInvalid(`"${name}" must be a function`);
  }
  inRange(callOption(random, 'random'), 'random', 0, 1);
  if (store !== undefined && !hasMethods(store, 'get', 'put'))
    throw optionsInvalid('"store" must have "get" and "put"');
  if ('maxKeyAge' in own) throw optionsInvalid('use "timing.staleIfError", not "maxKeyAge"');
  const times = readTimes(timing);
  const jwksFunctions = new Map<string, JwksFunction>();
  const issuers = readIssuers(ownOptions(rest), jwksFunctions);
  return {
    ...functions,
    clock: () => secondsOf(callOption(clock, 'clock'), '"clock"'),
    store,
    emit: onEvent && ((event, call) => ignoringErrors(() => onEvent(event, call))),
    // The Verifier reports all other mistakes.
    verifier: ownOptions<VerifierConfig>({ ...issuers.verifier, maxKeyAge: times.staleIfError }),
    allowLoopbackHttp: (own as { allowLoopbackHttp?: unknown }).allowLoopbackHttp === true,
    findIssuer: issuers.findIssuer,
    maxCachedIssuers: inRange(maxCachedIssuers, 'maxCachedIssuers', 1, 1e6),
    jwksFunctions,
    timing: times,
  };
}

/**
 * Separates the options that the Verifier does not know. `rest` is the configuration without {@link RemoteOptions}, and has
 * no prototype.
 */
function readIssuers(
  rest: object,
  jwksFunctions: Map<string, JwksFunction>,
): { verifier: VerifierConfig; findIssuer: FindIssuer | undefined } {
  const read = (own: RemoteIssuerConfig): IssuerConfig => {
    const { config, jwksFunction } = readIssuer(own);
    if (jwksFunction) jwksFunctions.set(config.issuer, jwksFunction);
    return config;
  };
  const { issuers: list }: { issuers?: unknown } = rest;
  if (typeof list === 'function') {
    return { verifier: { ...rest, issuers: [PLACEHOLDER] } as VerifierConfig, findIssuer: list as FindIssuer };
  }
  if (!Array.isArray(list)) return { verifier: read(rest as RemoteIssuerConfig), findIssuer: undefined };
  const issuers = list.map((each: RemoteIssuerConfig, index) =>
    read(ownOptions(each ?? null!, undefined, `issuers[${index}].`)),
  );
  return { verifier: { ...rest, issuers }, findIssuer: undefined };
}

/** Separates a `jwks` function from the configuration of an issuer, because the Verifier does not accept a function. */
export function readIssuer(own: RemoteIssuerConfig): {
  config: IssuerConfig;
  jwksFunction: JwksFunction | undefined;
} {
  const { jwks, ...config } = own;
  if (own.discovery === true && own.jwksUri !== undefined) {
    throw optionsInvalid('"discovery" must be false, or true without "jwksUri"');
  }
  return typeof jwks === 'function'
    ? { config, jwksFunction: jwks }
    : { config: own as IssuerConfig, jwksFunction: undefined };
}

/** Calls an observer. Its errors must not change the verdict, and a rejected promise must not end a Node process. */
function ignoringErrors(observe: () => unknown): void {
  try {
    const result = observe();
    if (hasMethods(result, 'then')) Promise.resolve(result).catch(() => {});
  } catch {
    // Ignored, as documented.
  }
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
