// What `npm install` gives: it loads by import and by require, with types, and holds nothing that does not belong there.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { PROJECT, TOOLS } from './support/paths.mjs';

const run = (command, args, cwd) => {
  try {
    return execFileSync(command, args, { cwd, encoding: 'utf8' });
  } catch (error) {
    throw new Error(`${args.join(' ')}\n${error.stdout}${error.stderr}`, { cause: error });
  }
};
const node = (...args) => run(process.execPath, args, PROJECT);
const tsc = (...args) => run(process.execPath, [join(TOOLS, 'node_modules/typescript/bin/tsc'), ...args], TOOLS);

const namesOf = (load) => `console.log(Object.keys(${load}).filter((name) => !name.startsWith('__')).sort().join(' '))`;

test('package: import and require give the same', () => {
  const imported = node('--input-type=module', '--eval', namesOf("await import('sts-jwt')"));
  const required = node('--no-warnings', '--input-type=commonjs', '--eval', namesOf("require('sts-jwt')"));
  assert.equal(required, imported);
  for (const name of ['JwtError', 'KeySet', 'decode', 'explain', 'init', 'verify', 'warmup'])
    assert.ok(imported.trim().split(' ').includes(name), name);
});

test('package: import of sts-jwt/aws', () => {
  assert.equal(node('--input-type=module', '--eval', namesOf("await import('sts-jwt/aws')")).trim(), 'awsOutbound parseArn');
});

test('package: every file that package.json names is there', () => {
  const folder = join(PROJECT, 'node_modules/sts-jwt');
  const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const named = Object.values(manifest.exports).flatMap((target) =>
    typeof target === 'string' ? target : Object.values(target),
  );
  assert.ok(named.length > 3);
  for (const file of [...named, manifest.types]) assert.ok(existsSync(join(folder, file)), file);
  const { dependencies, devDependencies, scripts } = manifest;
  assert.deepEqual(
    { dependencies, devDependencies, scripts, private: manifest.private },
    {
      dependencies: undefined,
      devDependencies: undefined,
      scripts: undefined,
      private: undefined,
    },
  );
});

test('package: one .wasm and no sources', () => {
  const files = readdirSync(join(PROJECT, 'node_modules/sts-jwt'), { recursive: true });
  assert.equal(files.filter((file) => file.endsWith('.wasm')).length, 1);
  assert.deepEqual(
    files.filter((file) => /(?<!\.d)\.ts$|\.rs$|\.tgz$|(^|[/\\])\./.test(file)),
    [],
  );
});

test('types: under node16 rules', () => void tsc('--project', 'types', '--module', 'nodenext'));
test('types: under the rules of bundlers', () =>
  void tsc('--project', 'types', '--module', 'esnext', '--moduleResolution', 'bundler'));
test('types: examples/worker', () => void tsc('--project', join(PROJECT, 'worker')));
