// Tests another runtime: each case must pass, with exactly the same results as in the Node that runs the tests.
import assert from 'node:assert/strict';
import test, { describe } from 'node:test';
import { createFixtures } from '../fixtures.mjs';
import { instanceCount, memoryBytes } from '../memory.mjs';
import { cases, runSuite } from '../suite.mjs';
import { batchesOf, readCorpora } from './corpora.mjs';

const api = { ...(await import('sts-jwt')), ...(await import('sts-jwt/aws')) };
const { outcomesOf } = await import('../corpus/outcomes.mjs');

let corporaInNode;

/** Returns every case of the suite with its problem in the host, if any: an error, or a result that differs from Node's. */
export async function compareSuite(host) {
  // New fixtures for each host, because the tokens expire after five minutes.
  const fixtures = createFixtures();
  const inNode = runSuite({ api, fixtures, memoryBytes, instanceCount });
  const results = JSON.parse(await host.ask(JSON.stringify({ fixtures })));
  if (results.length !== cases.length) throw new Error(`ran ${results.length} of ${cases.length} cases`);
  return results.map(({ name, error, seen }, index) => {
    const expected = inNode[index];
    const same = name === expected.name && seen === expected.seen;
    return { name, problem: error ?? (same ? undefined : `saw ${seen}, but Node saw ${expected.seen}`) };
  });
}

/** Returns every file of the corpora with the cases that the host decides differently from Node. */
export async function compareCorpora(host) {
  // The results are compared as JSON text, so the comparison includes the order of members and `__proto__`.
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

/** Returns the name of the .wasm file that the host runs. */
export async function runningFileOf(host) {
  return JSON.parse(await host.ask('{}'));
}

/** Defines the tests. `file` is the .wasm file that the host must run. */
export async function testLikeNode(runtime, host, file) {
  const running = await runningFileOf(host);
  const results = await compareSuite(host);
  const files = await compareCorpora(host);
  describe(runtime, () => {
    test(`runs ${file}`, () => assert.equal(running, file));
    for (const { name, problem } of results) test(name, () => assert.equal(problem, undefined));
    for (const { file, count, different } of files) {
      test(`decides the ${count} cases of ${file} as in Node`, () => {
        assert.ok(count > 0);
        assert.deepEqual(different, []);
      });
    }
  });
}
