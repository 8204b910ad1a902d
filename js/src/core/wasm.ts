// The only file that calls the WebAssembly module. It starts the module, passes text through the module's memory, and
// owns the objects in the module.
//
// If the stack or the memory runs out, a call does not return and leaves the instance unusable. The next call then
// starts a new instance. Key sets and options keep their text, and are parsed again at their next use.

import { copyOf } from './copy.js';
import { JwtError, type JwtErrorDetails, tokenInvalid, wasmUnavailable } from './errors.js';
import { startFailure } from './start-failure.js';
import type { KeyReport, VerifiedToken } from './types.js';

/** The module's exports as declared by wasm-bindgen. Pointers and booleans are numbers. */
type Exports = typeof import('../generated/exports.js');

/** The exports of an instance, and the address of its `Engine` (in Rust), the first argument of most exports. */
interface Instance {
  readonly exports: Exports;
  readonly engine: number;
}

/**
 * The kinds of objects, as they occur in the names of the exports that parse them (`engine_keyset`, `engine_options`) and
 * free them (`__wbg_rawkeyset_free`, `__wbg_rawoptions_free`, `__wbg_rawtoken_free`). The build keeps only exports that
 * this file names.
 */
type Kind = 'keyset' | 'options' | 'token';
type ParsedKind = Exclude<Kind, 'token'>;

/** An object of the module. The caller owns the object and frees it with {@link free}. */
export interface Owned<K extends Kind = Kind> {
  readonly kind: K;
  /** The address in the memory of the instance. */
  address: number;
  /** The number of the instance: 1 for the first, 2 for its replacement. */
  instance: number;
}

/** An object that can be parsed again from its text. */
interface Parsed<K extends ParsedKind> extends Owned<K> {
  readonly text: string;
}
export type KeySetHandle = Parsed<'keyset'>;
export type OptionsHandle = Parsed<'options'>;
export type TokenHandle = Owned<'token'>;

const encoder = /*#__PURE__*/ new TextEncoder();
// A byte order mark is part of the text: without `ignoreBOM`, "\uFEFF" + iss would be read as iss.
const decoder = /*#__PURE__*/ new TextDecoder('utf-8', { fatal: false, ignoreBOM: true });

let kept: WebAssembly.Module | undefined;
let current: Instance | undefined;
/** How many instances were started. */
let started = 0;
/** Whether a call is inside the instance. If this is true when the next call starts, the previous call never returned. */
let isInside = false;
let failure: JwtError | undefined;
/** A view of the module's memory. */
let memory = /*#__PURE__*/ new Uint8Array();
/** The part of the memory that holds the token. */
let input = memory;

// ---- start

/** Starts the module synchronously. Does nothing if it is already running. */
export function link(module: WebAssembly.Module): void {
  if (!isRunning()) use(new WebAssembly.Instance(module), module);
}

/** Starts the module asynchronously. Does nothing if it is already running. */
export async function linkLater(module: WebAssembly.Module): Promise<void> {
  if (!isRunning()) use(await WebAssembly.instantiate(module), module);
}

function use(instance: WebAssembly.Instance, module: WebAssembly.Module): void {
  if (isRunning()) return;
  const exports = instance.exports as unknown as Exports;
  current = { exports, engine: exports.engine_new() };
  kept = module;
  started += 1;
  isInside = false;
  memory = input = new Uint8Array();
}

/**
 * Starts the module during import. If this fails, the error is thrown at the first use and not during the import: an
 * `import` declaration cannot catch errors, and the importer may never use the package. `missing` says what to do when
 * the file is missing.
 */
export function start(compile: () => WebAssembly.Module, missing: string): void {
  // Another entry may have started the module.
  if (isRunning()) return;
  try {
    link(compile());
  } catch (cause) {
    failure = startFailure(cause, missing);
  }
}

export function isRunning(): boolean {
  return current !== undefined && !isInside;
}

/**
 * Starts a new instance if the last call into the module did not return.
 *
 * @throws JwtError `ERR_WASM_UNAVAILABLE` if the module is not running and cannot be started.
 */
