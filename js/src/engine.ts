// The single instance of the WebAssembly module: starts it, and moves text in and out of its memory.

import { JwtError, type JwtErrorDetails, optionsInvalid, tokenInvalid } from './errors.js';
import { loadingFailed } from './failure.js';

/** The module's exports as declared by wasm-bindgen. Pointers and booleans are numbers. */
type Exports = typeof import('./exports.js');

/** The exports, and the pointer to the Rust `Engine` that most of them take. */
export interface Running {
  exports: Exports;
  engine: number;
}

/**
 * The module's imports: only functions that wasm-bindgen calls after incorrect use, which this package never makes.
 * Their names contain a hash of wasm-bindgen's version, so a Proxy provides them all.
 */
export const imports: WebAssembly.Imports = { './sts_jwt_bg.js': new Proxy({}, { get: () => misused }) };

function misused(): never {
  throw new Error('sts-jwt: invalid call into the WebAssembly module');
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();
const LONE_SURROGATE = /\p{Surrogate}/u;

let current: Running | undefined;
let failure: JwtError | undefined;
let bytes = new Uint8Array();
let input = bytes;

/** Links an instance of the module, once. */
export function link(instance: WebAssembly.Instance): void {
  if (current) return;
  const exports = instance.exports as unknown as Exports;
  current = { exports, engine: exports.engine_new() };
}

/**
 * Starts the module at import. A failure is kept and thrown at the first use: an importer cannot catch an error thrown
 * by an import, and may never use the package. `missing` is the advice for a missing file.
 */
export function start(instantiate: () => WebAssembly.Instance, missing: string): void {
  try {
    link(instantiate());
  } catch (cause) {
    failure = loadingFailed(cause, missing);
  }
}

export function isRunning(): boolean {
  return current !== undefined;
}

/** Returns the started module, or throws why it did not start. */
export function running(): Running {
  if (!current) throw failure ?? optionsInvalid('call `await init()` before the first use');
  return current;
}

/** Writes the token into the module's input buffer. Returns its length in bytes. */
export function writeToken({ exports, engine }: Running, token: unknown): number {
  if (typeof token !== 'string') throw tokenInvalid('the token must be a string');
  if (input.length === 0) {
    // Growing the memory detaches all views, whose length is then 0.
    input = new Uint8Array(
      exports.memory.buffer,
      exports.engine_input_ptr(engine),
      exports.engine_input_capacity(engine),
    );
  }
  // Longer tokens are truncated. The buffer is larger than the limit, so the core still rejects them as too large.
  return encoder.encodeInto(token, input).written;
}

/** Writes the text for the next call. */
export function writeText({ exports, engine }: Running, text: string): void {
  const encoded = encoder.encode(text);
  const start = exports.engine_reserve(engine, encoded.length) >>> 0;
  new Uint8Array(exports.memory.buffer, start, encoded.length).set(encoded);
}

/** Whether the string has a lone surrogate, which TextEncoder would replace with U+FFFD. */
export function hasLoneSurrogate(text: string): boolean {
  return LONE_SURROGATE.test(text);
}

/** Reads the JSON output of the last call. */
export function readOutput(running: Running): unknown {
  return JSON.parse(readText(running));
}

/** Reads the output of the last verification: header and key, the token's ID, claims, and the AWS identity. */
export function readTexts(running: Running): string[] {
  return readText(running).split('\0');
}

/** Reads the output of the last call. */
export function readText({ exports, engine }: Running): string {
  if (bytes.length === 0) bytes = new Uint8Array(exports.memory.buffer);
  const start = exports.engine_output_ptr(engine) >>> 0;
  return decoder.decode(bytes.subarray(start, start + exports.engine_output_len(engine)));
}

/** Returns the error of the last call. `issuer` is the issuer of the token, if known. */
export function lastError(running: Running, issuer?: string): JwtError {
  running.exports.engine_error(running.engine);
  return new JwtError({ ...(readOutput(running) as JwtErrorDetails), ...(issuer === undefined ? {} : { issuer }) });
}
