// The interface of a key store.

import type { FetchFailureKind } from '../core/errors.js';

/** Stored keys, as plain JSON. */
export interface StoredKeys {
  /** The text of the JWK Set. */
  jwks: string;
  /** When the keys were fetched, in seconds since the epoch. */
  fetchedAt: number;
  /** The `max-age` of the response in seconds, if present. */
  maxAge?: number | undefined;
}

/** The result of loading keys: the keys, or why loading failed. */
export type Loaded = StoredKeys | { problem: string; kind?: FetchFailureKind };

/**
 * Keeps keys where other isolates can find them. If a store fails or returns invalid data, verification continues as if
 * it were empty.
 *
 * Keys are filed under a `place`, a name made of the issuer and of a digest of the URL that the keys come from. Verifiers that
 * would fetch from another URL use another place, so they neither use nor overwrite each other's keys. A place has at
 * most 320 characters of printable ASCII; treat it as an opaque name.
 */
export interface KeyStore {
  /** Returns the keys of a place, of any age. */
  get(place: string): Promise<StoredKeys | undefined>;
  /** Stores the keys of a place, for at least a day if possible. */
  put(place: string, keys: StoredKeys): Promise<void>;
  /**
   * For stores that can let one caller load while others wait. Returns keys fetched after `since`; if the store has no
   * such keys, it calls `load` and stores the result. An aborted caller must not keep the others waiting.
   */
  load?(place: string, since: number, load: () => Promise<Loaded>): Promise<Loaded>;
}
