// The entry for Node and similar runtimes: reads and compiles the .wasm during import, so everything is synchronous.

import { readFileSync } from 'node:fs';
import { compileFusedOrPlain, FILE_MISSING, start } from '../core/shared.js';

export * from '../core/api.js';

// Bundlers and file tracers recognise exactly these expressions, and emit both files.
start(
  () =>
    compileFusedOrPlain(
      () => readFileSync(new URL('./sts_jwt.fused.wasm', import.meta.url)),
      () => readFileSync(new URL('./sts_jwt.wasm', import.meta.url)),
    ),
  FILE_MISSING,
);
