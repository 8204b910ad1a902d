// The entry for Node and what runs like it: compiled and linked at import, so everything is synchronous.

import { readFileSync } from 'node:fs';
import { imports, start } from './engine.js';

export * from './index.js';

const module = new WebAssembly.Module(readFileSync(new URL('./wasm/sts_jwt_bg.wasm', import.meta.url)));
start(new WebAssembly.Instance(module, imports));
