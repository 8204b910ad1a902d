// The error codes stand in three places: the table in Rust, the TypeScript union and the README. They must say the same.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { describe } from 'node:test';
import { explainCode } from 'sts-jwt/explanations';
import { codes } from '../support/codes.mjs';
import { ROOT } from '../support/paths.mjs';

const read = (file) => readFileSync(join(ROOT, file), 'utf8');

const rows = [...read('src/error.rs').matchAll(/= row\("(ERR_[A-Z_]+)", Category::(\w+), (\d+)\)/g)];
const RUST = Object.fromEntries(
  rows.map(([, code, category, status]) => [code, { category: category.toLowerCase(), status }]),
);
const CODES = Object.keys(RUST).sort();

const errors = read('js/src/errors.ts');

describe('error codes', () => {
  test('appear once each in the Rust table', () => {
    assert.ok(CODES.length >= 17);
    assert.equal(CODES.length, rows.length);
    const calls = read('src/error.rs').match(/row\("ERR_/g);
    assert.equal(calls.length, rows.length, 'rows that this test could read');
  });

  test('match the TypeScript union', () => {
    assert.deepEqual([...codes].sort(), CODES);
  });

  test('have the same categories in the TypeScript union', () => {
    const [, union] = /export type JwtErrorCategory =([^;]+);/.exec(errors);
    const categories = [...union.matchAll(/'(\w+)'/g)].map(([, category]) => category);
    assert.deepEqual(categories.sort(), [...new Set(Object.values(RUST).map(({ category }) => category))].sort());
  });

  test('have the category and status of the table in errors made by TypeScript', () => {
    const made = [...errors.matchAll(/code: '(\w+)', category: '(\w+)', retryable: (\w+), status: (\d+)/g)];
    assert.ok(made.length >= 3);
    for (const [, code, category, retryable, status] of made) {
      assert.deepEqual({ category, status }, RUST[code], code);
      assert.equal(retryable, String(category === 'unavailable'), code);
    }
  });

  test('have an explanation each', () => {
    for (const code of codes) {
      const { when, advice } = explainCode(/** @type {any} */ (code));
      assert.ok(when && /^[A-Z].*\.$/.test(advice), code);
    }
  });

  test("match the README's table, with its status and the words of the explanations", () => {
    /** @type {any[][]} */
    const table = [...read('README.md').matchAll(/^\| `(ERR_[A-Z_]+)` \| (.*)$/gm)];
    const README = Object.fromEntries(table.map(([, code, rest]) => [code, /^(\d{3}) \|/.exec(rest)?.[1]]));
    for (const [, code, rest] of table) assert.equal(/\| (.*) \|$/.exec(rest)?.[1], explainCode(code).when, code);
    assert.equal(Object.keys(README).length, table.length, 'each code once');
    assert.deepEqual(README, Object.fromEntries(CODES.map((code) => [code, RUST[code].status])));
  });
});
