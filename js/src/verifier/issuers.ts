// The issuers of a Verifier: their configuration, checked when it is given, and their keys.

import { keysNeeded, optionsInvalid } from '../core/errors.js';
import { KeySet, textOf } from '../core/key-set.js';
import type { IssuerConfig, JwkSet, VerifierConfig } from '../core/types.js';
import { copyOptions, readOptions } from '../core/verify-options.js';
import type { OptionsHandle } from '../core/wasm.js';

/** The keys of an issuer; a change of them is another object. */
export interface Keys {
  readonly set: KeySet;
  readonly text: string;
  /** In seconds since the epoch; absent for keys of the configuration. */
  fetchedAt?: number;
}

/** An issuer as the Verifier uses it. */
export interface Issuer {
  readonly issuer: string;
  readonly jwksUri: string;
  readonly options: OptionsHandle;
  keys: Keys | undefined;
}

/** The configuration, checked. */
export interface Settings {
  issuers: Map<string, Issuer>;
  maxCachedTokens: number;
  maxKeyAge: number;
}

const DAY = 86_400;
const YEAR = 366 * DAY;

export function readConfig(config: VerifierConfig): Settings {
  if (typeof config !== 'object' || config === null) throw optionsInvalid('the configuration must be an object');
  const { maxCachedTokens, maxKeyAge, allowLoopbackHttp, ...rest } = config;
  const hasList = 'issuers' in rest;
  const list: unknown = hasList ? rest.issuers : [rest];
  if (!Array.isArray(list) || list.length === 0) throw optionsInvalid('"issuers" must be an array of at least one');
  for (const name of hasList ? Object.keys(rest) : []) {
    if (name !== 'issuers') throw optionsInvalid(`"${name}" is unknown, or belongs into one of "issuers"`);
  }
  const issuers = new Map<string, Issuer>();
  for (const [index, each] of (list as IssuerConfig[]).entries()) {
    const issuer = readIssuer(each, hasList ? `issuers[${index}].` : '', allowLoopbackHttp === true);
    if (issuers.has(issuer.issuer)) throw optionsInvalid(`"issuers" holds ${issuer.issuer} twice`);
    issuers.set(issuer.issuer, issuer);
  }
  return {
    issuers,
    maxCachedTokens: inRange(maxCachedTokens ?? 256, 'maxCachedTokens', 0, 1e6),
    maxKeyAge: inRange(maxKeyAge ?? DAY, 'maxKeyAge', 1, YEAR),
  };
}

function readIssuer(config: IssuerConfig, path: string, loopback: boolean): Issuer {
  if (typeof config !== 'object' || config === null) throw optionsInvalid(`"${path || 'issuers'}" must hold objects`);
  const { jwks, jwksUri, ...expectations } = config;
  const { issuer, audience, clockTolerance, maxTokenAge } = expectations;
  const url = safeUrl(issuer, `${path}issuer`, loopback);
  if (url.origin !== issuer) {
    throw optionsInvalid(`"${path}issuer" must be an origin, without a path or a slash at its end: ${url.origin}`);
  }
  if (jwksUri !== undefined) safeUrl(jwksUri, `${path}jwksUri`, loopback);
  const audiences = [audience ?? []].flat();
  if (audience !== null && (audiences.length === 0 || audiences.includes(''))) {
    throw optionsInvalid(`"${path}audience" must be given and not be empty; only a written null skips the check`);
  }
  if ('now' in expectations) throw optionsInvalid(`"${path}now" is an argument of verify()`);
  inRange(clockTolerance ?? 0, `${path}clockTolerance`, 0, DAY);
  inRange(maxTokenAge ?? 0, `${path}maxTokenAge`, 0, YEAR);
  return {
    issuer,
    jwksUri: jwksUri ?? `${issuer}/.well-known/jwks.json`,
    options: readOptions(copyOptions(expectations).copy),
    keys: jwks === undefined ? undefined : keysOf(jwks),
  };
}

function safeUrl(text: unknown, name: string, loopback: boolean): URL {
  const url = parseSafeUrl(text, loopback);
  if (!url) throw optionsInvalid(`"${name}" must be an https URL`);
  return url;
}

/** An absolute URL by which nobody on the way can change what is fetched. */
export function parseSafeUrl(text: unknown, loopback: boolean): URL | undefined {
  const url = typeof text === 'string' && URL.canParse(text) ? new URL(text) : undefined;
  const local = loopback && url?.protocol === 'http:' && /^(localhost|127\.0\.0\.1|\[::1\])$/.test(url.hostname);
  return url && (url.protocol === 'https:' || local) && !url.username && !url.password ? url : undefined;
}

export function inRange(value: unknown, name: string, least: number, most: number): number {
  if (typeof value === 'number' && value >= least && value <= most) return value;
  throw optionsInvalid(`"${name}" must be a number from ${least} to ${most}`);
}

/** Parses a JWK Set; throws `ERR_JWKS_INVALID`. */
export function keysOf(jwks: string | JwkSet, fetchedAt?: number): Keys {
  const text = textOf(jwks);
  const keys: Keys = { set: new KeySet(text), text };
  if (fetchedAt !== undefined) keys.fetchedAt = fetchedAt;
  return keys;
}

/** Why an issuer's keys cannot be used, if that is so. */
export function problemOf({ keys }: Issuer, maxKeyAge: number, now: number): 'missing' | 'too_old' | undefined {
  if (!keys) return 'missing';
  return keys.fetchedAt !== undefined && now - keys.fetchedAt > maxKeyAge ? 'too_old' : undefined;
}

/** The keys of an issuer, which must be there and not be too old. */
export function currentKeys(issuer: Issuer, maxKeyAge: number, now: number): Keys {
  const problem = problemOf(issuer, maxKeyAge, now);
  if (problem) throw keysNeeded(issuer.issuer, issuer.jwksUri, problem);
  return issuer.keys!;
}
