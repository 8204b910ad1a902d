// The test app together with remote keys: throws unless both entries share one engine and one error class.

// Must be imported before the package, as in answer.mjs.
import '../memory.mjs';

import { JwtError } from 'sts-jwt';
import { createRemoteVerifier } from 'sts-jwt/remote';
import { answer as answerAlone, init } from '../apps/answer.mjs';
import { instanceCount } from '../memory.mjs';

export { init };

export function answer(question) {
  assertShared();
  return answerAlone(question);
}

let before;

function assertShared() {
  before ??= instanceCount();
  if (before !== 1) throw new Error(`${before} engines started instead of one`);
  try {
    createRemoteVerifier({ issuer: 'https://a.example', audience: null, clockTolerance: -1 });
  } catch (error) {
    if (error instanceof JwtError && error.code === 'ERR_OPTIONS_INVALID') return;
    throw new Error('the entries have two error classes or two engines', { cause: error });
  }
  throw new Error('the remote verifier did not use the engine');
}
