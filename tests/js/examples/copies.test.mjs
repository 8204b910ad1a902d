// Checks that files shared by the examples are equal, that the examples depend on the published package, and that their
// READMEs are short.
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { describe } from 'node:test';
import { PROJECT, ROOT } from '../support/paths.mjs';

const EXAMPLES = join(ROOT, 'examples');
const read = (...path) => readFileSync(join(EXAMPLES, ...path), 'utf8');
const { version } = JSON.parse(readFileSync(join(PROJECT, 'node_modules/sts-jwt/package.json'), 'utf8'));
const names = readdirSync(EXAMPLES).filter((name) => name !== 'demo' && existsSync(join(EXAMPLES, name, 'README.md')));

/** Files that must be equal in each of these folders. There are copies because users copy single examples. */
const COPIES = {
  'style.css': ['browser', 'vite/src'],
};

describe('examples', () => {
  for (const [file, [first, ...others]] of Object.entries(COPIES)) {
    for (const folder of others) {
      test(`keeps ${folder}/${file} equal to the copy in ${first}`, () =>
        assert.equal(read(folder, file), read(first, file)));
    }
  }

  test('lists every copied file', () => {
    for (const [file, folders] of Object.entries(COPIES)) {
      const found = readdirSync(EXAMPLES, { encoding: 'utf8', recursive: true }).filter(
        (path) => path.endsWith(`/${file}`) && !path.includes('node_modules'),
      );
      assert.deepEqual(found.sort(), folders.map((folder) => `${folder}/${file}`).sort());
    }
  });

  for (const name of names) {
    test(`keeps the README of ${name} within 30 lines`, () => {
      assert.ok(read(name, 'README.md').trimEnd().split('\n').length <= 30);
    });
  }

  const npmExamples = names.filter((name) => existsSync(join(EXAMPLES, name, 'package.json')));
  for (const name of npmExamples) {
    test(`depends on this version: ${name}`, () => {
      assert.equal(JSON.parse(read(name, 'package.json')).dependencies['sts-jwt'], `^${version}`);
    });
  }
  test('depends on this version: deno', () => {
    assert.equal(JSON.parse(read('deno', 'deno.json')).imports['sts-jwt'], `npm:sts-jwt@^${version}`);
  });
});
