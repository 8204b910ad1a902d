// The entry for Deno. Written in JavaScript because TypeScript does not support source phase imports.

import { start } from '../core/shared.js';
import source module from './sts_jwt.fused.wasm';

export * from '../core/api.js';

start(() => module, 'sts_jwt.fused.wasm is damaged; import "sts-jwt/inline"');
