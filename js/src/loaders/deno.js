// The entry for Deno. In JavaScript, because TypeScript does not know source phase imports.

import { start } from '../core/shared.js';
import source module from './sts_jwt.wasm';

export * from '../core/api.js';

start(() => module, 'the file sts_jwt.wasm is damaged');
