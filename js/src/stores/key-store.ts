// The interface of a key store.

/** The stored keys of an issuer, as plain JSON. */
export interface StoredKeys {
  /** The text of the JWK Set. */
  jwks: string;
  /** When the keys were fetched, in seconds since the epoch. */
  fetchedAt: number;
  /** The `max-age` of the response in seconds, if present. */
  maxAge?: number | undefined;
}

/** The result of loading keys: the keys, or why loading failed. */
export type Loaded = StoredKeys | { problem: string };

/**
 * Keeps keys where other isolates can find them. If a store fails or returns invalid data, verification continues as if
 * it were empty.
 */
export interface KeyStore {
  /** Returns the keys of an issuer, of any age. */
  get(issuer: string): Promise<StoredKeys | undefined>;
  /** Stores the keys of an issuer, for at least a day if possible. */
  put(issuer: string, keys: StoredKeys): Promise<void>;
  /**
   * For stores that can let one caller load while others wait. Returns keys fetched after `since`; if the store has no
   * such keys, it calls `load` and stores the result. An aborted caller must not keep the others waiting.
   */
  load?(issuer: string, since: number, load: () => Promise<Loaded>): Promise<Loaded>;
}
