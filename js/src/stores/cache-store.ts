// Keeps keys in the Cache API of Workers, Deno and browsers. In Workers, all isolates of a data centre share the cache.

import { hasMethods, inRange, optionsInvalid, ownOptions } from '../core/shared.js';
import { guardedStore, jsonOfKeys } from './guarded-store.js';
import type { KeyStore, StoredKeys } from './key-store.js';

/** The part of the Cache API that is used. */
export interface CacheLike {
  /** Returns the stored response. */
  match(request: string): Promise<Response | undefined>;
  /** Stores a response. */
  put(request: string, response: Response): Promise<void>;
}

/** See {@link cacheStore}. */
export interface CacheStoreOptions {
  /** The cache. Default: `caches.default` in Workers, elsewhere the cache named `sts-jwt`. */
  cache?: CacheLike;
  /**
   * The prefix of the URLs under which keys are stored. Nothing is ever fetched from these URLs. In Workers, the host
   * must be yours, because the cache of Workers stores responses only under your own hosts. Keys are stored below
   * `<prefix>.sts-jwt/keys/`. Serve nothing under this path, because a Worker's cache also contains the responses of
   * your host. Default: `https://sts-jwt.invalid/`.
   */
  prefix?: string;
  /** How long the cache may keep the keys, in seconds. Default: 86 400, a day. */
  maxAge?: number;
}

/** The content type of stored keys. */
const TYPE = 'application/vnd.sts-jwt.keys+json';

/** Creates a store in the Cache API. If the runtime has no Cache API, nothing is stored. */
export function cacheStore(options?: CacheStoreOptions): KeyStore {
  const own = ownOptions(options, ['cache', 'prefix', 'maxAge']);
  const { cache, prefix = 'https://sts-jwt.invalid/', maxAge = 86_400 } = own;
  if (cache !== undefined && !hasMethods(cache, 'match', 'put')) {
    throw optionsInvalid('"cache" must have "match" and "put"');
  }
  if (typeof prefix !== 'string') throw optionsInvalid('"prefix" must be a string');
  inRange(maxAge, 'maxAge', 0, 1e9);
  const keyOf = (place: string): string => `${prefix}.sts-jwt/keys/${encodeURIComponent(place)}`;
  return guardedStore({
    async get(place) {
      const response = await (cache ?? (await defaultCache()))?.match(keyOf(place));
      // A Worker's cache also contains the responses of the host, but no such response has this type by accident.
      if (response?.headers.get('content-type') !== TYPE) return undefined;
      return (await response.json()) as StoredKeys;
    },
    async put(place, keys) {
      const headers = { 'content-type': TYPE, 'cache-control': `max-age=${maxAge}` };
      await (cache ?? (await defaultCache()))?.put(keyOf(place), new Response(jsonOfKeys(keys), { headers }));
    },
  });
}

async function defaultCache(): Promise<CacheLike | undefined> {
  const caches = globalThis.caches as (CacheStorage & { default?: CacheLike }) | undefined;
  return caches?.default ?? caches?.open('sts-jwt');
}
