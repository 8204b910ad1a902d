// Key sets. A set is parsed and prepared once, either explicitly as a KeySet or by the cache of verify().

import { MAX_JWKS_BYTES } from '../generated/facts.js';
import { jwksInvalid, optionsInvalid } from './errors.js';
import { hasMethods, unreadable } from './own-options.js';
import { RecentlyUsed } from './recently-used.js';
import type { JwkSet, KeyReport } from './types.js';
import { free, type KeySetHandle, parse, reportKeys } from './wasm.js';
import { whenCollected } from './when-collected.js';

/** The JWKS strings last passed to `verify()`, and their parsed sets. */
const remembered = /*#__PURE__*/ new RecentlyUsed<string, KeySetHandle>(4);

/**
 * A parsed JWK Set. Each key is prepared at its first use. Create a `KeySet` to use the same keys for many calls. `verify()`
 * also caches the last four JWKS strings.
 */
export class KeySet {
  #handle: KeySetHandle | undefined;
  #keys: readonly Readonly<KeyReport>[] | undefined;

  /**
   * @param jwks The JWK Set (RFC 7517 §5), as JSON text or a parsed object; at most 256 KiB and 128 keys. Unusable keys do
   *   not invalidate the set: see {@link KeySet.keys}.
   * @throws JwtError `ERR_JWKS_INVALID` if `jwks` is not a JWK Set.
   */
  constructor(jwks: string | JwkSet) {
    const handle = read(textOf(jwks));
    this.#handle = handle;
    whenCollected(this, () => free(handle));
    // Older runtimes lack the symbol.
    if (Symbol.dispose) KeySet.prototype[Symbol.dispose] ??= KeySet.prototype.free;
  }

  /** The report on each key of the set, in the order of the set. Frozen. */
  get keys(): readonly Readonly<KeyReport>[] {
    return (this.#keys ??= Object.freeze(reportKeys(KeySet.handleOf(this)).map((each) => Object.freeze(each))));
  }

  /** Frees the memory of the keys. Optional: otherwise the garbage collector frees it later. */
  free(): void {
    if (this.#handle === undefined) return;
    free(this.#handle);
    this.#handle = undefined;
  }

  /** @internal Whether an object is a KeySet, regardless of its prototype. */
  static isKeySet(value: object): value is KeySet {
    return #handle in value;
  }

  /** @internal Returns the handle of the key set in the WebAssembly module. */
  static handleOf(keySet: KeySet): KeySetHandle {
    if (keySet.#handle === undefined) throw optionsInvalid('the KeySet was freed');
    return keySet.#handle;
  }
}

/** The type of `Symbol.dispose`. It exists in TypeScript 5.2 and later, and only with the lib `esnext.disposable`. */
type DisposeSymbol = SymbolConstructor extends { readonly dispose: infer S extends symbol } ? S : never;

/** Same as {@link KeySet.free}, for `using`. */
type WithDispose = { [K in DisposeSymbol]: () => void };

export interface KeySet extends WithDispose {}

/** @internal Returns the KeySet or the JWKS text. May run code of the caller (a `toJSON` of the object). */
export function sourceOf(jwks: unknown): KeySet | string {
  return typeof jwks === 'object' && jwks !== null && KeySet.isKeySet(jwks) ? jwks : textOf(jwks);
}

/** @internal Returns the key set in the module, parsing it if it is not cached. Never runs the caller's code. */
export function readKeySet(source: KeySet | string): KeySetHandle {
  return typeof source === 'string' ? remembered.get(source, read) : KeySet.handleOf(source);
}

/** @internal Returns the JSON text of a JWK Set. */
export function textOf(jwks: unknown): string {
  if (typeof jwks === 'string') return jwks;
  if (typeof jwks !== 'object' || jwks === null)
    throw jwksInvalid('the JWK Set must be a JSON text, an object or a KeySet');
  try {
    // With a `toJSON` on a polluted prototype, JSON.stringify could write keys that the caller did not pass.
    if ('toJSON' in []) throw unreadable(undefined, 'the JWK Set', jwksInvalid);
    for (const [method, mistake] of MISTAKES) {
      if (hasMethods(jwks, method)) throw jwksInvalid(`the JWK Set is ${mistake}`);
    }
    // A toJSON may return `undefined`; "undefined" is not JSON, so the core rejects it.
    return String(JSON.stringify(jwks));
  } catch (error) {
    throw unreadable(error, 'the JWK Set', jwksInvalid);
  }
}

/** Objects that callers pass by mistake. Each entry is a method that identifies the object, and what the object is. */
const MISTAKES = [
  ['then', 'a promise: await it'],
  ['text', 'a Response: pass `await response.text()`'],
  ['free', 'a KeySet, perhaps of another copy of sts-jwt: pass its JSON'],
] as const;

function read(text: string): KeySetHandle {
  // One UTF-16 unit over the limit is enough for the core to reject the text, so the rest is not copied.
  const limited: string & { isWellFormed?(): boolean } = text.slice(0, MAX_JWKS_BYTES + 1);
  // Only older runtimes execute the regular expression, because compiling it takes 0.1 ms.
  const isWellFormed = limited.isWellFormed?.() ?? !/\p{Surrogate}/u.test(limited);
  // TextEncoder would replace a lone surrogate with U+FFFD.
  if (limited === text && !isWellFormed) throw jwksInvalid('the JWK Set has a lone surrogate');
  return parse('keyset', limited);
}
