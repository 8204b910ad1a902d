// Keys in the memory of this process.

import type { KeyStore, Loaded, StoredKeys } from './key-store.js';
import { Turns } from './turns.js';

/**
 * Keeps keys in memory, and lets one request fetch while others wait: for Node, Deno, Bun and browsers. Several remote verifiers may
 * share one. Not for Workers, where no request may wait for another one's fetch.
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
