// The entry for Cloudflare Workers, where the .wasm is compiled at deployment.

import { imports, start } from './engine.js';
import module from './sts_jwt.wasm';

export * from './index.js';

start(
  () => new WebAssembly.Instance(module, imports),
  'importing sts_jwt.wasm did not return a module; bundle with wrangler, or declare it as CompiledWasm',
);
