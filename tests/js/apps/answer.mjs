// Shared by all test apps: answers a question with the installed package. Questions and answers are sent as JSON text,
// so lone surrogates and `__proto__` arrive unchanged.

// memory.mjs must be imported before the package, to see its WebAssembly instance start. Biome does not reorder side-effect imports.
import '../memory.mjs';
import * as main from 'sts-jwt';
import * as aws from 'sts-jwt/aws';
import { outcomesOf } from '../corpus/outcomes.mjs';
import { instanceCount, memoryBytes, runningFile } from '../memory.mjs';
import { runSuite } from '../suite.mjs';

export const { init } = main;

/** Answers a question: `{ fixtures }` runs the suite, `{ cases }` verifies cases of a corpus, `{}` names the .wasm file that runs. */
export function answer(question) {
  const { fixtures, cases } = JSON.parse(question);
  if (!fixtures && !cases) return JSON.stringify(runningFile());
  return JSON.stringify(
    cases ? outcomesOf(cases) : runSuite({ api: { ...main, ...aws }, fixtures, memoryBytes, instanceCount }),
  );
}
