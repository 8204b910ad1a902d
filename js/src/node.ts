// The entry for Node, Bun and what runs like them: compiled and linked at import, so everything is synchronous.

import { readFileSync } from 'node:fs';
import { start } from './engine.js';

export * from './index.js';

start(() => {
  const bytes = readFileSync(new URL('./sts_jwt.wasm', import.meta.url));
  return new WebAssembly.Instance(new WebAssembly.Module(bytes));
}, 'sts_jwt.wasm is not beside the code, perhaps bundled; keep "sts-jwt" external, or import "sts-jwt/inline"');
