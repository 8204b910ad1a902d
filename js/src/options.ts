// Options: copied, handed to the core once, and recognised when they come again.

import { hasLoneSurrogate, lastError, running } from './engine.js';
import { JwtError, optionsInvalid } from './errors.js';
import type { RawOptions } from './wasm/sts_jwt_bg.js';

type Plain = string | number | boolean | null | Plain[] | { [name: string]: Plain };

/** How many different options are remembered. */
const REMEMBERED = 8;

const MAX_DEPTH = 8;

/** What was decoded, beside its decoded form; the last used first. */
const remembered: { copy: Plain; raw: RawOptions }[] = [];

/** The options as the core has them, and the present time. */
export function readOptions(options: unknown): { raw: RawOptions; now: number } {
  try {
    if (typeof options !== 'object' || options === null || Array.isArray(options)) {
      throw optionsInvalid('the options must be an object with "issuer" and "audience"');
    }
    return { raw: decoded(options), now: present(options) };
  } catch (error) {
    if (error instanceof JwtError) throw error;
    throw optionsInvalid('the options cannot be read', { cause: error }); // a getter or a proxy threw
  }
}

function present(options: object): number {
  const now: unknown = Object.hasOwn(options, 'now') ? (options as { now?: unknown }).now : undefined;
  if (now === undefined) return Date.now() / 1000;
  if (typeof now === 'number' && Number.isFinite(now)) return now;
  throw optionsInvalid('option "now" must be a finite number of seconds since the epoch');
}

/**
 * The decoded form of these options. Options are recognised by their content, not by identity: what is compared is the
 * copy that was decoded, so a change to the caller's object is seen at once.
 */
function decoded(options: object): RawOptions {
  const index = remembered.findIndex(({ copy }) => equals(options, copy, true));
  const known = remembered[index];
  if (known) {
    if (index > 0) remembered.unshift(...remembered.splice(index, 1));
    return known.raw;
  }
  const engine = running();
  const copy = copyOf(options, '', 0);
  const raw = engine.options(copy);
  if (!raw) throw lastError(engine);
  remembered.unshift({ copy, raw });
  if (remembered.length > REMEMBERED) remembered.pop()?.raw.free();
  return raw;
}

/** A deep copy without prototypes, without `undefined` members and without `now`, which changes with every call. */
function copyOf(value: unknown, path: string, depth: number): Plain {
  switch (typeof value) {
    case 'string':
      if (hasLoneSurrogate(value)) throw optionsInvalid(`option "${path}" has a lone surrogate`);
      return value;
    case 'number':
    case 'boolean':
      return value;
    case 'object':
      if (value === null) return value;
      if (depth > MAX_DEPTH) throw optionsInvalid(`option "${path}" is nested too deeply`);
      // Array.from reads holes as undefined, which is refused; no entry is ever dropped.
      if (Array.isArray(value)) return Array.from(value, (entry, i) => copyOf(entry, `${path}[${i}]`, depth + 1));
      if (depth === 0 || isPlain(value)) return copyOfMembers(value, path, depth);
  }
  throw optionsInvalid(`option "${path}" must be made of plain JSON values`);
}

function copyOfMembers(object: object, path: string, depth: number): Plain {
  const copy: { [name: string]: Plain } = Object.create(null);
  for (const name of Object.keys(object)) {
    if (depth === 0 && name === 'now') continue;
    const member: unknown = (object as Record<string, unknown>)[name];
    if (member !== undefined) copy[name] = copyOf(member, path ? `${path}.${name}` : name, depth + 1);
  }
  return copy;
}

/** Whether a copy of `value` would be this copy. */
function equals(value: unknown, copy: Plain | undefined, top = false): boolean {
  if (typeof value !== 'object' || value === null || typeof copy !== 'object' || copy === null) {
    return Object.is(value, copy) && copy !== undefined;
  }
  if (Array.isArray(value)) {
    if (!Array.isArray(copy) || value.length !== copy.length) return false;
    for (let i = 0; i < copy.length; i++) if (!equals(value[i], copy[i])) return false;
    return true;
  }
  if (Array.isArray(copy) || !(top || isPlain(value))) return false;
  let missing = Object.keys(copy).length;
  for (const name of Object.keys(value)) {
    if (top && name === 'now') continue;
    const member: unknown = (value as Record<string, unknown>)[name];
    if (member === undefined) continue;
    if (!equals(member, copy[name])) return false;
    missing--;
  }
  return missing === 0;
}

/** An object literal, of this realm or another one. */
function isPlain(object: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(object);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}
