// The entry for Node, Bun and similar runtimes: reads and compiles the .wasm during import, so everything is synchronous.

import { readFileSync } from 'node:fs';
import { start } from '../core/shared.js';

export * from '../core/api.js';

start(
  () => new WebAssembly.Module(readFileSync(new URL('./sts_jwt.wasm', import.meta.url))),
  'sts_jwt.wasm is not beside the code, perhaps bundled; keep "sts-jwt" external, or import "sts-jwt/inline"',
);
