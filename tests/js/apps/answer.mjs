// Shared by all test apps: answers a question with the installed package. Question and answer are JSON texts, because
// they contain lone surrogates and `__proto__`, which must arrive unchanged.

// Must be imported before the package, to observe its instance. An import without names keeps its place in Biome's order.
import '../memory.mjs';
import * as main from 'sts-jwt';
import * as aws from 'sts-jwt/aws';
import { outcomesOf } from '../corpus/outcomes.mjs';
import { instanceCount, memoryBytes } from '../memory.mjs';
import { runSuite } from '../suite.mjs';

export const { init } = main;

/** Answers a question: `{ fixtures }` runs the suite, `{ cases }` decides cases of a corpus. */
export function answer(question) {
  const { fixtures, cases } = JSON.parse(question);
  return JSON.stringify(
    cases ? outcomesOf(cases) : runSuite({ api: { ...main, ...aws }, fixtures, memoryBytes, instanceCount }),
  );
}
