// Wraps a store, which then rejects only with a JwtError.

import { isJwtError, optionsInvalid, printable, reasonOf, storeUnavailable } from '../core/shared.js';
import type { KeyStore, StoredKeys } from './key-store.js';

/** Wraps the methods of a store: checks their arguments, and turns every rejection into a JwtError. */
export function guardedStore(methods: KeyStore): KeyStore {
  const { get, put, load } = { __proto__: null, ...methods } as KeyStore;
  return {
    get: (place) => guarded(place, () => get(place)),
    put: (place, keys) => guarded(place, () => put(place, keys)),
    // Always set, even to undefined: otherwise `load` could be read from a polluted prototype.
    load: load && ((place, since, make) => guarded(place, () => load(place, since, make))),
  } as KeyStore;
}

/**
 * Calls a method of a store.
 *
 * @throws JwtError (as a rejection) `ERR_OPTIONS_INVALID` if the place is not a string; `ERR_JWKS_UNAVAILABLE` with
 *   `cause` if the storage fails.
 */
export async function guarded<T>(place: unknown, call: () => Promise<T>): Promise<T> {
  if (typeof place !== 'string') throw optionsInvalid('the "place" of keys must be a string');
  try {
    return await call();
  } catch (cause) {
    if (isJwtError(cause)) throw cause;
    const reason = printable(reasonOf(cause).slice(0, 200));
    throw storeUnavailable(`the store of keys failed: ${reason}`, { cause });
  }
}

/**
 * Returns keys as JSON. The keys are copied to an object without a prototype, so JSON.stringify cannot call a `toJSON`
 * of a polluted prototype.
 */
export function jsonOfKeys(keys: StoredKeys): string {
  return JSON.stringify({ __proto__: null, ...keys });
}
