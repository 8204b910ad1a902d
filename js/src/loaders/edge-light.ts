// The entry for the Edge Runtime of Vercel and Next.js, whose bundlers compile an import with `?module`.

import { start } from '../core/shared.js';
import module from './sts_jwt.wasm?module';

export * from '../core/api.js';

start(() => module, 'the import of sts_jwt.wasm?module gave no module; bundle with Next.js or the Vercel CLI');
