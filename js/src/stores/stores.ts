// `sts-jwt/stores`: stores that keep keys beyond one isolate, and the replay guard.

export type { CacheLike, CacheStoreOptions } from './cache-store.js';
export { cacheStore } from './cache-store.js';
export type { DurableObjectStoreOptions, ObjectNamespace } from './durable-object-store.js';
export { durableObjectStore } from './durable-object-store.js';
export type { KeyStore, Loaded, StoredKeys } from './key-store.js';
export type { KvLike, KvStoreOptions } from './kv-store.js';
export { kvStore } from './kv-store.js';
export { memoryStore } from './memory-store.js';
export type { ReplayGuard, ReplayGuardOptions } from './replay-guard.js';
export { replayGuard } from './replay-guard.js';
