// The entry for Bun. With `type: 'file'`, `bun build` emits the .wasm next to the bundle or into the executable.

import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { FILE_MISSING, start } from '../core/shared.js';
import file from './sts_jwt.wasm' with { type: 'file' };

export * from '../core/api.js';

// In a bundle, the path is relative to the bundle.
const path = () => resolve(import.meta.dirname, file as unknown as string);
start(() => new WebAssembly.Module(readFileSync(path())), FILE_MISSING);
