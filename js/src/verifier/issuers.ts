// The issuers of a Verifier: reads and checks their configuration, and holds their keys.

import { keysNeeded, optionsInvalid } from '../core/errors.js';
import { KeySet, textOf } from '../core/key-set.js';
import { inRange, ownOptions, unreadable } from '../core/own-options.js';
import type { Schema } from '../core/standard-schema.js';
import type { IssuerConfig, JwkSet, VerifierConfig } from '../core/types.js';
import { copyOptions, readOptions } from '../core/verify-options.js';
import { free, type OptionsHandle } from '../core/wasm.js';
import { whenCollected } from '../core/when-collected.js';

/** The keys of an issuer. For new keys, a new object is created. */
export interface Keys {
  readonly set: KeySet;
  readonly text: string;
  /** When the keys were fetched, in seconds since the epoch; `undefined` for keys from the configuration. */
  fetchedAt: number | undefined;
  /**
   * Whether `fetchedAt` still has to be checked, because the keys were set while the clock was not running: see
   * {@link CLOCK_STARTS}.
   */
  isUnchecked: boolean;
}

/** An issuer as the Verifier uses it. */
export interface Issuer {
  readonly issuer: string;
  readonly jwksUri: string;
  readonly options: OptionsHandle;
  readonly schema: Schema | undefined;
  keys: Keys | undefined;
}

/** The checked configuration. */
export interface Settings {
  issuers: Map<string, Issuer>;
  maxCachedTokens: number;
  maxCachedTokenBytes: number;
  maxKeyAge: number;
}

const DAY = 86_400;
const YEAR = 366 * DAY;
const MIB = 2 ** 20;

export function readConfig(config: VerifierConfig): Settings {
  const {
    maxCachedTokens = 256,
    maxCachedTokenBytes = 4 * MIB,
    maxKeyAge = DAY,
    allowLoopbackHttp,
    ...rest
  } = ownOptions(config ?? null!);
  if (allowLoopbackHttp !== undefined && typeof allowLoopbackHttp !== 'boolean')
    throw optionsInvalid('"allowLoopbackHttp" must be a boolean');
  const hasList = Object.hasOwn(rest, 'issuers');
  const list: unknown = hasList ? (rest as { issuers: unknown }).issuers : [rest];
  if (!Array.isArray(list) || list.length === 0) throw optionsInvalid('"issuers" must be a non-empty array');
  for (const name of hasList ? Object.keys(rest) : []) {
    if (name !== 'issuers') throw optionsInvalid(`"${name}" is unknown here; it may belong in "issuers"`);
  }
  const issuers = new Map<string, Issuer>();
  for (const [index, each] of list.entries()) {
    const issuer = readIssuer(each, hasList ? `issuers[${index}].` : '', allowLoopbackHttp === true);
    if (issuers.has(issuer.issuer)) throw optionsInvalid(`"issuers" has ${issuer.issuer} twice`);
    issuers.set(issuer.issuer, issuer);
  }
  return {
    issuers,
    maxCachedTokens: inRange(maxCachedTokens, 'maxCachedTokens', 0, 1e6),
    maxCachedTokenBytes: inRange(maxCachedTokenBytes, 'maxCachedTokenBytes', 0, 1024 * MIB),
    maxKeyAge: inRange(maxKeyAge, 'maxKeyAge', 1, YEAR),
  };
}

function readIssuer(config: IssuerConfig, path: string, loopback: boolean): Issuer {
  const own = ownOptions(config ?? null!, undefined, path);
  const { jwks, jwksUri, ...expectations } = own;
  const { issuer } = own;
  const url = safeUrl(issuer, `${path}issuer`, loopback);
  if (url.origin !== issuer) {
    throw optionsInvalid(`"${path}issuer" must be an origin, without a path or trailing slash: ${url.origin}`);
  }
  const keysUrl = hrefOf(jwksUri);
  if (keysUrl !== undefined) safeUrl(keysUrl, `${path}jwksUri`, loopback);
  if ('now' in own) throw optionsInvalid(`"${path}now" is unknown here; pass it to verify()`);
  const keys = jwks === undefined ? undefined : keysOf(jwks);
  const { copy, schema } = copyOptions(expectations);
  const options = readOptions(copy);
  const read = { issuer, jwksUri: keysUrl ?? `${issuer}/.well-known/jwks.json`, options, schema, keys };
  whenCollected(read, () => free(options));
  return read;
}

