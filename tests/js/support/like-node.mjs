// Another runtime's results as tests: each case passed there, and saw exactly what Node sees with the same fixtures.
import assert from 'node:assert/strict';
import test from 'node:test';
import { memoryBytes } from '../memory.mjs';
import { cases, runSuite } from '../suite.mjs';

export async function testLikeNode(runtime, fixtures, results) {
  const api = await import('sts-jwt');
  const inNode = runSuite({ api, fixtures, memoryBytes });
  test(`${runtime}: runs every case`, () =>
    assert.deepEqual(
      results.map(({ name }) => name),
      cases.map(({ name }) => name),
    ));
  results.forEach(({ name, error, seen }, index) => {
    test(`${runtime}: ${name}`, () => {
      assert.equal(error, undefined);
      assert.equal(seen, inNode[index].seen, 'the same as in Node');
    });
  });
}
