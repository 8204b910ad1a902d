// A small cache of objects of the module, which are freed when they are evicted.

import { free, type Owned } from './wasm.js';

/** Keeps the most recently used objects. */
export class RecentlyUsed<K, O extends Owned> {
  /** The least recently used object is the first. */
  readonly #objects = new Map<K, O>();
  readonly #limit: number;

  constructor(limit: number) {
    this.#limit = limit;
  }

  keys(): Iterable<K> {
    return this.#objects.keys();
  }

  /** Returns the object of a key; if there is none, makes it and evicts the least recently used one. */
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