function safeUrl(text: unknown, name: string, loopback: boolean): URL {
  const url = parseSafeUrl(text, loopback);
  if (url) return url;
  const isLoopback = parseSafeUrl(text, true) !== undefined;
  throw optionsInvalid(
    `"${name}" must be an https URL${isLoopback ? '; for http on this machine, set allowLoopbackHttp' : ', without credentials or placeholders'}`,
  );
}

/** Returns the string of a `URL` object, and any other value unchanged. */
export function hrefOf<T>(url: T): Exclude<T, URL> | string {
  try {
    return url instanceof URL ? url.href : (url as Exclude<T, URL>);
  } catch (error) {
    throw unreadable(error);
  }
}

/** Returns the URL if keys can be fetched from it safely: without credentials, by https (or http on this machine, if allowed). */
export function parseSafeUrl(text: unknown, loopback: boolean): URL | undefined {
  const url = typeof text === 'string' && URL.canParse(text) ? new URL(text) : undefined;
  const local = loopback && url?.protocol === 'http:' && /^(localhost|127\.0\.0\.1|\[::1\])$/.test(url.hostname);
  return url && (url.protocol === 'https:' || local) && !url.username && !url.password ? url : undefined;
}

/** Tolerated difference between clocks, in seconds. */
const CLOCK_SKEW = 60;

/** 2020-01-01. An earlier time means that the clock is not running: at module scope in a Worker, the time is 0. */
export const CLOCK_STARTS = 1_577_836_800;

/**
 * Whether `fetchedAt` is plausible: finite, and at most {@link CLOCK_SKEW} ahead of the clock. While the clock is not
 * running, any finite time is plausible.
 */
export function isFetchTime(fetchedAt: unknown, now: number): fetchedAt is number {
  return Number.isFinite(fetchedAt) && (now < CLOCK_STARTS || (fetchedAt as number) <= now + CLOCK_SKEW);
}

/** Parses a JWK Set. @throws JwtError `ERR_JWKS_INVALID`. */
export function keysOf(jwks: string | JwkSet, fetchedAt?: number, now = Infinity): Keys {
  const text = textOf(jwks);
  return { set: new KeySet(text), text, fetchedAt, isUnchecked: now < CLOCK_STARTS };
}

/** Returns why an issuer's keys cannot be used, or `undefined` if they can. */
export function problemOf(issuer: Issuer, maxKeyAge: number, now: number): 'missing' | 'too_old' | undefined {
  if (issuer.keys?.isUnchecked) checkFetchTime(issuer, Math.max(now, Date.now() / 1000));
  const { keys } = issuer;
  if (!keys) return 'missing';
  return keys.fetchedAt !== undefined && now - keys.fetchedAt > maxKeyAge ? 'too_old' : undefined;
}

/** Checks the `fetchedAt` of keys that were set while the clock was not running. Drops the keys if that time is in the future. */
function checkFetchTime(issuer: Issuer, now: number): void {
  const keys = issuer.keys!;
  keys.isUnchecked = now < CLOCK_STARTS;
  if (!isFetchTime(keys.fetchedAt, now)) issuer.keys = undefined;
}

/** Returns the keys of an issuer. @throws JwtError `ERR_JWKS_KEYS_NEEDED` if they are missing or too old. */
export function currentKeys(issuer: Issuer, maxKeyAge: number, now: number): Keys {
  const problem = problemOf(issuer, maxKeyAge, now);
  if (problem) throw keysNeeded(issuer.issuer, issuer.jwksUri, problem);
  return issuer.keys!;
}
