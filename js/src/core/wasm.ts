// The one file that calls the WebAssembly module: it starts the module, passes text through its memory and owns its objects.

import { JwtError, type JwtErrorDetails, optionsInvalid, tokenInvalid } from './errors.js';
import { startFailure } from './start-failure.js';

/** The module's exports as declared by wasm-bindgen. Pointers and booleans are numbers. */
type Exports = typeof import('../generated/exports.js');

/** The exports, and the address of the `Engine` in Rust that most of them take. */
interface Running {
  readonly exports: Exports;
  readonly engine: number;
}

/** The export that frees each kind of object. */
const FREE = {
  keySet: '__wbg_rawkeyset_free',
  options: '__wbg_rawoptions_free',
  token: '__wbg_rawtoken_free',
} as const;
type Kind = keyof typeof FREE;

declare const kind: unique symbol;
/** The address of an object of the module. The caller owns the object and frees it with {@link free}. */
type Handle<K extends Kind> = number & { readonly [kind]: K };
export type KeySetHandle = Handle<'keySet'>;
export type OptionsHandle = Handle<'options'>;
export type TokenHandle = Handle<'token'>;

const encoder = /*#__PURE__*/ new TextEncoder();
const decoder = /*#__PURE__*/ new TextDecoder();
const LONE_SURROGATE = /\p{Surrogate}/u;

let current: Running | undefined;
let failure: JwtError | undefined;
/** A view of the module's memory. */
let memory = /*#__PURE__*/ new Uint8Array();
/** The part of the memory that holds the token. */
let input = memory;

// ---- start

/** Starts the module synchronously. Does nothing if it is already running. */
export function link(module: WebAssembly.Module): void {
  if (!current) use(new WebAssembly.Instance(module));
}

/** Starts the module asynchronously. Does nothing if it is already running. */
export async function linkLater(module: WebAssembly.Module): Promise<void> {
  if (!current) use(await WebAssembly.instantiate(module));
}

function use(instance: WebAssembly.Instance): void {
  if (current) return;
  const exports = instance.exports as unknown as Exports;
  current = { exports, engine: exports.engine_new() };
}

/**
 * Starts the module during import. Keeps a failure for the first use: the importer could not catch an error thrown by an import,
 * and may never use the package. `missing` says what to do when the file is missing.
 */
export function start(compile: () => WebAssembly.Module, missing: string): void {
  try {
    link(compile());
  } catch (cause) {
    failure = startFailure(cause, missing);
  }
}

export function isRunning(): boolean {
  return current !== undefined;
}

/** @throws JwtError if the module has not started. */
export function assertRunning(): void {
  running();
}

function running(): Running {
  if (!current) throw failure ?? optionsInvalid('call `await init()` before the first use');
  return current;
}

// ---- tokens

/** UNVERIFIED: header and claims. */
export function decodeToken(token: unknown): unknown {
  const { exports, engine } = running();
  if (!exports.engine_decode(engine, writeToken(token))) throw lastError();
  return readJson();
}

/** UNVERIFIED: the token's `iss`, or the empty string if it has none. */
export function decodeIssuer(token: unknown): string {
  const { exports, engine } = running();
  if (!exports.engine_issuer(engine, writeToken(token))) throw lastError();
  return readText();
}

/**
 * Verifies a token. Returns its texts: header and key, the token's ID, claims, and the AWS identity if the options ask for it;
 * or undefined, and then {@link lastError} says why.
 */
export function verifyToken(
  token: unknown,
  keySet: KeySetHandle,
  options: OptionsHandle,
  now: number,
): string[] | undefined {
  const { exports, engine } = running();
  return exports.engine_verify(engine, writeToken(token), keySet, options, now) ? readTexts() : undefined;
}

/** Verifies a token like {@link verifyToken}, and keeps it for {@link checkToken}. */
export function verifyAndKeepToken(
  token: unknown,
  keySet: KeySetHandle,
  options: OptionsHandle,
  now: number,
): { handle: TokenHandle; texts: string[] } | undefined {
  const { exports, engine } = running();
  const handle = exports.engine_verify_and_remember(engine, writeToken(token), keySet, options, now) as TokenHandle;
  return handle ? { handle, texts: readTexts() } : undefined;
}

