// The entry for Node, Bun and similar runtimes: reads and compiles the .wasm during import, so everything is synchronous.

import { readFileSync } from 'node:fs';
import { start } from '../core/shared.js';

export * from '../core/api.js';

start(
  () => new WebAssembly.Module(readFileSync(new URL('./sts_jwt.wasm', import.meta.url))),
  'sts_jwt.wasm is not next to the code, perhaps due to bundling; keep "sts-jwt" external, or import "sts-jwt/inline"',
);
