// The entry for the Edge Runtime of Vercel and Next.js, whose bundlers compile `?module` imports.

import { imports, start } from './engine.js';
import module from './sts_jwt.wasm?module';

export * from './index.js';

start(
  () => new WebAssembly.Instance(module, imports),
  'importing sts_jwt.wasm?module did not return a module; bundle with Next.js or the Vercel CLI',
);
