// The entry for Bun. It loads the plain .wasm, because Bun's multiply-add of relaxed SIMD is not fused. With `type: 'file'`,
// `bun build` emits the .wasm next to the bundle or into the executable.

import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { start } from '../core/shared.js';
import file from './sts_jwt.wasm' with { type: 'file' };

export * from '../core/api.js';

const MISSING = 'sts_jwt.wasm is not next to the code, perhaps due to bundling; import "sts-jwt/inline"';

// In a bundle, the path is relative to the bundle.
const path = () => resolve(import.meta.dirname, file as unknown as string);
start(() => new WebAssembly.Module(readFileSync(path())), MISSING);
