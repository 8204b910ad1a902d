// The entry for the Edge Runtime of Vercel and Next.js. It cannot choose between the two files, because this runtime forbids
// compiling the probe. The bundlers of Vercel and Next.js compile `?module` imports.

import { start } from '../core/shared.js';
import module from './sts_jwt.wasm?module';

export * from '../core/api.js';

start(() => module, 'importing sts_jwt.wasm?module did not return a module; bundle with Next.js or the Vercel CLI');
