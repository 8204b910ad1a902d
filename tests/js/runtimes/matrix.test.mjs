// Checks that the README shows the table of runtimes and bundlers from the last `make test-all`, and that every cell passed.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { describe } from 'node:test';
import { cells } from '../hosts/cells.mjs';
import { blockOf } from '../matrix/readme.mjs';
import { ROOT, TOOLS } from '../support/paths.mjs';

const results = JSON.parse(readFileSync(join(TOOLS, 'matrix/results.json'), 'utf8'));

describe('matrix of runtimes and bundlers', () => {
  test('shows the table of results.json in the README', () => {
    assert.ok(readFileSync(join(ROOT, 'README.md'), 'utf8').includes(blockOf(results)));
  });

  test('lists every cell as passed in results.json', () => {
    const known = new Set(cells.map(({ name }) => name));
    const passed = results.cells.filter(({ status }) => status === 'passed').map(({ name }) => name);
    for (const name of known) assert.ok(passed.includes(name), `${name} passed`);
    for (const { name, cases, corpus } of results.cells) assert.ok(cases > 150 && corpus > 1000, name);
  });
});
