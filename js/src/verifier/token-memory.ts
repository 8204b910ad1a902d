// A cache of verified tokens. Their signatures remain valid as long as the issuer's keys do not change.

import type { VerifiedToken } from '../core/types.js';
import { free, isKept, type TokenHandle } from '../core/wasm.js';
import type { Issuer } from './issuers.js';

/** A cached token. */
export interface Remembered {
  readonly token: string;
  readonly handle: TokenHandle;
  /** The result of `verify()`. Callers get copies. */
  readonly verified: VerifiedToken;
  readonly issuer: Issuer;
  /** The approximate memory of the entry; see `maxCachedTokenBytes`. */
  readonly bytes: number;
}

/** Cache key: the last 64 characters (part of the signature). Hashing the whole token would dominate the lookup. */
const KEY_LENGTH = 64;

/** The cache. When full, evicts the least recently used token. */
export class TokenMemory {
  /** The cached tokens, by their last characters. */
  readonly #tokens = new Map<string, Remembered>();
  readonly #maxTokens: number;
  readonly #maxBytes: number;
  #bytes = 0;

  constructor(maxTokens: number, maxBytes: number) {
    this.#maxTokens = maxTokens;
    this.#maxBytes = maxBytes;
  }

  /** Returns the cached entry of a token. */
  recall(token: string): Remembered | undefined {
    if (typeof token !== 'string') return undefined;
    const key = token.slice(-KEY_LENGTH);
    const known = this.#tokens.get(key);
    if (known?.token !== token || !isKept(known.handle)) return undefined;
    this.#tokens.delete(key);
    this.#tokens.set(key, known);
    return known;
  }

  /** Caches a token and returns true, or frees it if it is too large for the cache. */
  remember(known: Remembered, now: number): boolean {
    this.forget(known.token);
    if (known.bytes > this.#maxBytes || this.#maxTokens < 1) {
      free(known.handle);
      return false;
    }
    // Starts with the least recently used token. Evicts tokens until there is room and the next token has not expired.
    for (const { token, verified } of this.#tokens.values()) {
      const hasRoom = this.#tokens.size < this.#maxTokens && this.#bytes + known.bytes <= this.#maxBytes;
      if (hasRoom && !(verified.expiresAt! <= now)) break;
      this.forget(token);
    }
    this.#tokens.set(known.token.slice(-KEY_LENGTH), known);
    this.#bytes += known.bytes;
    return true;
  }

  /** Removes all tokens, or those of one issuer after its keys changed. */
  clear(issuer?: Issuer): void {
    for (const known of this.#tokens.values()) {
      if (!issuer || known.issuer === issuer) this.forget(known.token);
    }
  }

  /** Removes and frees the entry that is stored under the token's last characters, even if the entry is another token's. */
  forget(token: string): void {
    const key = token.slice(-KEY_LENGTH);
    const known = this.#tokens.get(key);
    if (!known) return;
    this.#tokens.delete(key);
    this.#bytes -= known.bytes;
    free(known.handle);
  }
}
