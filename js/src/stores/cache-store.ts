// Keys in the Cache API: of Workers, shared by all isolates of a data centre; of Deno and browsers.

import type { KeyStore, StoredKeys } from './key-store.js';

/** As much of the Cache API as is used. */
export interface CacheLike {
  /** Gives what is kept. */
  match(request: string): Promise<Response | undefined>;
  /** Keeps a response. */
  put(request: string, response: Response): Promise<void>;
}

/** See {@link cacheStore}. */
export interface CacheStoreOptions {
  /** Default: `caches.default` of Workers, elsewhere the cache of the name `sts-jwt`. */
  cache?: CacheLike;
  /**
   * The start of the URLs under which keys are kept; nothing is ever fetched from them. Workers only keep what is under one of
   * your own hosts. Default: `https://sts-jwt.invalid/`.
   */
  prefix?: string;
  /** How long the cache may keep them, in seconds. Default: 86 400, a day. */
  maxAge?: number;
}

/** Keeps keys in the Cache API. Where there is none, nothing is kept. */
export function cacheStore({
  cache,
  prefix = 'https://sts-jwt.invalid/',
  maxAge = 86_400,
}: CacheStoreOptions = {}): KeyStore {
  const keyOf = (issuer: string): string => prefix + encodeURIComponent(issuer);
  return {
    async get(issuer) {
      const response = await (cache ?? (await defaultCache()))?.match(keyOf(issuer));
      return response && ((await response.json()) as StoredKeys);
    },
    async put(issuer, keys) {
      const headers = { 'cache-control': `max-age=${maxAge}` };
      await (cache ?? (await defaultCache()))?.put(keyOf(issuer), new Response(JSON.stringify(keys), { headers }));
    },
  };
}

async function defaultCache(): Promise<CacheLike | undefined> {
  const caches = globalThis.caches as (CacheStorage & { default?: CacheLike }) | undefined;
  return caches?.default ?? caches?.open('sts-jwt');
}
