// The entry for `require` in Node, and so for Jest: node.ts without `import.meta`, which Babel and ts-jest do not translate to
// CommonJS. The engine is in a file that both entries import, so `import` and `require` share it.

import { compileFusedOrPlain, FILE_MISSING, start } from '../core/shared.js';
import { readFused, readPlain } from './read-wasm.cjs';

export * from '../core/api.js';

start(() => compileFusedOrPlain(readFused, readPlain), FILE_MISSING);
