// The entry for Deno. In JavaScript, because TypeScript does not know source phase imports.

import { start } from './engine.js';
import source module from './sts_jwt.wasm';

export * from './index.js';

start(() => new WebAssembly.Instance(module), 'the file sts_jwt.wasm is damaged');
