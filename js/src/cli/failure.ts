// Why a command has no result, and the exit status that says so.

import { JwtError } from '../core/shared.js';
import { explainCode } from '../explanations/codes.js';

/** 0: verified or all good. 1: rejected or something wrong. 2: wrong usage. 3: the keys cannot be had. */
export type ExitStatus = 0 | 1 | 2 | 3;

/** What is said instead of a result. */
export class Failure extends Error {
  constructor(
    readonly exitStatus: ExitStatus,
    readonly code: string,
    message: string,
    /** What to do about it. */
    readonly advice?: string,
  ) {
    super(message);
  }
}

/** The command line is wrong. */
export function usage(message: string, advice?: string): Failure {
  return new Failure(2, 'ERR_USAGE', message, advice);
}

/** What was read as a token is none. */
export function noToken(problem: string): Failure {
  return new Failure(1, 'ERR_JWS_INVALID', problem);
}

/** The keys cannot be had: nothing was judged. */
export function noKeys(message: string): Failure {
  return new Failure(3, 'ERR_JWKS_UNAVAILABLE', message, 'Nothing was judged.');
}

/** What was read as a key set is none, or a server sent something else: nothing was judged. */
export function keysInvalid(message: string, advice = explainCode('ERR_JWKS_INVALID').advice): Failure {
  return new Failure(3, 'ERR_JWKS_INVALID', message, advice);
}

/** The library's error as a failure; any other error is a mistake in here. */
export function failureOf(error: unknown): Failure {
  if (error instanceof Failure) return error;
  if (!(error instanceof JwtError)) throw error;
  const { code, message } = error;
  return new Failure(code === 'ERR_OPTIONS_INVALID' ? 2 : 1, code, message, explainCode(code).advice);
}
