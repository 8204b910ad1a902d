// The one instance of the module, and how text gets in and out of its memory.

import * as glue from './wasm/sts_jwt_bg.js';
import { JwtError, optionsInvalid, tokenInvalid, type JwtErrorDetails } from './errors.js';

/** What the module imports. */
export const imports = { './sts_jwt_bg.js': glue } as unknown as WebAssembly.Imports;

// wasm-bindgen's declarations leave these two out.
type Linked = { __wbg_set_wasm(exports: WebAssembly.Exports): void };
type Exports = { memory: WebAssembly.Memory; __wbindgen_start?(): void };

const encoder = new TextEncoder();
const decoder = new TextDecoder();
const LONE_SURROGATE = /\p{Surrogate}/u;

let engine: glue.Engine | undefined;
let memory: WebAssembly.Memory;
let bytes: Uint8Array<ArrayBuffer>;
let input: Uint8Array<ArrayBuffer>;

/** Links an instance of the module, once. Every loader ends here. */
export function start(instance: WebAssembly.Instance): void {
  if (engine) return;
  const exports = instance.exports as unknown as Exports;
  (glue as unknown as Linked).__wbg_set_wasm(instance.exports);
  exports.__wbindgen_start?.();
  memory = exports.memory;
  bytes = input = new Uint8Array();
  engine = new glue.Engine();
}

/** The started engine. */
export function running(): glue.Engine {
  if (!engine) throw optionsInvalid('`await init()` is needed before the first use in a browser');
  return engine;
}

/** Writes the token into the module's input buffer; returns its length in bytes. */
export function writeToken(engine: glue.Engine, token: unknown): number {
  if (typeof token !== 'string') throw tokenInvalid('the token must be a string');
  if (input.length === 0) {
    // Also after the memory grew: that detaches every view, whose length is then 0.
    input = new Uint8Array(memory.buffer, engine.input_ptr(), engine.input_capacity());
  }
  // What does not fit is cut off; the buffer holds more than the limit, so the core refuses what was cut.
  return encoder.encodeInto(token, input).written;
}

/** Whether a text is no Unicode: it would reach the core with U+FFFD in place of the surrogate, as another text. */
export function hasLoneSurrogate(text: string): boolean {
  return LONE_SURROGATE.test(text);
}

/** Reads the JSON text that the last call left. */
export function readOutput(engine: glue.Engine): unknown {
  return JSON.parse(readText(engine));
}

/** Reads the texts that the last verification left: header and key, the token's ID, claims, and the AWS identity. */
export function readTexts(engine: glue.Engine): string[] {
  return readText(engine).split('\0');
}

function readText(engine: glue.Engine): string {
  if (bytes.length === 0) bytes = new Uint8Array(memory.buffer);
  const start = engine.output_ptr();
  return decoder.decode(bytes.subarray(start, start + engine.output_len()));
}

/** The reason why the last call failed. */
export function lastError(engine: glue.Engine): JwtError {
  engine.error();
  return new JwtError(readOutput(engine) as JwtErrorDetails);
}
