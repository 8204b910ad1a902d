// The configuration types of `sts-jwt/remote`.

import type { IssuerConfig, OneOrSeveral, VerifierOptions } from '../core/types.js';
import type { KeyStore } from '../stores/key-store.js';

/** One issuer. Its keys are fetched. */
export interface RemoteIssuerConfig extends IssuerConfig {
  /**
   * Reads the URL of the keys from `<issuer>/.well-known/openid-configuration`, which must have the same `issuer` and
   * an https `jwks_uri`. Cannot be combined with `jwksUri`. Each isolate reads the document before it asks a store for
   * keys. Default: `false`.
   */
  discovery?: boolean;
}

/** Times in seconds, fractions allowed. `softAge` ≤ `hardAge` ≤ `staleIfError`. */
export interface RemoteTiming {
  /**
   * From this age on, keys are renewed after a response. The age varies by ± 10 % per issuer. `Cache-Control: max-age`
   * can only shorten it; `no-store` and `no-cache` shorten it to `refetchInterval`. Default: 300.
   */
  softAge?: number;
  /** From this age on, keys are renewed before the response. If that fails, the old keys are used. Default: 3600. */
  hardAge?: number;
  /** Beyond this age, keys are no longer used. Default: 86 400, a day. */
  staleIfError?: number;
  /** The minimum time between renewals caused by tokens with an unknown key or a wrong signature. Default: 10. */
  refetchInterval?: number;
  /** Timeout of each fetch and of each call of the store. Default: 3. */
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

/** Options for all issuers. */
export interface RemoteOptions extends Omit<VerifierOptions, 'maxKeyAge'> {
  /**
   * Fetches keys. Called with `redirect: 'manual'`, the headers `accept` and `accept-encoding`, and a signal.
   * Default: the platform's `fetch`.
   */
  fetch?: (url: string, init: RequestInit) => Promise<Response>;
  /**
   * Keeps keys beyond this isolate: see `sts-jwt/stores`. Verifiers with different URLs can share a store; they do not
   * see each other's keys. Any code that can write to the store is trusted as much as the configuration. Default: none.
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
}

/** One issuer or several. */
export type RemoteConfig = RemoteOptions & OneOrSeveral<RemoteIssuerConfig>;
