// The entry for Deno. Written in JavaScript because TypeScript does not support source phase imports.

import { imports, start } from './engine.js';
import source module from './sts_jwt.wasm';

export * from './index.js';

start(() => new WebAssembly.Instance(module, imports), 'the file sts_jwt.wasm is damaged');
