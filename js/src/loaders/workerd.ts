// The entry for Cloudflare Workers, where the .wasm is compiled at deployment and runs on processors that fuse multiply-add.

import { start } from '../core/shared.js';
import module from './sts_jwt.fused.wasm';

export * from '../core/api.js';

start(
  () => module,
  'importing sts_jwt.fused.wasm did not return a module; bundle with wrangler, or declare it as CompiledWasm',
);
