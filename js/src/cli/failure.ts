// The error of a command that has no result, with its exit status.

import type { FetchFailureKind } from '../core/errors.js';
import { JwtError } from '../core/shared.js';
import { explainCode } from '../explanations/codes.js';

/** 0: verified, no problems. 1: rejected, problems found. 2: wrong usage. 3: keys unavailable. */
export type ExitStatus = 0 | 1 | 2 | 3;

/** Reported instead of a result. */
export class Failure extends Error {
  constructor(
    readonly exitStatus: ExitStatus,
    readonly code: string,
    message: string,
    /** What to do about it. */
    readonly advice?: string,
    /** Why keys could not be fetched. */
    readonly kind?: FetchFailureKind,
  ) {
    super(message);
  }
}

/** Reports wrong usage. */
export function usage(message: string, advice?: string): Failure {
  return new Failure(2, 'ERR_USAGE', message, advice);
}

/** Reports input that is not a token. */
export function noToken(problem: string): Failure {
  return new Failure(1, 'ERR_JWS_INVALID', problem);
}

/** Reports that the keys are unavailable, so nothing was checked. */
export function noKeys(message: string, kind: FetchFailureKind, advice = ''): Failure {
  return new Failure(3, 'ERR_JWKS_UNAVAILABLE', message, `Nothing was checked. ${advice}`.trim(), kind);
}

/** Reports that a file or a response is not a JWK Set, so the token was not checked. */
export function keysInvalid(message: string, advice = explainCode('ERR_JWKS_INVALID').advice): Failure {
  return new Failure(3, 'ERR_JWKS_INVALID', message, advice);
}

/** Converts an error of the library to a failure. Any other error is a bug, and is rethrown. */
export function failureOf(error: unknown): Failure {
  if (error instanceof Failure) return error;
  if (!(error instanceof JwtError)) throw error;
  const { code, message } = error;
  return new Failure(code === 'ERR_OPTIONS_INVALID' ? 2 : 1, code, message, explainCode(code).advice);
}
