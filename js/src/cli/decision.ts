// The decision that `verify` and `explain` show.

import { explain, verify } from 'sts-jwt';
import type { Explanation, VerifiedToken, VerifyOptions } from '../core/types.js';
import type { Arguments } from './arguments.js';
import { type ExitStatus, Failure, failureOf, keysInvalid } from './failure.js';
import { locateKeys, readKeys, readToken } from './input.js';
import { asWritten, readPolicy } from './policy.js';

export interface Decision {
  exitStatus: ExitStatus;
  options: VerifyOptions & { now: number };
  explanation: Explanation;
  /** What an accepted token says. */
  verified?: VerifiedToken;
  /** Where the keys are from; absent where they were not needed. */
  keysFrom?: string;
  notes: string[];
  /** Whether the time was written, so that it is not the present one. */
  isTimeGiven: boolean;
}

/** @throws Failure where nothing can be judged: for wrong usage, and without keys. */
export async function decide(args: Arguments): Promise<Decision> {
  const options = { ...readPolicy(args), collectAll: true };
  // Wrong options are told before anything is read.
  checkOptions(options);
  const isTimeGiven = args.one('now') !== undefined;
  const location = locateKeys(args);
  const token = await readToken(args.operand).catch(refused);
  if ('verdict' in token) return { exitStatus: 1, options, explanation: token, notes: [], isTimeGiven };
  const keys = await readKeys(location);
  const explanation = explain(token.text, keys.text, options);
  // RFC 7517 §5: what is no JWK Set has no key that could say anything about the token.
  if (explanation.code === 'ERR_JWKS_INVALID') {
    throw keysInvalid(`${keys.source}: ${explanation.error!.message}.`);
  }
  const decision = { options, explanation, keysFrom: keys.source, notes: [...token.notes, ...keys.notes], isTimeGiven };
  if (explanation.verdict === 'rejected') return { exitStatus: 1, ...decision };
  return { exitStatus: 0, verified: verify(token.text, keys.text, options), ...decision };
}

/** @throws Failure that names the option as it is written here. */
function checkOptions(options: VerifyOptions): void {
  try {
    explain('', '{"keys":[]}', options);
  } catch (error) {
    const failure = failureOf(error);
    throw new Failure(failure.exitStatus, failure.code, asWritten(failure.message), failure.advice);
  }
}

/** What was read is no token at all: the same as a token that the library rejects. */
function refused(failure: unknown): Explanation {
  if (!(failure instanceof Failure) || failure.exitStatus !== 1) throw failure;
  const { message } = failure;
  const code = 'ERR_JWS_INVALID';
  return {
    verdict: 'rejected',
    code,
    error: { code, category: 'malformed', retryable: false, status: 401, message },
    steps: [{ stage: 'segments', outcome: 'failed', problem: message }],
  };
}
