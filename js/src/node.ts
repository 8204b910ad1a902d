// The entry for Node, Bun and compatible runtimes. Compiles the module at import, so everything is synchronous.

import { readFileSync } from 'node:fs';
import { imports, start } from './engine.js';

export * from './index.js';

start(() => {
  const bytes = readFileSync(new URL('./sts_jwt.wasm', import.meta.url));
  return new WebAssembly.Instance(new WebAssembly.Module(bytes), imports);
}, 'sts_jwt.wasm is not next to the code, perhaps due to bundling; keep "sts-jwt" external, or import "sts-jwt/inline"');
