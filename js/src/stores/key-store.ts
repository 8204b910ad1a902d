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
  /**
   * The URL that the keys come from. A verifier with `discovery` uses stored keys only if this is the `jwks_uri` that
   * the discovery document names.
   */
  jwksUri?: string | undefined;
}

/** The result of loading keys: the keys, or why loading failed and from which URL. */
export type Loaded = StoredKeys | { problem: string; kind?: FetchFailureKind; jwksUri?: string };

/**
 * Keeps keys where other isolates can find them. If a store fails or returns invalid data, verification continues as if
 * the store were empty.
 *
 * A `place` is the string under which keys are stored. It consists of the issuer and a digest of the configured URL, which
 * is the URL of the keys or, with `discovery`, of the discovery document. Verifiers with different URLs use different
 * places, so they neither use nor overwrite each other's keys. A place has at most 320 characters of printable ASCII;
 * treat it as opaque.
 */
export interface KeyStore {
  /** Returns the keys of a place, of any age. */
  get(place: string): Promise<StoredKeys | undefined>;
  /** Stores the keys of a place, for at least a day if possible. */
  put(place: string, keys: StoredKeys): Promise<void>;
  /**
   * Optional, for stores that can let one caller load while others wait. Returns keys fetched after `since`. If the
   * store has no such keys, calls `load` and stores the result. An aborted caller must not keep the others waiting. A
   * failure is passed to other callers only if its `kind` depends on the server's response, so never if the `kind` is
   * `timeout`, `aborted` or `network`.
   */
  load?(place: string, since: number, load: () => Promise<Loaded>): Promise<Loaded>;
}
