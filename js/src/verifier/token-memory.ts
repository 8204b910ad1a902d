// The tokens that a Verifier has verified: their signature is known to be good, for as long as the issuer's keys are the same.

import type { VerifiedToken } from '../core/types.js';
import { free, type TokenHandle } from '../core/wasm.js';
import type { Issuer } from './issuers.js';

/** What is kept of a verified token. */
export interface Remembered {
  readonly token: string;
  readonly handle: TokenHandle;
  /** What `verify()` returned; callers get copies. */
  readonly verified: VerifiedToken;
  readonly issuer: Issuer;
}

/** Cache key: the last 64 characters (part of the signature). Hashing the whole token would dominate the lookup. */
const KEY_LENGTH = 64;

/** The least recently used token goes first. */
export class TokenMemory {
  /** By the ends of the tokens. */
  readonly #tokens = new Map<string, Remembered>();
  readonly #limit: number;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** What is known of a token. */
  recall(token: string): Remembered | undefined {
    if (typeof token !== 'string') return undefined;
    const key = token.slice(-KEY_LENGTH);
    const known = this.#tokens.get(key);
    if (known?.token !== token) return undefined;
    this.#tokens.delete(key);
    this.#tokens.set(key, known);
    return known;
  }

  remember(known: Remembered, now: number): void {
    const key = known.token.slice(-KEY_LENGTH);
    this.#forget(key);
    // The oldest are looked at: what has expired is of no use, and there must be room.
    for (const [oldest, { verified }] of this.#tokens) {
      if (this.#tokens.size < this.#limit && !(verified.expiresAt! <= now)) break;
      this.#forget(oldest);
    }
    this.#tokens.set(key, known);
  }

  forget({ token }: Remembered): void {
    this.#forget(token.slice(-KEY_LENGTH));
  }

  /** Forgets all tokens of an issuer, whose keys have changed, or all there are. */
  clear(issuer?: Issuer): void {
    for (const [key, known] of this.#tokens) {
      if (!issuer || known.issuer === issuer) this.#forget(key);
    }
  }

  #forget(key: string): void {
    const known = this.#tokens.get(key);
    if (known && this.#tokens.delete(key)) free('token', known.handle);
  }
}

/** A copy of JSON data for a caller to change; faster than parsing it again. */
export function copyOf<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(copyOf) as T;
  const copy = { ...value } as Record<string, unknown>;
  for (const name of Object.keys(copy)) {
    const member = copy[name];
    if (typeof member === 'object') copy[name] = copyOf(member);
  }
  return copy as T;
}
