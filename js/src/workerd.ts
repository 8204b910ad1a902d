// The entry for Cloudflare Workers: the .wasm is a module that was compiled at deployment.

import { start } from './engine.js';
import module from './sts_jwt.wasm';

export * from './index.js';

start(
  () => new WebAssembly.Instance(module),
  'the import of sts_jwt.wasm gave no module; bundle with wrangler, or declare it as CompiledWasm',
);
