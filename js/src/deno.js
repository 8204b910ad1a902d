// The entry for Deno. In JavaScript, because TypeScript does not know source phase imports.

import source module from './sts_jwt.wasm';
import { imports, start } from './engine.js';

export * from './index.js';

start(() => new WebAssembly.Instance(module, imports), 'the file sts_jwt.wasm is damaged');
