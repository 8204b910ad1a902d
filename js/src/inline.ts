// `sts-jwt/inline`: the .wasm as text inside the JavaScript, for bundles of one file. A third larger, and synchronous in browsers
// too. Not where compiling is forbidden: Vercel's edge, and Workers with a compatibility date before 2025-06-01.

import { base64 } from './base64.js';
import { start } from './engine.js';

export * from './index.js';

start(() => {
  const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  return new WebAssembly.Instance(new WebAssembly.Module(bytes));
}, 'the inlined module is damaged');
