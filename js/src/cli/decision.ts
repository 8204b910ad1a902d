// The decision that `verify` and `explain` print.

import { explain, verify } from 'sts-jwt';
import { ERR_JWS_INVALID } from '../core/shared.js';
import type { Explanation, VerifiedToken, VerifyOptions } from '../core/types.js';
import type { Arguments } from './arguments.js';
import { type ExitStatus, Failure, failureOf, keysInvalid } from './failure.js';
import { locateKeys, readKeys, readToken } from './input.js';
import { asWritten, readPolicy } from './policy.js';

export interface Decision {
  exitStatus: ExitStatus;
  options: VerifyOptions & { now: number };
  explanation: Explanation;
  /** The verified token, if accepted. */
  verified?: VerifiedToken;
  /** The source of the keys; absent if the token was rejected without them. */
  keysFrom?: string;
  notes: string[];
  /** Whether `--now` was given. */
  isTimeGiven: boolean;
}

/** @throws Failure for wrong usage, or if there are no keys to check the token with. */
export async function decide(args: Arguments): Promise<Decision> {
  const options = { ...readPolicy(args), collectAll: true };
  // Report invalid options before reading any input.
  checkOptions(options);
  const isTimeGiven = args.one('now') !== undefined;
  const location = locateKeys(args);
  const token = await readToken(args.operand).catch(rejectInput);
  if ('verdict' in token) return { exitStatus: 1, options, explanation: token, notes: [], isTimeGiven };
  const keys = await readKeys(location);
  const explanation = explain(token.text, keys.text, options);
  // Without a JWK Set (RFC 7517 §5), the token cannot be checked.
  if (explanation.code === 'ERR_JWKS_INVALID') {
    throw keysInvalid(`${keys.source}: ${explanation.error!.message}.`);
  }
  const warnings = explanation.steps.flatMap(({ warning }) => (warning === undefined ? [] : [`${warning}.`]));
  const decision = {
    options,
    explanation,
    keysFrom: keys.source,
    notes: [...token.notes, ...keys.notes, ...warnings],
    isTimeGiven,
  };
  if (explanation.verdict === 'rejected') return { exitStatus: 1, ...decision };
  return { exitStatus: 0, verified: verify(token.text, keys.text, options), ...decision };
}

/** @throws Failure whose message names the command-line option, not the option of `verify()`. */
function checkOptions(options: VerifyOptions): void {
  try {
    explain('', '{"keys":[]}', options);
  } catch (error) {
    const failure = failureOf(error);
    throw new Failure(failure.exitStatus, failure.code, asWritten(failure.message), failure.advice);
  }
}

/** Turns input that is not a token into the same result as a token that `verify()` rejects. */
function rejectInput(failure: unknown): Explanation {
  if (!(failure instanceof Failure) || failure.exitStatus !== 1) throw failure;
  const { message } = failure;
  return {
    verdict: 'rejected',
    code: ERR_JWS_INVALID.code,
    error: { ...ERR_JWS_INVALID, message },
    steps: [{ stage: 'segments', outcome: 'failed', problem: message }],
  };
}
