// The configuration types of `sts-jwt/remote`.

import type { FetchFailureKind, JwtErrorCode } from '../core/errors.js';
import type { IssuerConfig, JwkSet, OneOrSeveral, VerifierOptions } from '../core/types.js';
import type { KeyStore } from '../stores/key-store.js';

/** One issuer. Its keys are fetched: see `jwksUri` and `discovery`. */
export interface RemoteIssuerConfig extends Omit<IssuerConfig, 'jwks'> {
  /**
   * The issuer's keys, if already known: they are used until keys have been fetched, and as long as fetches fail.
   * Alternatively, for a Worker that is its own issuer: a function that returns the keys, called instead of fetching
   * them. Such keys have no URL, so they are not kept in a store.
   */
  jwks?: string | JwkSet | (() => string | JwkSet | Promise<string | JwkSet>) | undefined;
}

/** Times in seconds, fractions allowed. `softAge` ≤ `hardAge` ≤ `staleIfError`. */
export interface RemoteTiming {
  /**
   * From this age on, keys are renewed after a response. The age varies by ± 10 % per issuer. `Cache-Control: max-age`
   * can only shorten the age; `no-store` and `no-cache` shorten it to `refetchInterval`. An `issuers` function is also
   * asked again after this time. Default: 300.
   */
  softAge?: number;
  /**
   * From this age on, keys are renewed before the response. If that fails, the old keys are used. If an `issuers` function
   * fails, its last answer is used up to this age. Default: 3600.
   */
  hardAge?: number;
  /** Beyond this age, keys are no longer used. Default: 86 400, a day. */
  staleIfError?: number;
  /** The minimum time between renewals caused by tokens with an unknown key or a wrong signature. Default: 10. */
  refetchInterval?: number;
  /** Timeout of each fetch, of each call of the store, and of each call of a `jwks` or `issuers` function. Default: 3. */
  timeout?: number;
  /**
   * The pause after a failed fetch. Doubles with each further failure. The `Retry-After` of a response with status 429
   * or 503 can only lengthen the pause, up to `maxBackoff`. Default: 1.
   */
  backoff?: number;
  /** The maximum pause. Default: 60. */
  maxBackoff?: number;
}

/** The context of a request. In a Worker, this is the `ctx` of the handler. */
export interface RemoteCall {
  /** Keeps the Worker alive for work after the response. Default: `waitUntil` of the configuration. */
  waitUntil?(promise: Promise<unknown>): void;
}

/**
 * What a remote verifier did, for logs and metrics. Never contains a part of a token. Durations are in seconds; in a
 * Worker, they include only the time spent waiting.
 */
export type RemoteEvent =
  /** Keys or a discovery document were fetched, or a `jwks` function was called (then there is no `url`). */
  | { type: 'fetch'; issuer: string; url?: string; kind?: FetchFailureKind; duration: number }
  /** The store was read. `hit` says whether it had newer keys. */
  | { type: 'store'; issuer: string; hit: boolean; duration: number }
  /** A token was judged with keys that are older than `hardAge`. `age` is in seconds. */
  | { type: 'stale'; issuer: string; age: number }
  /** The keys are about to be renewed after the response. */
  | { type: 'renewal'; issuer: string }
  /** A call of `verify()` or `safeVerify()` ended. Without `code`, the token was accepted. */
  | { type: 'verdict'; issuer?: string; code?: JwtErrorCode; duration: number };

/** Options for all issuers. */
export interface RemoteOptions extends Omit<VerifierOptions, 'maxKeyAge'> {
  /**
   * Fetches keys. It is called with `redirect: 'manual'`, the headers `accept` and `accept-encoding`, and a signal. For
   * an issuer behind a service binding: `(url, init) => env.AUTH.fetch(url, init)`. Default: the platform's `fetch`.
   */
  fetch?: (url: string, init: RequestInit) => Promise<Response>;
  /**
   * Keeps keys beyond this isolate: see `sts-jwt/stores`. Verifiers with different URLs can share a store without
   * seeing each other's keys. Any code that can write to the store is trusted as much as the configuration. Default:
   * none.
   */
  store?: KeyStore;
  /**
   * Keeps the Worker alive for renewals after a response: the `waitUntil` of `cloudflare:workers` or
   * `@vercel/functions`. Without `waitUntil`, the platform may stop a renewal, and the next request starts another one.
   * Default: none.
   */
  waitUntil?: (promise: Promise<unknown>) => void;
  /** When keys are renewed. Defaults: see the members. */
  timing?: RemoteTiming;
  /** Returns the current time in seconds since the epoch. Default: the host's clock. */
  clock?: () => number;
  /** Returns a number from 0 to 1, which varies `softAge`. Default: `Math.random`. */
  random?: () => number;
  /**
   * Called for each event, synchronously; its errors are ignored. `call` is the second argument of `verify()`, so it
   * shows which request caused the event. `authenticate()` of `sts-jwt/handler` passes on its fourth argument;
   * `protect()` and the entries for frameworks pass on only `waitUntil`, in an object of their own, or nothing.
   * Default: none.
   */
  onEvent?: (event: RemoteEvent, call: RemoteCall | undefined) => void;
  /**
   * How many issuers found by an `issuers` function an isolate remembers, if it has verified a token of them. It also
   * remembers a quarter as many without a verified token, and 16 times as many unknown `iss` values. Default: 256.
   */
  maxCachedIssuers?: number;
}

/**
 * Finds the configuration of an issuer, for example in KV or a database, so that a new issuer needs no deployment. `iss` is
 * UNVERIFIED: it comes from the token. It has the form of {@link IssuerConfig.issuer} and at most 512 characters; tokens with
 * any other `iss` are rejected without a call. Return a configuration only for issuers that you trust.
 *
 * @returns The configuration, whose `issuer` must be `iss` and which must not have `aliases`; `undefined` or `null` if the
 *   issuer is not known. If the function returns anything else, throws, or does not answer within `timing.timeout`,
 *   `verify()` throws `ERR_JWKS_UNAVAILABLE` for tokens of this issuer, unless an earlier answer is younger than
 *   `timing.hardAge`.
 */
export type FindIssuer = (
  iss: string,
) => RemoteIssuerConfig | null | undefined | Promise<RemoteIssuerConfig | null | undefined>;

/** One issuer, several, or a function that finds them. */
export type RemoteConfig = RemoteOptions &
  (OneOrSeveral<RemoteIssuerConfig> | ({ issuers: FindIssuer } & { [Name in keyof RemoteIssuerConfig]?: never }));
