// Reads options into JSON, parses them in the module, and caches the result.

import { type JwtError, optionsInvalid } from './errors.js';
import { isPlain, mayBeUndefined, ownCall, undefinedOption, unreadable } from './own-options.js';
import { RecentlyUsed } from './recently-used.js';
import { type Schema, schemaOf } from './standard-schema.js';
import { type OptionsHandle, parse } from './wasm.js';

const MAX_DEPTH = 8;

/** Options without `now` and `schema`, as JSON and as the object that this JSON describes. */
interface Read {
  readonly json: string;
  readonly copy: unknown;
}

/** The options last passed to `verify()`, and their parsed form. */
const remembered = /*#__PURE__*/ new RecentlyUsed<Read, OptionsHandle>(8);

/**
 * Reads the caller's options. Getters and proxies run only in this function, before the core is called or any state of
 * this package changes, so this code cannot interfere with a verification.
 */
export function readOptions(options: object = {}): { read: Read; now: number; schema: Schema | undefined } {
  try {
    const now = present(options);
    const schema = schemaOf(options);
    // Most calls repeat the same options, and comparing is much faster than writing JSON.
    const { newest } = remembered;
    if (newest && isCopy(newest.copy, options, 0)) return { now, schema, read: newest };
    // The list is copied, because a getter of the options may call verify(), which changes the cache.
    for (const read of [...remembered.keys()]) if (isCopy(read.copy, options, 0)) return { now, schema, read };
    const json = jsonOf(options);
    return { now, schema, read: { json, copy: JSON.parse(json) } };
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

/** In seconds, this is in the year 5138; in milliseconds, it is in 1973. A larger number is taken for milliseconds. */
const MAX_SECONDS = 1e11;

/** Returns the value if it can be a time in seconds since the epoch. @throws JwtError `ERR_OPTIONS_INVALID` otherwise. */
export function secondsOf(time: unknown, name: string): number {
  // `Number.isFinite` is also false for a value that is not a number.
  if (!Number.isFinite(time)) throw optionsInvalid(`${name} must be a finite number of seconds since the epoch`);
  const seconds = time as number;
  if (seconds > MAX_SECONDS) throw optionsInvalid(`${name} must be in seconds, not milliseconds`);
  return seconds;
}

/** Returns the time for one call to a verifier, from the options of the call or the clock. */
export function timeOf(call: unknown): number {
  return call === undefined ? Date.now() / 1000 : present(ownCall(call, 'now'));
}

/** Returns the parsed form of options, cached. */
export function decodeOptions(read: Read): OptionsHandle {
  return remembered.get(read, ({ json }) => parse('options', json));
}

/**
 * Writes a value as JSON. `JSON.stringify` would drop members that are `undefined`, write NaN as `null`, and call a
 * `toJSON` of a polluted prototype, each of which could disable a check.
 */
export function jsonOf(value: unknown, path = '', depth = 0): string {
  if (typeof value === 'number' && !Number.isFinite(value)) {
    throw optionsInvalid(`option "${path}" must be a finite number`);
  }
  switch (typeof value) {
    case 'number':
    case 'string':
    case 'boolean':
      return JSON.stringify(value);
    case 'object':
      if (value === null) return 'null';
      // The object may be cyclic.
      if (depth > MAX_DEPTH) break;
      if (Array.isArray(value)) {
        let json = '';
        for (const [i, entry] of value.entries()) {
          // A hole is rejected, so no entry is dropped, and none comes from a polluted prototype.
          if (!Object.hasOwn(value, i)) throw notPlain(path);
          json += `${i ? ',' : ''}${jsonOf(entry, `${path}[${i}]`, depth + 1)}`;
        }
        return `[${json}]`;
      }
      if (isPlain(value)) return `{${jsonOfMembers(value, path, depth)}}`;
  }
  throw notPlain(path);
}

function notPlain(path: string): JwtError {
  return optionsInvalid(`${path ? `option "${path}"` : 'the options'} must be made of plain JSON values`);
}

/** Whether an option is not part of the JSON: `now` changes with every call, and `schema` is code. */
function isApart(name: string, depth: number): boolean {
  return depth === 0 && (name === 'now' || name === 'schema');
}

function jsonOfMembers(object: object, path: string, depth: number): string {
  let json = '';
  const names = Object.keys(object);
  // Object.keys does not list symbols and non-enumerable members. Ignoring such a member could drop a condition.
  if (Reflect.ownKeys(object).length !== names.length) throw notPlain(path);
  for (const name of names) {
    if (isApart(name, depth)) continue;
    const inner = path ? `${path}.${name}` : name;
    const member: unknown = (object as Record<string, unknown>)[name];
    if (member !== undefined) json += `${json && ','}${JSON.stringify(name)}:${jsonOf(member, inner, depth + 1)}`;
    else if (depth > 0 || !mayBeUndefined(name)) throw undefinedOption(inner);
  }
  return json;
}

/** Whether `value` has the same JSON as `copy`. May return false even if the JSON is the same. */
function isCopy(copy: unknown, value: unknown, depth: number): boolean {
  // If `copy` is undefined, the JSON lacks this member, so even an undefined `value` is different.
  if (typeof copy !== 'object' || copy === null) return copy === value && copy !== undefined;
  if (typeof value !== 'object' || value === null) return false;
  if (Array.isArray(copy)) {
    return (
      Array.isArray(value) &&
      copy.length === value.length &&
      copy.every((entry, i) => Object.hasOwn(value, i) && isCopy(entry, value[i], depth + 1))
    );
  }
  if (Array.isArray(value) || !isPlain(value)) return false;
  let count = Reflect.ownKeys(copy).length;
  for (const name of Reflect.ownKeys(value) as string[]) {
    const member: unknown = (value as Record<string, unknown>)[name];
    if (isApart(name, depth) || (depth === 0 && member === undefined && mayBeUndefined(name))) continue;
    // Without the first condition, a polluted prototype could supply members that the copy lacks.
    if (!Object.hasOwn(copy, name) || !isCopy((copy as Record<string, unknown>)[name], member, depth + 1)) return false;
    count -= 1;
  }
  return count === 0;
}
