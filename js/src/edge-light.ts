// The entry for the Edge Runtime of Vercel and Next.js, whose bundlers compile what `?module` asks for.

import { start } from './engine.js';
import module from './sts_jwt.wasm?module';

export * from './index.js';

start(
  () => new WebAssembly.Instance(module),
  'the import of sts_jwt.wasm?module gave no module; bundle with Next.js or the Vercel CLI',
);
