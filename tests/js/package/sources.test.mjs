// Checks the rules for the TypeScript sources: some operations are allowed only in certain files, and each fact is stated once.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import test, { describe } from 'node:test';
import { ROOT } from '../support/paths.mjs';
import { importSource } from '../support/sources.mjs';

const JS = join(ROOT, 'js');
const facts = await importSource('generated/facts.ts', JS);

/** Returns the paths of the sources in a folder of js/, relative to the folder. */
const filesIn = (folder) =>
  readdirSync(join(JS, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(ts|js)$/.test(entry.name))
    .map((entry) => relative(join(JS, folder), join(entry.parentPath, entry.name)).replaceAll('\\', '/'))
    .filter((file) => !file.startsWith('generated/'));
const read = (folder, file) => readFileSync(join(JS, folder, file), 'utf8');
const withoutComments = (text) => text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|\s)\/\/.*$/gm, '');

const SOURCES = filesIn('src');
const CODE = [
  ...SOURCES.map((file) => [file, withoutComments(read('src', file))]),
  ...filesIn('debugger').map((file) => [`debugger/${file}`, withoutComments(read('debugger', file))]),
];

describe('TypeScript sources', () => {
  test('are found', () => assert.ok(SOURCES.length > 60));

  test('use the exports and imports of the WebAssembly module only in core/wasm.ts', () => {
    const knowing = CODE.filter(([, code]) => /generated\/exports|\bengine_|__wbg_|sts_jwt_bg/.test(code));
    assert.deepEqual(
      knowing.map(([file]) => file),
      ['core/wasm.ts'],
    );
  });

  test('use no file name twice', () => {
    const names = SOURCES.map((file) => basename(file));
    assert.deepEqual(
      names.filter((name, index) => names.indexOf(name) !== index),
      [],
    );
  });

  test('import values of the core only through shared.ts or api.ts, so the core is one file of the package', () => {
    for (const [file, code] of CODE) {
      if (/^(core|verifier|debugger)\//.test(file)) continue;
      for (const [, clause, from] of code.matchAll(/^(import|export) (?!type\b)[^;]*?from '([^']+)'/gm)) {
        assert.doesNotMatch(from, /\/(core|verifier)\/(?!(shared|api)\.js)/, `${file}: ${clause} from ${from}`);
      }
    }
  });

  test('keep fetch and import.meta, which bundlers rewrite, out of the core', () => {
    for (const [file, code] of CODE.filter(([file]) => /^(core|verifier)\//.test(file)))
      assert.doesNotMatch(code, /\bfetch\b|import\.meta|await [^;]*\(\s*await/, file);
  });

  test('import the facts of the crate instead of repeating them', () => {
    const stated = /\b(?:256|32|4) \* 1024|262_?144|32_?768|https:\/\/sts\.amazonaws\.com|tokens\.sts\.|\|\s*'ERR_/;
    for (const [file, code] of CODE) assert.doesNotMatch(code, stated, file);
  });

  test('document the limits and defaults of the crate', () => {
    const { CLOCK_TOLERANCE, MAX_JWKS_BYTES, MAX_KEYS, MAX_LIFETIME, MAX_TOKEN_BYTES } = facts;
    const tokens = `at most ${MAX_TOKEN_BYTES / 1024} KiB.`;
    for (const [file, ...texts] of [
      ['core/decode.ts', tokens],
      ['core/verify.ts', tokens],
      ['core/key-set.ts', `at most ${MAX_JWKS_BYTES / 1024} KiB and ${MAX_KEYS} keys.`],
      ['core/types.ts', `/** At most ${MAX_KEYS}. */`, `§4.1.4). Default: ${CLOCK_TOLERANCE}. */\n  clockTolerance?`],
      ['aws/aws.ts', `Default: ${MAX_LIFETIME}. */\n  maxLifetime?`],
    ]) {
      for (const text of texts) assert.ok(read('src', file).includes(text), `${file}: ${text}`);
    }
  });
});
