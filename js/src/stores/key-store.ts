// What a store of keys is.

/** The keys of an issuer as a store keeps them: plain JSON. */
export interface StoredKeys {
  /** The JWK Set's text. */
  jwks: string;
  /** When it was fetched, in seconds since the epoch. */
  fetchedAt: number;
  /** For how many seconds its response said that it is fresh, if it did. */
  maxAge?: number | undefined;
}

/** What came of loading keys: them, or why there are none. */
export type Loaded = StoredKeys | { problem: string };

/**
 * Keeps keys where other isolates find them. Whatever goes wrong in a store, and whatever it returns, verification goes on as if there
 * were none.
 */
export interface KeyStore {
  /** The keys of an issuer, however old. */
  get(issuer: string): Promise<StoredKeys | undefined>;
  /** Keeps them, for at least a day if it can. */
  put(issuer: string, keys: StoredKeys): Promise<void>;
  /**
   * For stores that can let one caller load while others wait: keys fetched after `since`, which `load` gives if the store has none
   * by then. The store keeps what `load` gives. A caller that dies must not keep the others waiting.
   */
  load?(issuer: string, since: number, load: () => Promise<Loaded>): Promise<Loaded>;
}
