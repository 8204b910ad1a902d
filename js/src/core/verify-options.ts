// Copies options, parses them in the module, and caches the result.

import { type JwtError, optionsInvalid } from './errors.js';
import { isPlain, mayBeUndefined, ownCall, undefinedOption, unreadable } from './own-options.js';
import { RecentlyUsed } from './recently-used.js';
import { type Schema, schemaOf } from './standard-schema.js';
import { type OptionsHandle, parseOptions } from './wasm.js';

export type Plain = string | number | boolean | null | Plain[] | { [name: string]: Plain };

const MAX_DEPTH = 8;

/** The options last passed to `verify()`, and their parsed form. */
const remembered = /*#__PURE__*/ new RecentlyUsed<Plain, OptionsHandle>(8);

/**
 * Copies the caller's options. Getters and proxies run only in this function, before the core or any state of this
 * package is touched, so they cannot interfere with a verification.
 */
export function copyOptions(options: unknown): { copy: Plain; now: number; schema: Schema | undefined } {
  try {
    if (typeof options !== 'object' || options === null || Array.isArray(options)) {
      throw optionsInvalid('the options must be an object with "issuer" and "audience"');
    }
    const now = present(options);
    const schema = schemaOf(options);
    // Most calls repeat the same options, and comparing is much faster than copying.
    // The list is copied, because a getter of the options may call verify(), which changes the cache.
    for (const copy of [...remembered.keys()]) if (isCopy(copy, options, 0)) return { now, schema, copy };
    return { now, schema, copy: copyOf(options, '', 0) };
  } catch (error) {
    throw unreadable(error);
  }
}

/** Returns `now` from the options or the clock, in seconds since the epoch. */
export function present(options: object): number {
  const now: unknown = Object.hasOwn(options, 'now') ? (options as { now?: unknown }).now : undefined;
  if (now === undefined) return Date.now() / 1000;
  return secondsOf(now, 'option "now"');
}

/** Read as seconds, this is the year 5138; as milliseconds, 1973. So a larger number is taken to be milliseconds. */
const MAX_SECONDS = 1e11;

/** Returns the value if it can be a time in seconds since the epoch. @throws JwtError `ERR_OPTIONS_INVALID` otherwise. */
export function secondsOf(time: unknown, name: string): number {
  if (typeof time !== 'number' || !Number.isFinite(time)) {
    throw optionsInvalid(`${name} must be a finite number of seconds since the epoch`);
  }
  if (time > MAX_SECONDS) throw optionsInvalid(`${name} must be in seconds, not milliseconds`);
  return time;
}

/** Returns the time for one call to a verifier, from the options of the call or the clock. */
export function timeOf(call: unknown): number {
  return call === undefined ? Date.now() / 1000 : present(ownCall(call, 'now'));
}

/** Returns the parsed form of copied options, cached. */
export function decodeOptions(copy: Plain): OptionsHandle {
  return remembered.get(copy, readOptions);
}

/** Parses copied options. The caller must free the result. */
export function readOptions(copy: Plain): OptionsHandle {
  // With a `toJSON` on a polluted prototype, JSON.stringify would write other lists than the caller passed.
  if ('toJSON' in []) throw unreadable(undefined);
  return parseOptions(JSON.stringify(copy));
}

/** Whether an option is not part of the copy: `now` changes with every call, and `schema` is code. */
function isApart(name: string, depth: number): boolean {
  return depth === 0 && (name === 'now' || name === 'schema');
}

/** Makes a deep copy: without prototypes, `undefined` members, `now` and `schema`. */
function copyOf(value: unknown, path: string, depth: number): Plain {
  switch (typeof value) {
    case 'number':
      // JSON.stringify would turn NaN and Infinity into null, which disables checks.
      if (!Number.isFinite(value)) throw optionsInvalid(`option "${path}" must be a finite number`);
      return value;
    case 'string':
    case 'boolean':
      return value;
    case 'object':
      if (value === null) return value;
      // The object may be cyclic.
      if (depth > MAX_DEPTH) break;
      // Array.from reads holes as undefined, which is rejected, so no entry is ever dropped.
      if (Array.isArray(value)) return Array.from(value, (entry, i) => copyOf(entry, `${path}[${i}]`, depth + 1));
      if (isPlain(value)) return copyOfMembers(value, path, depth);
  }
  throw notPlain(path);
}

function notPlain(path: string): JwtError {
  return optionsInvalid(`${path ? `option "${path}"` : 'the options'} must be made of plain JSON values`);
}

function copyOfMembers(object: object, path: string, depth: number): Plain {
  const copy: { [name: string]: Plain } = Object.create(null);
  const names = Object.keys(object);
  // Object.keys does not list symbols and non-enumerable members. Ignoring such a member could drop a condition.
  if (Reflect.ownKeys(object).length !== names.length) throw notPlain(path);
  for (const name of names) {
    if (isApart(name, depth)) continue;
    const inner = path ? `${path}.${name}` : name;
    const member: unknown = (object as Record<string, unknown>)[name];
    if (member !== undefined) copy[name] = copyOf(member, inner, depth + 1);
    else if (depth > 0 || !mayBeUndefined(name)) throw undefinedOption(inner);
  }
  return copy;
}

/** Whether `copyOf(value)` would equal `copy`. May return false negatives. */
function isCopy(copy: Plain | undefined, value: unknown, depth: number): boolean {
  if (typeof copy !== 'object' || copy === null) return copy === value && copy !== undefined;
  if (typeof value !== 'object' || value === null) return false;
  if (Array.isArray(copy)) {
    return (
      Array.isArray(value) &&
      copy.length === value.length &&
      copy.every((entry, i) => isCopy(entry, value[i], depth + 1))
    );
  }
  if (Array.isArray(value) || !isPlain(value)) return false;
  const names = Object.keys(value);
  if (Reflect.ownKeys(value).length !== names.length) return false;
  let found = 0;
  for (const name of names) {
    if (isApart(name, depth)) continue;
    const member: unknown = (value as Record<string, unknown>)[name];
    if (depth === 0 && member === undefined && mayBeUndefined(name)) continue;
    if (!isCopy(copy[name], member, depth + 1)) return false;
    found += 1;
  }
  return found === Object.keys(copy).length;
}