/** Checks a kept token again, except its signature. If false, {@link lastError} says why. */
export function checkToken(token: TokenHandle, options: OptionsHandle, now: number): boolean {
  const { exports, engine } = running();
  return exports.engine_check(engine, token, options, now) !== 0;
}

/** The decision of {@link verifyToken} as a trace. */
export function explainToken(token: unknown, keySet: KeySetHandle, options: OptionsHandle, now: number): unknown {
  const { exports, engine } = running();
  exports.engine_explain(engine, writeToken(token), keySet, options, now);
  return readJson();
}

// ---- key sets, options and the rest

/** @throws JwtError if the text is not a JWK Set. */
export function parseKeySet(text: string): KeySetHandle {
  const { exports, engine } = running();
  writeText(text);
  const handle = exports.engine_key_set(engine) as KeySetHandle;
  if (!handle) throw lastError();
  return handle;
}

/** The report on each key of the set. */
export function reportKeys(keySet: KeySetHandle): unknown {
  const { exports, engine } = running();
  exports.engine_report(engine, keySet);
  return readJson();
}

/** @throws JwtError for wrong options. */
export function parseOptions(text: string): OptionsHandle {
  const { exports, engine } = running();
  writeText(text);
  const handle = exports.engine_options(engine) as OptionsHandle;
  if (!handle) throw lastError();
  return handle;
}

/** The SHA-256 of a text, base64url. */
export function digestText(text: string): string {
  const { exports, engine } = running();
  writeText(text);
  exports.engine_digest(engine);
  return readText();
}

/** Verifies one token of each algorithm. If false, {@link lastError} says why. */
export function selfTest(): boolean {
  const { exports, engine } = running();
  return exports.engine_self_test(engine) !== 0;
}

/** Frees an object of the module; its handle must not be used again. */
export function free<K extends Kind>(kind: K, handle: Handle<NoInfer<K>>): void {
  running().exports[FREE[kind]](handle, 0);
}

/** Why the last call failed; `issuer` is the configured issuer of the token, if known. */
export function lastError(issuer?: string): JwtError {
  const { exports, engine } = running();
  exports.engine_error(engine);
  return new JwtError({ ...(readJson() as JwtErrorDetails), ...(issuer === undefined ? {} : { issuer }) });
}

/** True if the string has a lone surrogate, which TextEncoder would replace with U+FFFD. */
export function hasLoneSurrogate(text: string): boolean {
  return LONE_SURROGATE.test(text);
}

// ---- text

/** Writes the token into the module's input buffer. Returns its length in bytes. */
function writeToken(token: unknown): number {
  if (typeof token !== 'string') throw tokenInvalid('the token must be a string');
  if (input.length === 0) {
    // The view is empty before the first token, and again after the memory has grown: growing detaches every view.
    const { exports, engine } = running();
    const capacity = exports.engine_input_capacity(engine);
    input = new Uint8Array(exports.memory.buffer, exports.engine_input_ptr(engine), capacity);
  }
  // A longer token is cut off. The buffer holds more than the limit, so the core rejects what is left.
  return encoder.encodeInto(token, input).written;
}

/** Writes the text for the next call. */
function writeText(text: string): void {
  const { exports, engine } = running();
  const encoded = encoder.encode(text);
  const address = exports.engine_reserve(engine, encoded.length) >>> 0;
  new Uint8Array(exports.memory.buffer, address, encoded.length).set(encoded);
}

/** Reads the text that the last call wrote. */
function readText(): string {
  const { exports, engine } = running();
  if (memory.length === 0) memory = new Uint8Array(exports.memory.buffer);
  const address = exports.engine_output_ptr(engine) >>> 0;
  return decoder.decode(memory.subarray(address, address + exports.engine_output_len(engine)));
}

function readJson(): unknown {
  return JSON.parse(readText());
}

/** Reads the texts of a verified token; the separator occurs in no JSON text. */
function readTexts(): string[] {
  return readText().split('\0');
}