export function assertRunning(): void {
  if (isRunning()) return;
  if (!kept) throw failure ?? wasmUnavailable('call `await init()` before the first use');
  // Drops the old instance first, so its memory can be collected before the new instance needs the same amount.
  current = undefined;
  memory = input = new Uint8Array();
  try {
    link(kept);
  } catch (cause) {
    throw wasmUnavailable('WebAssembly did not restart', { cause });
  }
}

/** Calls the instance. @throws JwtError `ERR_WASM_UNAVAILABLE` if the instance traps; the next call starts a new instance. */
function enter<T>(call: (exports: Exports, engine: number) => T): T {
  assertRunning();
  const { exports, engine } = current!;
  let result: T;
  try {
    isInside = true;
    result = call(exports, engine);
  } catch (cause) {
    // `isInside` stays true. If the stack is full, even an assignment here could fail.
    throw wasmUnavailable('WebAssembly ran out of stack or memory; the next call restarts it', { cause });
  }
  isInside = false;
  return result;
}

// ---- tokens

/** UNVERIFIED: header and claims. */
export function decodeToken(token: unknown): unknown {
  return JSON.parse(readWith(token, (exports, engine, length) => exports.engine_decode(engine, length)));
}

/**
 * UNVERIFIED: the token's `iss`, or the empty string if it has none. Keeps the parsed token for
 * {@link verifyAndKeepToken}.
 */
export function decodeIssuer(token: unknown): string {
  return readWith(token, (exports, engine, length) => exports.engine_issuer(engine, length));
}

/** Verifies a token. @throws JwtError if the token is rejected. */
export function verifyToken(token: unknown, keySet: KeySetHandle, options: OptionsHandle, now: number): VerifiedToken {
  return readVerified(decide('engine_verify', token, keySet, options, now));
}

/** Makes the decision of {@link verifyToken} and returns its trace. */
export function explainToken(token: unknown, keySet: KeySetHandle, options: OptionsHandle, now: number): unknown {
  return JSON.parse(decide('engine_explain', token, keySet, options, now));
}

function decide(
  decision: 'engine_verify' | 'engine_explain',
  token: unknown,
  keySet: KeySetHandle,
  options: OptionsHandle,
  now: number,
): string {
  const keys = addressOf(keySet);
  const expectations = addressOf(options);
  return readWith(token, (exports, engine, length) => exports[decision](engine, length, keys, expectations, now));
}

/**
 * Verifies the token that {@link decodeIssuer} has just read, like {@link verifyToken}. Keeps the verified token for
 * {@link checkToken}; the caller frees it. `size` is its approximate memory in bytes.
 */
export function verifyAndKeepToken(
  keySet: KeySetHandle,
  options: OptionsHandle,
  now: number,
): { handle: TokenHandle; verified: VerifiedToken; size: number } | undefined {
  const keys = addressOf(keySet);
  const expectations = addressOf(options);
  const kept = enter((exports, engine) => {
    const address = exports.engine_keep(engine, keys, expectations, now);
    const handle: TokenHandle = { kind: 'token', address, instance: started };
    return address ? { handle, text: readText(exports, engine), size: exports.rawtoken_size(address) } : undefined;
  });
  return kept && { ...kept, verified: readVerified(kept.text) };
}

type Origin = Pick<VerifiedToken, 'header' | 'alg' | 'key'>;

/** Header and key of the last verified token, as text and parsed, because most tokens of a key have the same header. */
let origin: { text: string; parsed: Origin } | undefined;

/** Builds the verified token from the two objects that the core wrote. Each caller gets its own copy. */
function readVerified(text: string): VerifiedToken {
  const end = text.indexOf('\0');
  const first = text.slice(0, end);
  if (origin?.text !== first) origin = { text: first, parsed: JSON.parse(first) };
  const { header, alg, key } = origin.parsed;
  return { header: copyOf(header), alg, key: { ...key }, ...JSON.parse(text.slice(end + 1)) };
}

/** Whether a kept token is in the running instance. Replacing the instance loses all kept tokens. */
export function isKept({ instance }: TokenHandle): boolean {
  return instance === started;
}

/** Repeats all checks of a kept token except the signature check. If this returns false, {@link lastError} has the reason. */
export function checkToken(token: TokenHandle, options: OptionsHandle, now: number): boolean {
  const expectations = addressOf(options);
  return enter((exports, engine) => exports.engine_check(engine, token.address, expectations, now)) !== 0;
}

