// `sts-jwt/inline`: the .wasm as base64 inside the JavaScript, for single-file bundles. Base64 is a third larger than the
// .wasm, but loads synchronously even in browsers. Does not work where compiling is forbidden: on Vercel's edge, and in
// Workers with a compatibility date before 2025-06-01.

import { start } from '../core/shared.js';
import { base64 } from './base64.js';

export * from '../core/api.js';

start(
  () => new WebAssembly.Module(Uint8Array.from(atob(base64), (character) => character.charCodeAt(0))),
  'the inlined module is damaged',
);
