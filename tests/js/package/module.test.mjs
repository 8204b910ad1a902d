// Checks the imports and exports of the .wasm.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { describe } from 'node:test';
import { ROOT } from '../support/paths.mjs';

const module = new WebAssembly.Module(readFileSync(join(ROOT, 'pkg/dist/sts_jwt.wasm')));
const source = readFileSync(join(ROOT, 'js/src/core/wasm.ts'), 'utf8');

describe('the WebAssembly module', () => {
  test('imports nothing, so loaders need no import object', () => {
    assert.deepEqual(WebAssembly.Module.imports(module), []);
  });

  test('exports only names that core/wasm.ts calls', () => {
    const names = WebAssembly.Module.exports(module).map(({ name }) => name);
    assert.ok(names.includes('engine_verify'));
    assert.deepEqual(
      names.filter((name) => !new RegExp(`\\b${name}\\b`).test(source)),
      [],
    );
  });
});
