/// <reference lib="esnext.disposable" preserve="true" />
// Key sets: parsed once, either explicitly as a KeySet or by the cache of verify().

import { hasLoneSurrogate, lastError, readOutput, running, writeText } from './engine.js';
import { jwksInvalid, optionsInvalid } from './errors.js';
import type { JwkSet, KeyReport } from './types.js';

/** How many JWKS texts `verify()` caches. */
const REMEMBERED = 4;

/** The core's limit, in bytes. */
const MAX_JWKS_LENGTH = 256 * 1024;

/** The address of a key set in the core. */
export type RawKeySet = number;

/** Cached sets by their text, least recently used first. */
const remembered = new Map<string, RawKeySet>();

/** Frees sets that callers did not free. Runtimes without FinalizationRegistry leak them. */
const forgotten = globalThis.FinalizationRegistry ? new FinalizationRegistry(freeRaw) : undefined;

/**
 * A parsed JWK Set whose keys are prepared at their first use. Create one to use the same keys for many calls.
 * `verify()` also caches the last four JWKS texts.
 */
export class KeySet {
  #raw: RawKeySet | undefined;
  #keys: KeyReport[] | undefined;

  /**
   * @param jwks The JWK Set (RFC 7517 §5), as JSON text or a parsed object; at most 256 KiB and 128 keys. Unusable keys
   *   do not invalidate the set: see {@link KeySet.keys}.
   * @throws JwtError `ERR_JWKS_INVALID` if it is not a JWK Set.
   */
  constructor(jwks: string | JwkSet) {
    this.#raw = parse(textOf(jwks));
    forgotten?.register(this, this.#raw, this);
  }

  /** A report on each key of the set, in order. */
  get keys(): KeyReport[] {
    return (this.#keys ??= report(KeySet.rawOf(this)));
  }

  /** Frees the memory of the keys. Optional: the garbage collector does it too, but later. */
  free(): void {
    if (this.#raw === undefined) return;
    forgotten?.unregister(this);
    freeRaw(this.#raw);
    this.#raw = undefined;
  }

  /** @internal Whether an object is a KeySet, regardless of its prototype. */
  static isKeySet(value: object): value is KeySet {
    return #raw in value;
  }

  /** @internal Returns the key set in the core. */
  static rawOf(keySet: KeySet): RawKeySet {
    if (keySet.#raw === undefined) throw optionsInvalid('the KeySet was freed');
    return keySet.#raw;
  }
}

export interface KeySet {
  /** Same as {@link KeySet.free}, for `using`. */
  [Symbol.dispose](): void;
}

// Older runtimes lack the symbol.
if (Symbol.dispose) KeySet.prototype[Symbol.dispose] = KeySet.prototype.free;

/** @internal Returns the KeySet or the JWKS text. May run the caller's code, such as a `toJSON` of the object. */
export function sourceOf(jwks: unknown): KeySet | string {
  return typeof jwks === 'object' && jwks !== null && KeySet.isKeySet(jwks) ? jwks : textOf(jwks);
}

/** @internal Returns the key set in the core, parsing it if it is not cached. Never runs the caller's code. */
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

/** @internal Returns the JSON text of a JWK Set. */
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
  throw jwksInvalid('the JWK Set cannot be serialized as JSON', { cause });
}

function report(raw: RawKeySet): KeyReport[] {
  const core = running();
  core.exports.engine_report(core.engine, raw);
  return readOutput(core) as KeyReport[];
}

function parse(text: string): RawKeySet {
  const core = running();
  // One code unit over the limit is enough for the core to reject it.
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
