// The .wasm itself: what it asks of its host and what it offers.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { ROOT } from './support/paths.mjs';

const module = new WebAssembly.Module(readFileSync(join(ROOT, 'pkg/sts_jwt.wasm')));
const SOURCE = join(ROOT, 'js/src');

test('the module imports nothing, so that loaders need no import object', () => {
  assert.deepEqual(WebAssembly.Module.imports(module), []);
});

test('the module exports only what the TypeScript calls', () => {
  const files = readdirSync(SOURCE, { recursive: true }).filter((file) => file.endsWith('.ts'));
  const source = files.map((file) => readFileSync(join(SOURCE, file), 'utf8')).join('\n');
  const names = WebAssembly.Module.exports(module).map(({ name }) => name);
  assert.ok(names.includes('engine_verify'));
  assert.deepEqual(
    names.filter((name) => !new RegExp(`\\b${name}\\b`).test(source)),
    [],
  );
});
