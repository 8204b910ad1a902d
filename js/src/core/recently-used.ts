// A small cache of objects in the memory of the WebAssembly module. Evicted objects are freed.

import { free, type Owned } from './wasm.js';

/** Keeps the most recently used objects. */
export class RecentlyUsed<K, O extends Owned> {
  /** The first object is the least recently used one. */
  readonly #objects = new Map<K, O>();
  readonly #limit: number;

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
    const object = this.#objects.get(key) ?? make(key);
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
