// The entry for Cloudflare Workers built by Nitro, whose plugin unwasm compiles only `?module` imports.

import { start } from '../core/shared.js';
import module from './sts_jwt.fused.wasm?module';

export * from '../core/api.js';

start(() => module, 'importing sts_jwt.fused.wasm?module did not return a module; bundle with Nitro or Nuxt');
