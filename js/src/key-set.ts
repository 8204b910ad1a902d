/// <reference lib="esnext.disposable" preserve="true" />
// Key sets: parsed and prepared once, by the caller's hand or by the memory of verify().

import { hasLoneSurrogate, lastError, readOutput, running, writeText } from './engine.js';
import { jwksInvalid, optionsInvalid } from './errors.js';
import type { JwkSet, KeyReport } from './types.js';

/** How many JWKS texts `verify()` remembers. */
const REMEMBERED = 4;

/** The core's limit in bytes. */
const MAX_JWKS_LENGTH = 256 * 1024;

/** A key set in the core, by its address. */
export type RawKeySet = number;

/** The sets of the texts last used; the last used last. */
const remembered = new Map<string, RawKeySet>();

/** Frees the sets that callers forgot to free; older runtimes cannot, and keep them. */
const forgotten = globalThis.FinalizationRegistry ? new FinalizationRegistry(freeRaw) : undefined;

/**
 * A parsed JWK Set whose keys are prepared at their first use. Make one where the same keys serve many calls;
 * `verify()` also remembers the last four JWKS texts.
 */
export class KeySet {
  #raw: RawKeySet | undefined;
  #keys: KeyReport[] | undefined;

  /**
   * @param jwks The JWK Set (RFC 7517 §5), as its JSON text or parsed; at most 256 KiB and 128 keys. A key that cannot
   *   be used does not spoil the set: see {@link KeySet.keys}.
   * @throws JwtError `ERR_JWKS_INVALID` when it is not a JWK Set.
   */
  constructor(jwks: string | JwkSet) {
    this.#raw = parse(textOf(jwks));
    forgotten?.register(this, this.#raw, this);
  }

  /** What became of each key of the set, in its order. */
  get keys(): KeyReport[] {
    return (this.#keys ??= report(KeySet.rawOf(this)));
  }

  /** Gives the memory of the keys back. Optional: the garbage collector does it too, later. */
  free(): void {
    if (this.#raw === undefined) return;
    forgotten?.unregister(this);
    freeRaw(this.#raw);
    this.#raw = undefined;
  }

  /** @internal Whether it is one, whatever its prototype says. */
  static isKeySet(value: object): value is KeySet {
    return #raw in value;
  }

  /** @internal The core's side of it. */
  static rawOf(keySet: KeySet): RawKeySet {
    if (keySet.#raw === undefined) throw optionsInvalid('the KeySet was freed');
    return keySet.#raw;
  }
}

export interface KeySet {
  /** The same as {@link KeySet.free}, for `using`. */
  [Symbol.dispose](): void;
}

// Older runtimes have no such symbol.
if (Symbol.dispose) KeySet.prototype[Symbol.dispose] = KeySet.prototype.free;

/** @internal What identifies the keys: a KeySet, or the text. Runs whatever code of the caller an object may hold. */
export function sourceOf(jwks: unknown): KeySet | string {
  return typeof jwks === 'object' && jwks !== null && KeySet.isKeySet(jwks) ? jwks : textOf(jwks);
}

/** @internal The core's key set; runs no code of the caller. */
export function readKeySet(source: KeySet | string): RawKeySet {
  if (typeof source !== 'string') return KeySet.rawOf(source);
  let raw = remembered.get(source);
  if (raw) {
    remembered.delete(source);
  } else {
    raw = parse(source);
    if (remembered.size === REMEMBERED) forgetOldest();
  }
  remembered.set(source, raw);
  return raw;
}

function forgetOldest(): void {
  for (const [text, raw] of remembered) {
    remembered.delete(text);
    freeRaw(raw);
    return;
  }
}

/** @internal The JSON text of a JWK Set. */
export function textOf(jwks: unknown): string {
  if (typeof jwks === 'string') return jwks;
  if (typeof jwks !== 'object' || jwks === null)
    throw jwksInvalid('the JWK Set must be a JSON text, an object or a KeySet');
  let text: unknown;
  let cause: unknown;
  try {
    text = JSON.stringify(jwks);
  } catch (error) {
    cause = error;
  }
  if (typeof text === 'string') return text;
  throw jwksInvalid('the JWK Set cannot be written as JSON', { cause });
}

function report(raw: RawKeySet): KeyReport[] {
  const core = running();
  core.exports.engine_report(core.engine, raw);
  return readOutput(core) as KeyReport[];
}

function parse(text: string): RawKeySet {
  const core = running();
  // One unit more than the limit is enough for the core to refuse it.
  const limited = text.slice(0, MAX_JWKS_LENGTH + 1);
  if (limited === text && hasLoneSurrogate(text)) throw jwksInvalid('the JWK Set has a lone surrogate');
  writeText(core, limited);
  const raw = core.exports.engine_key_set(core.engine);
  if (!raw) throw lastError(core);
  return raw;
}

function freeRaw(raw: RawKeySet): void {
  running().exports.__wbg_rawkeyset_free(raw, 0);
}
