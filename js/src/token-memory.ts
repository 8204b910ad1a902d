// The tokens that a Verifier has verified: their signature is known to be good, for as long as the issuer's keys are the same.

import { running } from './engine.js';
import type { Issuer } from './issuers.js';

/** A token in the core, by its address. */
type RawToken = number;

/** What is kept of a verified token. */
export interface Remembered {
  readonly raw: RawToken;
  /** What the core wrote of it. */
  readonly texts: string[];
  readonly issuer: Issuer;
  /** `exp`, in seconds since the epoch. */
  readonly expiresAt: number;
}

/** By the token's whole text; the least recently used goes first. */
export class TokenMemory {
  readonly #tokens = new Map<string, Remembered>();
  readonly #limit: number;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** What is known of a token. */
  recall(token: string): Remembered | undefined {
    const known = this.#tokens.get(token);
    if (!known) return undefined;
    this.#tokens.delete(token);
    this.#tokens.set(token, known);
    return known;
  }

  remember(token: string, known: Remembered, now: number): void {
    // The oldest are looked at: what has expired is of no use, and there must be room.
    for (const [oldest, { expiresAt }] of this.#tokens) {
      if (this.#tokens.size < this.#limit && expiresAt > now) break;
      this.forget(oldest);
    }
    this.#tokens.set(token, known);
  }

  forget(token: string): void {
    const known = this.#tokens.get(token);
    if (known && this.#tokens.delete(token)) freeToken(known.raw);
  }

  /** Forgets all tokens of an issuer, whose keys have changed, or all there are. */
  clear(issuer?: Issuer): void {
    for (const [token, known] of this.#tokens) {
      if (!issuer || known.issuer === issuer) this.forget(token);
    }
  }
}

function freeToken(raw: RawToken): void {
  running().exports.__wbg_rawtoken_free(raw, 0);
}
