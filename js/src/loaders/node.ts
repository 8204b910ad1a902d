// The entry for Node and similar runtimes: reads and compiles the .wasm during import, so everything is synchronous.

import { readFileSync } from 'node:fs';
import { FILE_MISSING, start } from '../core/shared.js';

export * from '../core/api.js';

// Bundlers and file tracers recognise exactly this expression, and emit the file.
start(() => new WebAssembly.Module(readFileSync(new URL('./sts_jwt.wasm', import.meta.url))), FILE_MISSING);
