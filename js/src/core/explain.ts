// explain(): the decision of verify(), step by step.

import { type JwtError, type JwtErrorDetails, refusalOf } from './errors.js';
import { type KeySet, readKeySet, sourceOf } from './key-set.js';
import type { Explanation, ExplanationStep, JwkSet, VerifyOptions } from './types.js';
import { decodeOptions, readOptions } from './verify-options.js';
import { assertRunning, explainToken, type KeySetHandle, type OptionsHandle } from './wasm.js';

/**
 * Makes the same decision as `verify()`, with the same error code, and returns every step of the decision. Never throws
 * because of a token or JWKS, and never returns the signature.
 *
 * @throws JwtError `ERR_OPTIONS_INVALID` for invalid options.
 */
export function explain(token: string, jwks: string | JwkSet | KeySet, options: VerifyOptions): Explanation {
  assertRunning();
  const { read, now } = readOptions(options);
  try {
    const source = sourceOf(jwks);
    const expectations = decodeOptions(read);
    return explainBy(token, readKeySet(source), expectations, now);
  } catch (error) {
    return refused(error);
  }
}

/** @internal Explains a token with a key set and options that are already in the module. */
export function explainBy(token: unknown, keySet: KeySetHandle, options: OptionsHandle, now: number): Explanation {
  return explainToken(token, keySet, options, now) as Explanation;
}

/**
 * @internal Returns the explanation for a rejection outside the core: the token is not a string, or there is no usable
 *   key set. Throws every other error.
 */
export function refused(thrown: unknown): Explanation {
  const failure = refusalOf(thrown);
  const { code, message } = failure;
  // `message` is not enumerable, so the spread omits it.
  const error: JwtErrorDetails = { ...failure, message };
  return {
    verdict: 'rejected',
    code,
    error,
    steps: [{ stage: stageOf(failure), outcome: 'failed', problem: message }],
  };
}

function stageOf({ code, category }: JwtError): ExplanationStep['stage'] {
  if (category === 'claims') return 'issuer';
  if (category === 'malformed') return code === 'ERR_JWT_INVALID' ? 'claims' : 'segments';
  return 'jwks';
}
