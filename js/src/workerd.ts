// The entry for Cloudflare Workers: the .wasm is a module that was compiled at deployment.

import module from './wasm/sts_jwt_bg.wasm';
import { imports, start } from './engine.js';

export * from './index.js';

start(new WebAssembly.Instance(module, imports));
