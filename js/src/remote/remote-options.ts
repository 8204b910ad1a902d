// What `sts-jwt/remote` takes.

import type { IssuerConfig, VerifierOptions } from '../core/types.js';
import type { KeyStore } from '../stores/key-store.js';

/** One issuer, whose keys are fetched. */
export interface RemoteIssuerConfig extends IssuerConfig {
  /**
   * Reads where the keys are in `<issuer>/.well-known/openid-configuration`, of which it needs `issuer`, the very same, and
   * `jwks_uri`, https. Not together with `jwksUri`, which is for endpoints that no document names. Default: `false`.
   */
  discovery?: boolean;
}

/** Times in seconds, fractions allowed. `softAge` ≤ `hardAge` ≤ `staleIfError`. */
export interface RemoteTiming {
  /**
   * From this age on, keys are renewed behind a response. ± 10 %, drawn once for each issuer; `Cache-Control: max-age` may only
   * shorten it. Default: 300.
   */
  softAge?: number;
  /** From this age on, keys are renewed before the response; the old ones serve where that fails. Default: 3600. */
  hardAge?: number;
  /** Beyond this age, keys serve no more. Default: 86 400, a day. */
  staleIfError?: number;
  /** The shortest time between two renewals for tokens whose key is unknown or whose signature is wrong. Default: 10. */
  refetchInterval?: number;
  /** How long one attempt to fetch, and one call of the store, may take. Default: 3. */
  timeout?: number;
  /** How long nothing is fetched after a failure; doubles with each further one. Default: 1. */
  backoff?: number;
  /** The most that it doubles to. Default: 60. */
  maxBackoff?: number;
}

/** What a request brings, such as the `ctx` of a Worker's handler. */
export interface RemoteCall {
  /** Keeps the Worker alive for what goes on behind the response. Default: the one of the configuration. */
  waitUntil?(promise: Promise<unknown>): void;
}

/** What holds for all issuers. */
export interface RemoteOptions extends Omit<VerifierOptions, 'maxKeyAge'> {
  /** Fetches keys; gets `redirect: 'manual'`, `accept` and a signal. Default: the platform's. */
  fetch?: (url: string, init: RequestInit) => Promise<Response>;
  /** Keeps keys beyond this isolate: see `sts-jwt/stores`. It is trusted like the configuration. Default: none. */
  store?: KeyStore;
  /**
   * Keeps the Worker alive for renewals behind a response: the `waitUntil` of `cloudflare:workers` or `@vercel/functions`. Without
   * it a renewal may be cut off, which the next request makes up for. Default: none.
   */
  waitUntil?: (promise: Promise<unknown>) => void;
  /** When keys are renewed. Default: see each. */
  timing?: RemoteTiming;
  /** The present time in seconds since the epoch. Default: the host's clock. */
  clock?: () => number;
  /** A number from 0 to 1, for the spread of `softAge`. Default: `Math.random`. */
  random?: () => number;
}

/** One issuer or several. */
export type RemoteConfig = RemoteOptions & (RemoteIssuerConfig | { issuers: readonly RemoteIssuerConfig[] });
