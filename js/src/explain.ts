// explain(): the decision of verify(), step by step.

import { readOutput, running, writeToken } from './engine.js';
import { JwtError, type JwtErrorDetails } from './errors.js';
import { readKeySet, sourceOf, type KeySet } from './key-set.js';
import { copyOptions, decodeOptions } from './options.js';
import type { Explanation, ExplanationStep, JwkSet, VerifyOptions } from './types.js';

/**
 * The same decision as `verify()`, made by the same code, as an ordered trace. Never throws for any token or JWKS, and
 * never holds the signature.
 *
 * @throws JwtError `ERR_OPTIONS_INVALID` for wrong options, which are the caller's mistake.
 */
export function explain(token: string, jwks: string | JwkSet | KeySet, options: VerifyOptions): Explanation {
  const core = running();
  const { exports, engine } = core;
  const { copy, now } = copyOptions(options);
  try {
    const source = sourceOf(jwks);
    const raw = decodeOptions(copy);
    const keys = readKeySet(source);
    exports.engine_explain(engine, writeToken(core, token), keys, raw, now);
    return withCode(readOutput(core) as Explanation);
  } catch (error) {
    if (!(error instanceof JwtError) || error.code === 'ERR_OPTIONS_INVALID') throw error;
    return refused(error);
  }
}

function withCode({ verdict, error, steps }: Explanation): Explanation {
  return error ? { verdict, code: error.code, error, steps } : { verdict, steps };
}

/** Refused before the core was asked: the JWKS is none, or the token is not a string. */
function refused({ code, category, retryable, status, message }: JwtError): Explanation {
  const stage: ExplanationStep['stage'] = code === 'ERR_JWKS_INVALID' ? 'jwks' : 'segments';
  const error: JwtErrorDetails = { code, category, retryable, status, message };
  return { verdict: 'rejected', code, error, steps: [{ stage, outcome: 'failed', problem: message }] };
}
