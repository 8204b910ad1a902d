/// <reference lib="esnext.disposable" preserve="true" />
// Key sets: parsed and prepared once, either explicitly as a KeySet or by the cache of verify().

import { MAX_JWKS_BYTES } from '../generated/facts.js';
import { JwtError, jwksInvalid, optionsInvalid } from './errors.js';
import { unreadable } from './own-options.js';
import { slipIn, slipOf } from './slips.js';
import type { JwkSet, KeyReport } from './types.js';
import { free, hasLoneSurrogate, type KeySetHandle, parseKeySet, reportKeys } from './wasm.js';

/** How many JWKS texts `verify()` caches. */
const REMEMBERED = 4;

/** The recently used texts and their sets, most recent last. */
const remembered = new Map<string, KeySetHandle>();

/** Frees sets that callers did not free. Runtimes without FinalizationRegistry leak them. */
let collector: FinalizationRegistry<KeySetHandle> | undefined;

/**
 * A parsed JWK Set whose keys are prepared at their first use. Create one to use the same keys for many calls. `verify()`
 * also caches the last four JWKS texts.
 */
export class KeySet {
  #handle: KeySetHandle | undefined;
  #keys: readonly Readonly<KeyReport>[] | undefined;

  /**
   * @param jwks The JWK Set (RFC 7517 §5), as JSON text or a parsed object; at most 256 KiB and 128 keys. Unusable keys do
   *   not invalidate the set: see {@link KeySet.keys}.
   * @throws JwtError `ERR_JWKS_INVALID` if it is not a JWK Set.
   */
  constructor(jwks: string | JwkSet) {
    this.#handle = parse(textOf(jwks));
    // Here and not at module scope, so that bundlers can drop the class if it is not used.
    if (globalThis.FinalizationRegistry) collector ??= new FinalizationRegistry(free);
    collector?.register(this, this.#handle, this);
    // Older runtimes lack the symbol.
    if (Symbol.dispose) KeySet.prototype[Symbol.dispose] ??= KeySet.prototype.free;
  }

  /** The report on each key of the set, in the order of the set. Frozen. */
  get keys(): readonly Readonly<KeyReport>[] {
    return (this.#keys ??= frozenReport(KeySet.handleOf(this)));
  }

  /** Frees the memory of the keys. Optional: the garbage collector does it too, but later. */
  free(): void {
    if (this.#handle === undefined) return;
    collector?.unregister(this);
    free(this.#handle);
    this.#handle = undefined;
  }

  /** @internal Whether an object is a KeySet, regardless of its prototype. */
  static isKeySet(value: object): value is KeySet {
    return #handle in value;
  }

  /** @internal Returns the key set in the module. */
  static handleOf(keySet: KeySet): KeySetHandle {
    if (keySet.#handle === undefined) throw optionsInvalid('the KeySet was freed');
    return keySet.#handle;
  }
}

export interface KeySet {
  /** Same as {@link KeySet.free}, for `using`. */
  [Symbol.dispose](): void;
}

/** @internal Returns the KeySet or the JWKS text. May run the caller's code, such as a `toJSON` of the object. */
export function sourceOf(jwks: unknown): KeySet | string {
  return typeof jwks === 'object' && jwks !== null && KeySet.isKeySet(jwks) ? jwks : textOf(jwks);
}

/** @internal Returns the key set in the module, parsing it if it is not cached. Never runs the caller's code. */
export function readKeySet(source: KeySet | string): KeySetHandle {
  if (typeof source !== 'string') return KeySet.handleOf(source);
  let handle = remembered.get(source);
  if (handle) {
    remembered.delete(source);
  } else {
    handle = parse(source);
    if (remembered.size === REMEMBERED) forgetOldest();
  }
  remembered.set(source, handle);
  return handle;
}

function forgetOldest(): void {
  for (const [text, handle] of remembered) {
    remembered.delete(text);
    free(handle);
    return;
  }
}

/** @internal Returns the JSON text of a JWK Set. */
export function textOf(jwks: unknown): string {
  if (typeof jwks === 'string') return jwks;
  if (typeof jwks !== 'object' || jwks === null)
    throw jwksInvalid('the JWK Set must be a JSON text, an object or a KeySet');
  try {
    const slip = slipOf(jwks);
    if (slip !== undefined) throw jwksInvalid(`the JWK Set is ${slip}`);
    const text: unknown = JSON.stringify(jwks);
    if (typeof text === 'string') return text;
  } catch (error) {
    throw unreadable(error, 'the JWK Set', jwksInvalid);
  }
  throw jwksInvalid('the JWK Set cannot be serialized as JSON');
}

function frozenReport(handle: KeySetHandle): readonly Readonly<KeyReport>[] {
  const reports = reportKeys(handle) as KeyReport[];
  return Object.freeze(reports.map((report) => Object.freeze(report)));
}

function parse(text: string): KeySetHandle {
  // One unit more than the limit is enough for the core to reject the text.
  const limited = text.slice(0, MAX_JWKS_BYTES + 1);
  if (limited === text && hasLoneSurrogate(text)) throw jwksInvalid('the JWK Set has a lone surrogate');
  try {
    return parseKeySet(limited);
  } catch (error) {
    const slip = error instanceof JwtError && error.code === 'ERR_JWKS_INVALID' ? slipIn(limited) : undefined;
    throw slip === undefined ? error : jwksInvalid(`the JWK Set is ${slip}`);
  }
}
