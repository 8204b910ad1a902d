// Another runtime's answers as tests: each case passed there, and saw exactly what this Node sees with the same fixtures.
import assert from 'node:assert/strict';
import test, { describe } from 'node:test';
import { createFixtures } from '../fixtures.mjs';
import { memoryBytes } from '../memory.mjs';
import { cases, runSuite } from '../suite.mjs';
import { batchesOf, readCorpora } from './corpora.mjs';

const api = { ...(await import('sts-jwt')), ...(await import('sts-jwt/aws')) };
const { outcomesOf } = await import('../corpus/outcomes.mjs');

let corporaInNode;

/** Every case of the suite with what went wrong with it in the host, if anything did. */
export async function compareSuite(host) {
  // Made anew for each: the tokens live for five minutes.
  const fixtures = createFixtures();
  const inNode = runSuite({ api, fixtures, memoryBytes });
  const results = JSON.parse(await host.ask(JSON.stringify({ fixtures })));
  if (results.length !== cases.length) throw new Error(`ran ${results.length} of ${cases.length} cases`);
  return results.map(({ name, error, seen }, index) => {
    const expected = inNode[index];
    const same = name === expected.name && seen === expected.seen;
    return { name, problem: error ?? (same ? undefined : `saw ${seen}, but Node saw ${expected.seen}`) };
  });
}

/** Every file of the corpora with the cases that the host decides in another way than Node. */
export async function compareCorpora(host) {
  // As text, so that the order of the members counts and `__proto__` is one.
  corporaInNode ??= readCorpora().map(({ file, cases }) => ({
    file,
    ids: cases.map(({ id }) => id),
    batches: batchesOf(cases),
    decided: outcomesOf(cases).map((outcome) => JSON.stringify(outcome)),
  }));
  const files = [];
  for (const { file, ids, batches, decided } of corporaInNode) {
    const outcomes = [];
    for (const batch of batches) outcomes.push(...JSON.parse(await host.ask(`{"cases":${batch}}`)));
    const here = outcomes.map((outcome) => JSON.stringify(outcome));
    const different = ids.filter((_, index) => here[index] !== decided[index]);
    files.push({ file, count: here.length, different: here.length === ids.length ? different : ids });
  }
  return files;
}

/** The same as tests. */
export async function testLikeNode(runtime, host) {
  const results = await compareSuite(host);
  const files = await compareCorpora(host);
  describe(runtime, () => {
    for (const { name, problem } of results) test(name, () => assert.equal(problem, undefined));
    for (const { file, count, different } of files) {
      test(`decides the ${count} cases of ${file} as in Node`, () => {
        assert.ok(count > 0);
        assert.deepEqual(different, []);
      });
    }
  });
}
