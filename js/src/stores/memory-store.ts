// Keeps keys in the memory of this process.

import type { KeyStore, Loaded, StoredKeys } from './key-store.js';
import { Turns } from './turns.js';

/**
 * Creates a store in memory that lets one request fetch while others wait: for Node, Deno, Bun and browsers. Remote
 * verifiers can share it. Not for Workers, where a request must not wait for the fetch of another.
 */
export function memoryStore(): KeyStore {
  const kept = new Map<string, StoredKeys>();
  const turns = new Map<string, Turns>();
  const get = async (issuer: string): Promise<StoredKeys | undefined> => kept.get(issuer);
  const put = async (issuer: string, keys: StoredKeys): Promise<void> => void kept.set(issuer, keys);
  return {
    get,
    put,
    load(issuer: string, since: number, load: () => Promise<Loaded>): Promise<Loaded> {
      let queue = turns.get(issuer);
      if (!queue) turns.set(issuer, (queue = new Turns()));
      return queue.take(
        since,
        () => get(issuer),
        (keys) => put(issuer, keys),
        load,
      );
    },
  };
}
