// Keeps keys in the memory of this process.

import { guardedStore } from './guarded-store.js';
import type { KeyStore, Loaded, StoredKeys } from './key-store.js';
import { Turns } from './turns.js';

/**
 * Creates a store in memory that lets one request fetch while others wait. Several remote verifiers can share the
 * store. For Node, Deno, Bun and browsers; not for Workers, where a request must not wait for the fetch of another.
 */
export function memoryStore(): KeyStore {
  const kept = new Map<string, StoredKeys>();
  const turns = new Map<string, Turns>();
  const get = async (place: string): Promise<StoredKeys | undefined> => kept.get(place);
  const put = async (place: string, keys: StoredKeys): Promise<void> => void kept.set(place, keys);
  return guardedStore({
    get,
    put,
    load(place: string, since: number, load: () => Promise<Loaded>): Promise<Loaded> {
      let queue = turns.get(place);
      if (!queue) turns.set(place, (queue = new Turns()));
      return queue.take(
        since,
        () => get(place),
        (keys) => put(place, keys),
        load,
      );
    },
  });
}
