// Another runtime's results as tests: each case passed there, and saw exactly what Node sees with the same fixtures.
import assert from 'node:assert/strict';
import test from 'node:test';
import { memoryBytes } from '../memory.mjs';
import { cases, runSuite } from '../suite.mjs';
import { batchesOf, readCorpora, skip } from './corpora.mjs';

export async function testLikeNode(runtime, fixtures, results) {
  const api = { ...(await import('sts-jwt')), ...(await import('sts-jwt/aws')) };
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

/** `run` takes a batch of cases as JSON text and gives their outcomes: claims, or code and message. */
export async function testCorporaLikeNode(runtime, run) {
  const { outcomesOf } = await import('../corpus/outcomes.mjs');
  if (skip) test(`${runtime}: the corpora`, { skip });
  for (const { file, cases } of readCorpora()) {
    const outcomes = [];
    for (const batch of batchesOf(cases)) outcomes.push(...(await run(batch)));
    test(`${runtime}: ${file}: ${outcomes.length} cases decided as in Node`, () => {
      assert.equal(outcomes.length, cases.length);
      const different = outcomesOf(cases)
        .map((inNode, index) => ({ id: cases[index].id, inNode: asText(inNode), here: asText(outcomes[index]) }))
        .filter(({ inNode, here }) => inNode !== here);
      assert.deepEqual(different, []);
    });
  }
}

// As text, so that the order of the members counts and `__proto__` is one.
const asText = (outcome) => JSON.stringify(outcome);
