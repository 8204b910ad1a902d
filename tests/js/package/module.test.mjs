// Checks the imports and exports of both .wasm files.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { describe } from 'node:test';
import { ROOT } from '../support/paths.mjs';
import { CURRENT_NODE, FUSED, PLAIN, programOf } from '../support/runtimes.mjs';

const source = readFileSync(join(ROOT, 'js/src/core/wasm.ts'), 'utf8');

/** Returns the imports and exports of a file. A child process reads them, because Node 20 refuses the fused file. */
function interfaceOf(file) {
  const script = `const module = new WebAssembly.Module(require('node:fs').readFileSync(process.argv[1]));
const { imports, exports } = WebAssembly.Module;
console.log(JSON.stringify({ imports: imports(module), exports: exports(module) }));`;
  const program = programOf(`node${CURRENT_NODE}`) ?? process.execPath;
  return JSON.parse(execFileSync(program, ['--eval', script, join(ROOT, 'pkg/dist', file)], { encoding: 'utf8' }));
}

describe('the WebAssembly modules', () => {
  for (const file of [PLAIN, FUSED]) {
    test(`import nothing, so loaders need no import object: ${file}`, () => {
      assert.deepEqual(interfaceOf(file).imports, []);
    });

    test(`export only names that core/wasm.ts calls: ${file}`, () => {
      const names = interfaceOf(file).exports.map(({ name }) => name);
      assert.ok(names.includes('engine_verify'));
      assert.deepEqual(
        names.filter((name) => !new RegExp(`\\b${name}\\b`).test(source)),
        [],
      );
    });
  }
});
