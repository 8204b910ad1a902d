// Keeps keys in Workers KV. All data centres share the namespace, with a delay of up to a minute.

import { hasMethods, inRange, optionsInvalid, ownOptions } from '../core/shared.js';
import { guardedStore, jsonOfKeys } from './guarded-store.js';
import type { KeyStore, StoredKeys } from './key-store.js';

/** The part of a KV namespace that is used. */
export interface KvLike {
  /** Returns the stored value, parsed. */
  get(key: string, type: 'json'): Promise<unknown>;
  /** Stores a string. */
  put(key: string, value: string, options?: { expirationTtl?: number }): Promise<void>;
}

/** See {@link kvStore}. */
export interface KvStoreOptions {
  /** The prefix of the KV keys. Default: `sts-jwt:`. */
  prefix?: string;
  /** How long KV keeps the entries, in seconds, at least 60. Default: 86 400, a day. */
  expirationTtl?: number;
}

/** Creates a store in a KV namespace. */
export function kvStore(namespace: KvLike, options?: KvStoreOptions): KeyStore {
  const { prefix = 'sts-jwt:', expirationTtl = 86_400 } = ownOptions(options, ['prefix', 'expirationTtl']);
  if (!hasMethods(namespace, 'get', 'put')) throw optionsInvalid('the KV namespace must have "get" and "put"');
  if (typeof prefix !== 'string') throw optionsInvalid('"prefix" must be a string');
  inRange(expirationTtl, 'expirationTtl', 60, 1e9);
  return guardedStore({
    get: async (place) => ((await namespace.get(prefix + place, 'json')) ?? undefined) as StoredKeys | undefined,
    put: (place, keys) => namespace.put(prefix + place, jsonOfKeys(keys), { expirationTtl }),
  });
}
