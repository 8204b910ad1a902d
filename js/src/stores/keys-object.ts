// The Durable Object that stores keys.

import { DurableObject } from 'cloudflare:workers';
import { guarded } from './guarded-store.js';
import type { KeyStore, Loaded, StoredKeys } from './key-store.js';
import { Turns } from './turns.js';

/**
 * The class of the object that `durableObjectStore()` uses. Bind the class in the Worker's configuration, and export it
 * from the Worker's script. The object itself fetches nothing: it asks one isolate at a time to fetch.
 */
export class KeysObject extends DurableObject implements KeyStore {
  readonly #turns = new Map<string, Turns>();

  get(place: string): Promise<StoredKeys | undefined> {
    return guarded(place, () => this.ctx.storage.get<StoredKeys>(place));
  }

  /** Stores keys, unless the keys in the storage are newer. */
  async put(place: string, keys: StoredKeys): Promise<void> {
    const kept = await this.get(place);
    return guarded(place, async () => {
      if (!kept || !(keys.fetchedAt < kept.fetchedAt) || kept.fetchedAt > Date.now() / 1000 + 60)
        await this.ctx.storage.put(place, keys);
    });
  }

  load(place: string, since: number, load: () => Promise<Loaded>): Promise<Loaded> {
    return guarded(place, () => {
      let turns = this.#turns.get(place);
      if (!turns) this.#turns.set(place, (turns = new Turns()));
      return turns.take(
        since,
        () => this.get(place),
        (keys) => this.put(place, keys),
        load,
      );
    });
  }
}
