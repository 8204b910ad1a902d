// Checks that Rust, TypeScript and the README list the same error codes.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { describe } from 'node:test';
import { explainCode } from 'sts-jwt/explanations';
import { codes, errors } from '../support/codes.mjs';
import { ROOT } from '../support/paths.mjs';

const read = (file) => readFileSync(join(ROOT, file), 'utf8');

/** The codes of the core, read from its source. */
const CORE = [...read('src/error/code.rs').matchAll(/code\("(ERR_[A-Z_]+)", Category::(\w+), (\d+)\)/g)].map(
  ([, code, category, status]) => ({ code, category: category.toLowerCase(), retryable: 'false', status }),
);
/** The codes that only TypeScript raises. */
const HOST = [
  'ERR_JWKS_KEYS_NEEDED',
  'ERR_JWKS_UNAVAILABLE',
  'ERR_JWT_ISSUER_UNKNOWN',
  'ERR_REPLAY_UNAVAILABLE',
  'ERR_WASM_UNAVAILABLE',
];

describe('error codes', () => {
  test('contains the codes of the core and five more', () => {
    assert.ok(CORE.length >= 14);
    assert.equal(
      CORE.length,
      read('src/error/code.rs').match(/code\("ERR_/g).length,
      'number of rows that the test could read',
    );
    assert.deepEqual([...codes].sort(), [...CORE.map(({ code }) => code), ...HOST].sort());
  });

  test('has the same categories and statuses in both languages', () => {
    for (const row of CORE)
      assert.deepEqual(
        errors.find(({ code }) => code === row.code),
        row,
      );
  });

  test('has an explanation of each code', () => {
    for (const code of codes) {
      const { when, advice } = explainCode(/** @type {any} */ (code));
      assert.ok(when && /^[A-Z].*\.$/.test(advice), code);
    }
  });

  test("matches the README's table, including statuses and explanations", () => {
    /** @type {any[][]} */
    const table = [...read('README.md').matchAll(/^\| `(ERR_[A-Z_]+)` \| (.*)$/gm)];
    const README = Object.fromEntries(table.map(([, code, rest]) => [code, /^(\d{3}) \|/.exec(rest)?.[1]]));
    for (const [, code, rest] of table) assert.equal(/\| (.*) \|$/.exec(rest)?.[1], explainCode(code).when, code);
    assert.equal(Object.keys(README).length, table.length, 'each code once');
    assert.deepEqual(README, Object.fromEntries(errors.map(({ code, status }) => [code, status])));
  });
});
