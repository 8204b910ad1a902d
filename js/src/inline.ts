// `sts-jwt/inline`: the .wasm as base64 inside the JavaScript, for single-file bundles. A third larger, but synchronous
// even in browsers. Does not work where compiling is forbidden: Vercel's edge, and Workers with a compatibility date
// before 2025-06-01.

import { base64 } from './base64.js';
import { imports, start } from './engine.js';

export * from './index.js';

start(() => {
  const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  return new WebAssembly.Instance(new WebAssembly.Module(bytes), imports);
}, 'the inlined module is damaged');
