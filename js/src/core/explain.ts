// explain(): the decision of verify(), step by step.

import { type JwtError, type JwtErrorDetails, refusalOf } from './errors.js';
import { type KeySet, readKeySet, sourceOf } from './key-set.js';
import { type Schema, withSchema } from './standard-schema.js';
import type { Explanation, ExplanationStep, JwkSet, VerifiedToken, VerifyOptions } from './types.js';
import { decodeOptions, readOptions } from './verify-options.js';
import { assertRunning, decodeToken, explainToken, type KeySetHandle, type OptionsHandle } from './wasm.js';

/**
 * Makes the same decision as `verify()`, with the same error code, and returns every step of the decision. Never throws
 * because of a token or JWKS, and never returns the signature.
 *
 * @throws JwtError `ERR_OPTIONS_INVALID` for invalid options, including a `schema` that throws or is not synchronous.
 */
export function explain(token: string, jwks: string | JwkSet | KeySet, options: VerifyOptions): Explanation {
  assertRunning();
  const { read, now, schema } = readOptions(options);
  try {
    const source = sourceOf(jwks);
    const expectations = decodeOptions(read);
    return explainBy(token, readKeySet(source), expectations, now, schema);
  } catch (error) {
    return refused(error);
  }
}

/** @internal Explains a token with a key set and options that are already in the module. */
export function explainBy(
  token: unknown,
  keySet: KeySetHandle,
  options: OptionsHandle,
  now: number,
  schema: Schema | undefined,
): Explanation {
  const explanation = explainToken(token, keySet, options, now) as Explanation;
  const { verdict, steps } = explanation;
  if (!schema || verdict === 'rejected') return explanation;
  try {
    // An accepted token, so these claims are verified.
    withSchema(decodeToken(token) as VerifiedToken, schema);
    return { verdict, steps: [...steps, { stage: 'schema', outcome: 'passed' }] };
  } catch (thrown) {
    const refusal = refused(thrown);
    return { ...refusal, steps: [...steps, ...refusal.steps] };
  }
}

/**
 * @internal Returns the explanation for a rejection outside the core: the token is not a string, there is no usable key
 *   set, or the claims do not fit the schema. Throws every other error.
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
  if (category === 'claims') return code === 'ERR_JWT_ISSUER_UNKNOWN' ? 'issuer' : 'schema';
  if (category === 'malformed') return code === 'ERR_JWT_INVALID' ? 'claims' : 'segments';
  return 'jwks';
}
