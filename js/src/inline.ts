// `sts-jwt/inline`: the .wasm as text inside the JavaScript, for bundles of one file. A third larger, and synchronous in
// browsers too. Cloudflare Workers and Vercel's edge forbid compiling at run time: they need the main entry.

import { imports, start } from './engine.js';
import { base64 } from './base64.js';

export * from './index.js';

start(() => {
  const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  return new WebAssembly.Instance(new WebAssembly.Module(bytes), imports);
}, 'the inlined module is damaged');
