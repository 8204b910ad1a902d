// `sts-jwt/inline`: the .wasm as text inside the JavaScript, for bundles of one file. A third larger, and synchronous in browsers
// too. Not for runtimes that forbid compiling: Vercel's edge, and Workers with a compatibility date before 2025-06-01.

import { start } from '../core/shared.js';
import { base64 } from './base64.js';

export * from '../core/api.js';

start(
  () => new WebAssembly.Module(Uint8Array.from(atob(base64), (character) => character.charCodeAt(0))),
  'the inlined module is damaged',
);