// ---- key sets, options and the rest

/** Parses a JWK Set or options. @throws JwtError if the text is neither. */
export function parse<K extends ParsedKind>(kind: K, text: string): Parsed<K> {
  const encoded = encoder.encode(text);
  const address = enter((exports, engine) => {
    writeText(exports, engine, encoded);
    return exports[`engine_${kind as ParsedKind}`](engine);
  });
  if (!address) throw lastError();
  return { kind, text, address, instance: started };
}

/** Returns the address of an object. Parses the object again if the instance was replaced. */
function addressOf<K extends ParsedKind>(object: Parsed<K>): number {
  assertRunning();
  if (object.instance !== started) Object.assign(object, parse(object.kind, object.text));
  return object.address;
}

/** Returns a report on each key of the set. */
export function reportKeys(keySet: KeySetHandle): KeyReport[] {
  const keys = addressOf(keySet);
  return JSON.parse(read((exports, engine) => exports.engine_report(engine, keys)));
}

/** Returns the SHA-256 of a string, base64url. */
export function digestText(text: string): string {
  const encoded = encoder.encode(text);
  return read((exports, engine) => {
    writeText(exports, engine, encoded);
    exports.engine_digest(engine);
  });
}

/** Returns the self-test as JSON: `{ config, tokens }`, with one token for each algorithm. */
export function readSelfTest(): string {
  return read((exports, engine) => exports.engine_self_test(engine));
}

/**
 * Returns which module runs: 0 for sts_jwt.wasm, 1 for sts_jwt.fused.wasm, 2 for sts_jwt.fused.wasm on an engine that does not
 * fuse multiply-add. In the last case, the module is no faster than sts_jwt.wasm.
 */
export function kernels(): number {
  return enter((exports) => exports.engine_kernels());
}

/**
 * Frees an object of the module, which must not be used again. A second call does nothing. A call for an object of a
 * replaced instance also does nothing, because such objects are already gone.
 */
export function free(object: Owned): void {
  const { kind, address, instance } = object;
  if (!isRunning() || instance !== started) return;
  object.instance = 0;
  enter((exports) => exports[`__wbg_raw${kind}_free`](address, 0));
}

/** Returns the error of the last call. `issuer` is the configured issuer of the token, if known. */
export function lastError(issuer?: string): JwtError {
  const details: JwtErrorDetails = JSON.parse(read((exports, engine) => exports.engine_error(engine)));
  return new JwtError({ ...details, ...(issuer && { issuer }) });
}

// ---- text

/**
 * Calls an export and returns the text that the export wrote.
 *
 * @throws JwtError if the export returned false (the number 0).
 */
function read(call: (exports: Exports, engine: number) => unknown): string {
  const text = enter((exports, engine) => (call(exports, engine) === 0 ? undefined : readText(exports, engine)));
  if (text === undefined) throw lastError();
  return text;
}

/** {@link read} with a token in the input buffer; `length` is in bytes. */
function readWith(token: unknown, call: (exports: Exports, engine: number, length: number) => unknown): string {
  if (typeof token !== 'string') throw tokenInvalid('the token must be a string, not a promise');
  return read((exports, engine) => {
    if (input.length === 0) {
      // The view is empty before the first token, and again after the memory has grown: growing detaches every view.
      const capacity = exports.engine_input_len(engine);
      input = new Uint8Array(exports.memory.buffer, exports.engine_input_ptr(engine), capacity);
    }
    // A token that does not fit in the buffer is truncated. The buffer is larger than the limit for tokens, so the core still
    // rejects it as too long.
    return call(exports, engine, encoder.encodeInto(token, input).written);
  });
}

/** Writes a text for the next export. */
function writeText(exports: Exports, engine: number, encoded: Uint8Array): void {
  const address = exports.engine_reserve(engine, encoded.length) >>> 0;
  new Uint8Array(exports.memory.buffer, address, encoded.length).set(encoded);
}

/** Reads the text that the last export wrote. */
function readText(exports: Exports, engine: number): string {
  if (memory.length === 0) memory = new Uint8Array(exports.memory.buffer);
  const address = exports.engine_output_ptr(engine) >>> 0;
  return decoder.decode(memory.subarray(address, address + exports.engine_output_len(engine)));
}
