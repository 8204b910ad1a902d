// What every test app does, whatever it runs in: answers a question with the package that is installed beside it. Question and
// answer are JSON texts, because they hold lone surrogates and `__proto__`, which must arrive as they are.

// Before the package: see memory.mjs. An import for its effect alone stays where it is when imports are sorted.
import '../memory.mjs';
import * as main from 'sts-jwt';
import * as aws from 'sts-jwt/aws';
import { outcomesOf } from '../corpus/outcomes.mjs';
import { memoryBytes } from '../memory.mjs';
import { runSuite } from '../suite.mjs';

export const { init } = main;

/** `{ fixtures }` runs the suite, `{ cases }` decides these cases of a corpus. */
export function answer(question) {
  const { fixtures, cases } = JSON.parse(question);
  return JSON.stringify(cases ? outcomesOf(cases) : runSuite({ api: { ...main, ...aws }, fixtures, memoryBytes }));
}
