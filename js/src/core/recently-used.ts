// A small cache of objects in the memory of the WebAssembly module. Evicted objects are freed.

import { free, type Owned } from './wasm.js';

/** Keeps the most recently used objects. */
export class RecentlyUsed<K, O extends Owned> {
  /** The first object is the least recently used one. */
  readonly #objects = new Map<K, O>();
  readonly #limit: number;
  /** The key of the most recently used object. Most calls repeat the last one, which then needs no reordering. */
  newest: K | undefined;

  constructor(limit: number) {
    this.#limit = limit;
  }

  keys(): Iterable<K> {
    return this.#objects.keys();
  }

  /**
   * Returns the object of a key. If there is none, creates it, and evicts the least recently used object if the cache is
   * full.
   */
  get(key: K, make: (key: K) => O): O {
    const known = this.#objects.get(key);
    if (known && key === this.newest) return known;
    const object = known ?? make(key);
    this.newest = key;
    this.#objects.delete(key);
    this.#objects.set(key, object);
    if (this.#objects.size > this.#limit) {
      const [oldest] = this.#objects.keys();
      free(this.#objects.get(oldest!)!);
      this.#objects.delete(oldest!);
    }
    return object;
  }
}
