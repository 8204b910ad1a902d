// Reads option objects. Reads only own members, and rejects unknown members.

import { isJwtError, type JwtError, jwksInvalid, optionsInvalid } from './errors.js';
import type { VerifyOptions } from './types.js';

/**
 * Copies the own members of an option object into an object without a prototype, so a polluted `Object.prototype` is
 * never read. Getters and proxies run only in this function.
 *
 * Not for objects with methods (stores, bindings), which are checked but not copied.
 *
 * @param names The known members. Without `names`, the caller must reject unknown members.
 * @param path The path of the object within the options, ending with a dot. Default: empty, for the options object itself.
 * @throws JwtError `ERR_OPTIONS_INVALID` if the argument is not a plain object, cannot be read, or has an unknown member.
 */
export function ownOptions<T extends object>(given: T | undefined, names?: readonly (keyof T)[], path = ''): T {
  const copy = Object.create(null) as T;
  if (given === undefined) return copy;
  try {
    if (typeof given !== 'object' || given === null || !isPlain(given)) {
      throw optionsInvalid(`${path ? `"${path.slice(0, -1)}"` : 'the options'} must be a plain object`);
    }
    for (const name of Reflect.ownKeys(given) as (keyof T)[]) {
      if (names && !names.includes(name)) throw optionsInvalid(`"${path}${String(name)}" is unknown`);
      copy[name] = listOf(given[name]);
    }
    return copy;
  } catch (error) {
    throw unreadable(error);
  }
}

/** Returns the JwtError to throw after a getter or proxy of the caller threw `error`. */
export function unreadable(error: unknown, what = 'the options', invalid = optionsInvalid): JwtError {
  return isJwtError(error) ? error : invalid(`${what} cannot be read`, { cause: error });
}

/**
 * The options of a verification for which `undefined` counts as absent. Every other option, and every member of a
 * policy, narrows which tokens are accepted, so ignoring an `undefined` value there would drop a condition. If `issuer`
 * or `audience` is `undefined`, the core reports that it is missing.
 */
const MAY_BE_UNDEFINED: readonly string[] = [
  'issuer',
  'audience',
  'clockTolerance',
  'allowMissingExp',
  'collectAll',
  'now',
] satisfies (keyof VerifyOptions)[];

/** Whether this option of a verification counts as absent if it is `undefined`. */
export function mayBeUndefined(name: string): boolean {
  return MAY_BE_UNDEFINED.includes(name);
}

/** Returns the error for an option that must not be `undefined`, because ignoring it would accept more tokens. */
export function undefinedOption(path: string): JwtError {
  return optionsInvalid(`option "${path}" must not be undefined; to switch it off, leave it out`);
}

/**
 * Copies the own members of data that is checked elsewhere, such as a snapshot. Returns an empty object for a value
 * without members.
 */
export function ownData<T extends object>(given: T, what = 'the keys'): T {
  try {
    const copy = { __proto__: null, ...given } as T;
    for (const name of Object.keys(copy) as (keyof T)[]) copy[name] = listOf(copy[name]);
    return copy;
  } catch (error) {
    throw unreadable(error, what, jwksInvalid);
  }
}

/** The maximum length of an array in the options or in a snapshot. */
const MAX_LIST = 100_000;

/**
 * Copies an array. A hole becomes undefined, even if a polluted prototype has a value for it. If the array is a proxy, it can
 * throw only during this copy. Returns any other value unchanged.
 */
function listOf<T>(value: T): T {
  if (!Array.isArray(value)) return value;
  inRange(value.length, 'length', 0, MAX_LIST);
  return Array.from(value, (entry, i) => (Object.hasOwn(value, i) ? entry : undefined)) as T;
}

/** Returns the value. @throws JwtError `ERR_OPTIONS_INVALID` if the value is not a number from `least` to `most`. */
export function inRange(value: unknown, name: string, least: number, most: number): number {
  if (typeof value === 'number' && value >= least && value <= most) return value;
  throw optionsInvalid(`"${name}" must be a number from ${least} to ${most}`);
}

/** Whether an object is a plain object, of this or another realm. */
export function isPlain(object: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(object);
  if (prototype === null) return true;
  return Object.getPrototypeOf(prototype) === null && Object.hasOwn(prototype as object, 'hasOwnProperty');
}

/** The options of one call to a verifier: the time, and `waitUntil` as in the `ctx` of a Worker. */
interface CallOptions {
  now?: number | undefined;
  waitUntil?(promise: Promise<unknown>): void;
}

const CONTEXT = ['waitUntil', 'passThroughOnException', 'props', 'exports'];

/**
 * Reads the options of a call. The options may be the `ctx` of a Worker; then only its `waitUntil` is used.
 *
 * @param names Further known members.
 */
export function ownCall(given: unknown, ...names: string[]): CallOptions {
  if (isContext(given)) return { waitUntil: (promise) => given.waitUntil(promise) };
  const call: CallOptions = ownOptions(given as CallOptions, [...CONTEXT, ...names] as (keyof CallOptions)[]);
  if (call.waitUntil !== undefined && typeof call.waitUntil !== 'function') {
    throw optionsInvalid('"waitUntil" must be a function');
  }
  return call;
}

/** Whether this is the platform's `ctx`: an instance of a class, with `waitUntil`. */
function isContext(given: unknown): given is Required<Pick<CallOptions, 'waitUntil'>> {
  try {
    return typeof given === 'object' && given !== null && !isPlain(given) && hasMethods(given, 'waitUntil');
  } catch {
    return false; // a revoked proxy
  }
}

/** Calls a function that was passed as an option. @throws JwtError `ERR_OPTIONS_INVALID` if the function throws. */
export function callOption<T>(call: () => T, name: string): T {
  try {
    return call();
  } catch (cause) {
    throw optionsInvalid(`"${name}" threw an error`, { cause });
  }
}

/** Returns whether an object has these methods, either own or inherited. */
export function hasMethods(object: unknown, ...names: string[]): boolean {
  try {
    const methods = object as Record<string, unknown> | undefined;
    return names.every((name) => typeof methods![name] === 'function');
  } catch {
    return false;
  }
}
