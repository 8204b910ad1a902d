// Makes whatever a store rejects with a JwtError.

import { isJwtError, optionsInvalid, reasonOf, storeUnavailable } from '../core/shared.js';
import type { KeyStore } from './key-store.js';

/** Checks the arguments of the methods of a store, and what they reject with. */
export function guardedStore({ get, put, load }: KeyStore): KeyStore {
  return {
    get: (place) => guarded(place, () => get(place)),
    put: (place, keys) => guarded(place, () => put(place, keys)),
    ...(load && { load: (place, since, make) => guarded(place, () => load(place, since, make)) }),
  };
}

/**
 * Calls a store.
 *
 * @throws JwtError (as a rejection) `ERR_OPTIONS_INVALID` if the place is not a string, `ERR_JWKS_UNAVAILABLE` with `cause` if the
 *   storage fails.
 */
export async function guarded<T>(place: unknown, call: () => Promise<T>): Promise<T> {
  if (typeof place !== 'string') throw optionsInvalid('the "place" of keys must be a string');
  try {
    return await call();
  } catch (cause) {
    throw isJwtError(cause) ? cause : storeUnavailable(`the store of keys failed: ${reasonOf(cause)}`, { cause });
  }
}
