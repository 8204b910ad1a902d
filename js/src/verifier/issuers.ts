// The issuers of a Verifier: reads and checks their configuration, and holds their keys.

import { keysNeeded, optionsInvalid } from '../core/errors.js';
import { KeySet, textOf } from '../core/key-set.js';
import { inRange, ownOptions, unreadable } from '../core/own-options.js';
import type { Schema } from '../core/standard-schema.js';
import type { IssuerConfig, JwkSet, VerifierConfig } from '../core/types.js';
import { readOptions } from '../core/verify-options.js';
import { free, type OptionsHandle, parse } from '../core/wasm.js';
import { AWS_SUFFIXES } from '../generated/facts.js';

/** The keys of an issuer. When the keys change, a new object replaces this one. */
export interface Keys {
  readonly set: KeySet;
  readonly text: string;
  /** When the keys were fetched, in seconds since the epoch; `undefined` for keys from the configuration. */
  fetchedAt: number | undefined;
}

/** An issuer as the Verifier uses it. */
export interface Issuer {
  readonly issuer: string;
  /** The URL of the keys. If it is `undefined`, the discovery document names the URL. */
  readonly jwksUri: string | undefined;
  /** The URL that identifies the source of the keys in snapshots: `jwksUri`, or the URL of the discovery document. */
  readonly source: string;
  readonly options: OptionsHandle;
  readonly schema: Schema | undefined;
  /** The text of the keys in the configuration. */
  readonly jwks: string | undefined;
  keys: Keys | undefined;
}

/** The checked configuration. */
export interface Settings {
  /** The issuers, by every `iss` that their tokens may have. */
  readonly issuers: Map<string, Issuer>;
  readonly allowLoopbackHttp: boolean;
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
  const settings: Settings = {
    issuers: new Map(),
    allowLoopbackHttp: isTrue(allowLoopbackHttp, 'allowLoopbackHttp'),
    maxCachedTokens: inRange(maxCachedTokens, 'maxCachedTokens', 0, 1e6),
    maxCachedTokenBytes: inRange(maxCachedTokenBytes, 'maxCachedTokenBytes', 0, 1024 * MIB),
    maxKeyAge: inRange(maxKeyAge, 'maxKeyAge', 1, YEAR),
  };
  if (!Object.hasOwn(rest, 'issuers')) {
    addIssuer(settings, rest as IssuerConfig, '');
    return settings;
  }
  const { issuers, ...others } = rest as { issuers: unknown };
  if (!Array.isArray(issuers) || issuers.length === 0) throw optionsInvalid('"issuers" must be a non-empty array');
  ownOptions(others, []);
  for (const [index, each] of issuers.entries()) addIssuer(settings, each, `issuers[${index}].`);
  return settings;
}

/** Reads the configuration of an issuer, and adds the issuer. */
export function addIssuer({ issuers, allowLoopbackHttp }: Settings, config: IssuerConfig, path: string): Issuer {
  const own = ownOptions(config ?? null!, undefined, path);
  const { jwks, jwksUri, discovery, aliases = [], ...expectations } = own;
  const { issuer } = own;
  const exact = exactIssuer(safeUrl(issuer, `${path}issuer`, allowLoopbackHttp), issuer);
  const keysUrl = hrefOf(jwksUri);
  if (keysUrl !== undefined) safeUrl(keysUrl, `${path}jwksUri`, allowLoopbackHttp);
  if ('now' in own) throw optionsInvalid(`"${path}now" is unknown here; pass it to verify()`);
  const keys = jwks === undefined ? undefined : keysOf(jwks);
  // Not concat(), which would run a getter of a proxy.
  const names = [issuer, aliases].flat();
  const { read, schema } = readOptions({ ...expectations, issuer: names });
  const options = parse('options', read.json);
  // Options are parsed here only to check them. They are parsed again at their first use, so unused issuers take little memory.
  free(options);
  // Checked only after the placeholders, because the message about a placeholder helps more.
  if (issuer !== exact) throw optionsInvalid(`"${path}issuer" must be exact, without query or fragment: ${exact}`);
  const url =
    keysUrl ??
    (isTrue(discovery ?? !isAwsIssuer(issuer), `${path}discovery`) ? undefined : wellKnown(issuer, 'jwks.json'));
  const added = {
    issuer,
    jwksUri: url,
    source: url ?? wellKnown(issuer, 'openid-configuration'),
    options,
    schema,
    jwks: keys?.text,
    keys,
  };
  for (const name of names) {
    if (issuers.has(name)) throw optionsInvalid(`"issuers" has ${name} twice`);
    issuers.set(name, added);
  }
  return added;
}

/** Returns the issuer in the only accepted form: as the class `URL` writes it, except that an origin needs no slash. */
export function exactIssuer({ href, origin, pathname }: URL, issuer: string): string {
  return pathname === '/' && issuer !== href ? origin : origin + pathname;
}

/** Whether this is an issuer of AWS STS: `https://`, one label and a known suffix. */
export function isAwsIssuer(issuer: string): boolean {
  return Object.values<string>(AWS_SUFFIXES).includes(issuer.replace(/^https:\/\/[^./]+\./, ''));
}

/** Returns the URL of a document of the issuer (RFC 8615). A trailing slash of the issuer is dropped. */
export function wellKnown(issuer: string, name: string): string {
  return `${issuer.replace(/\/$/, '')}/.well-known/${name}`;
}

/** Returns a boolean option; `undefined` counts as false. */
function isTrue(value: boolean | undefined = false, name: string): boolean {
  if (typeof value !== 'boolean') throw optionsInvalid(`"${name}" must be a boolean`);
  return value;
}

function safeUrl(text: unknown, name: string, loopback: boolean): URL {
  const url = parseSafeUrl(text, loopback);
  if (!url) {
    throw optionsInvalid(
      `"${name}" must be an https URL, without credentials or placeholders; "allowLoopbackHttp" allows http on this machine`,
    );
  }
  return url;
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
export function keysOf(jwks: string | JwkSet, fetchedAt?: number): Keys {
  const text = textOf(jwks);
  return { set: new KeySet(text), text, fetchedAt };
}

/** Returns the keys of an issuer. @throws JwtError `ERR_JWKS_KEYS_NEEDED` if they are missing or too old. */
export function currentKeys(issuer: Issuer, maxKeyAge: number, now: number): Keys {
  const { keys } = issuer;
  const fetchedAt = keys?.fetchedAt;
  // Before the clock has started, keys can be set with any `fetchedAt`. If that time turns out to be in the future, the
  // age of the keys is unknown, so the keys are not used. If a caller passes a `now` in the past, `fetchedAt` may be
  // later than `now`, but not later than the clock.
  if (
    !keys ||
    (fetchedAt !== undefined && !isFetchTime(fetchedAt, now) && !isFetchTime(fetchedAt, Date.now() / 1000))
  ) {
    throw keysNeeded(issuer, 'missing');
  }
  if (fetchedAt !== undefined && now - fetchedAt > maxKeyAge) throw keysNeeded(issuer, 'too_old');
  return keys;
}
