// Keys in Workers KV: for all data centres, a minute late.

import type { KeyStore, StoredKeys } from './key-store.js';

/** As much of a KV namespace as is used. */
export interface KvLike {
  /** Gives what is kept, parsed. */
  get(key: string, type: 'json'): Promise<unknown>;
  /** Keeps a text. */
  put(key: string, value: string, options?: { expirationTtl?: number }): Promise<void>;
}

/** See {@link kvStore}. */
export interface KvStoreOptions {
  /** The start of the keys. Default: `sts-jwt:`. */
  prefix?: string;
  /** How long KV keeps them, in seconds, at least 60. Default: 86 400, a day. */
  expirationTtl?: number;
}

/** Keeps keys in a KV namespace. */
export function kvStore(
  namespace: KvLike,
  { prefix = 'sts-jwt:', expirationTtl = 86_400 }: KvStoreOptions = {},
): KeyStore {
  return {
    get: async (issuer) => ((await namespace.get(prefix + issuer, 'json')) ?? undefined) as StoredKeys | undefined,
    put: (issuer, keys) => namespace.put(prefix + issuer, JSON.stringify(keys), { expirationTtl }),
  };
}
