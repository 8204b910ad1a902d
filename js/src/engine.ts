// The one instance of the module: how it is started, and how text gets in and out of its memory.

import { JwtError, type JwtErrorDetails, optionsInvalid, tokenInvalid } from './errors.js';
import { loadingFailed } from './failure.js';

/** The module's functions as wasm-bindgen declares them; pointers and booleans are numbers. */
type Exports = typeof import('./exports.js');

/** The exports, and the pointer to the `Engine` in Rust that most of them take. */
export interface Running {
  exports: Exports;
  engine: number;
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
 * Starts the module where that is possible at import. A failure is kept for the first use: an import that throws cannot be
 * caught by the importer, and it may never use the package. `missing` says what to do when the file is not there.
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

/** The started module. */
export function running(): Running {
  if (!current) throw failure ?? optionsInvalid('`await init()` is needed before the first use');
  return current;
}

/** Writes the token into the module's input buffer; returns its length in bytes. */
export function writeToken({ exports, engine }: Running, token: unknown): number {
  if (typeof token !== 'string') throw tokenInvalid('the token must be a string');
  if (input.length === 0) {
    // Also after the memory grew: that detaches every view, whose length is then 0.
    input = new Uint8Array(
      exports.memory.buffer,
      exports.engine_input_ptr(engine),
      exports.engine_input_capacity(engine),
    );
  }
  // What does not fit is cut off; the buffer holds more than the limit, so the core refuses what was cut.
  return encoder.encodeInto(token, input).written;
}

/** Writes the text that the next call reads. */
export function writeText({ exports, engine }: Running, text: string): void {
  const encoded = encoder.encode(text);
  const start = exports.engine_reserve(engine, encoded.length) >>> 0;
  new Uint8Array(exports.memory.buffer, start, encoded.length).set(encoded);
}

/** Whether a text is no Unicode: it would reach the core with U+FFFD in place of the surrogate, as another text. */
export function hasLoneSurrogate(text: string): boolean {
  return LONE_SURROGATE.test(text);
}

/** Reads the JSON text that the last call left. */
export function readOutput(running: Running): unknown {
  return JSON.parse(readText(running));
}

/** Reads the texts that the last verification left: header and key, the token's ID, claims, and the AWS identity. */
export function readTexts(running: Running): string[] {
  return readText(running).split('\0');
}

/** Reads the text that the last call left. */
export function readText({ exports, engine }: Running): string {
  if (bytes.length === 0) bytes = new Uint8Array(exports.memory.buffer);
  const start = exports.engine_output_ptr(engine) >>> 0;
  return decoder.decode(bytes.subarray(start, start + exports.engine_output_len(engine)));
}

/** The reason why the last call failed; `issuer` is whose token it was, where that is known. */
export function lastError(running: Running, issuer?: string): JwtError {
  running.exports.engine_error(running.engine);
  return new JwtError({ ...(readOutput(running) as JwtErrorDetails), ...(issuer === undefined ? {} : { issuer }) });
}
