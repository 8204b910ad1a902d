// `sts-jwt/inline`: the .wasm as base64 inside the JavaScript, for single-file bundles. Base64 is a third larger than the
// .wasm, but loads synchronously even in browsers. Does not work where compiling is forbidden: on Vercel's edge, and in
// Workers with a compatibility date before 2025-06-01.

import { start } from '../core/shared.js';
import { base64 } from './base64.js';

export * from '../core/api.js';

start(() => new WebAssembly.Module(bytesOf(base64)), 'the inlined module is damaged');

function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  if (Uint8Array.fromBase64) return Uint8Array.fromBase64(text);
  // `Uint8Array.from(binary, …)` would take 13 ms more.
  const binary = atob(text);
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < bytes.length; i += 1) bytes[i] = binary.charCodeAt(i);
  return bytes;
}
