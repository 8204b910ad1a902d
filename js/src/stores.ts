// `sts-jwt/stores`: stores that keep keys beyond one isolate, and the replay guard.

export type { ReplayGuard, ReplayGuardOptions } from './replay.js';
export { replayGuard } from './replay.js';
export type { CacheLike, CacheStoreOptions } from './stores/cache.js';
export { cacheStore } from './stores/cache.js';
export type { DurableObjectStoreOptions, ObjectNamespace } from './stores/durable-object.js';
export { durableObjectStore } from './stores/durable-object.js';
export type { KvLike, KvStoreOptions } from './stores/kv.js';
export { kvStore } from './stores/kv.js';
export { memoryStore } from './stores/memory.js';
export type { KeyStore, Loaded, StoredKeys } from './stores/store.js';
