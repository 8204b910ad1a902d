// Rejects tokens that were used before.

import {
  callOption,
  claimRefused,
  inRange,
  optionsInvalid,
  ownOptions,
  printable,
  reasonOf,
  replayUnavailable,
  secondsOf,
} from '../core/shared.js';
import type { VerifiedToken } from '../core/types.js';
import { checkNamespace, type ObjectNamespace } from './durable-object-store.js';
import { MAX_TOLERANCE, type ReplayMemory } from './replay-memory.js';

/** See {@link replayGuard}. */
export interface ReplayGuard {
  /**
   * Accepts a token the first time. Pass the whole verified token: its issuer decides where the token is remembered.
   *
   * @throws JwtError (as a rejection) `ERR_JWT_CLAIM_VALIDATION_FAILED` (401) for the claim `jti` if the token was used
   *   before, or for `exp` if `exp` is missing or too far ahead. `ERR_REPLAY_UNAVAILABLE` (503) if the guard is full
   *   for this issuer, or if its storage fails (see `cause`). In all these cases the token is not accepted.
   */
  accept(token: Pick<VerifiedToken, 'tokenId' | 'expiresAt' | 'issuer'> & { claims: object }): Promise<void>;
}

/** See {@link replayGuard}. */
export interface ReplayGuardOptions {
  /**
   * How long a token is remembered after its `exp`, in seconds; at least the verifier's tolerance, and at most a day.
   * If you change the value, used tokens stay rejected. Default: 300.
   */
  clockTolerance?: number;
  /** How far ahead `exp` may be, in seconds. This limits how long a token uses storage. Default: 86 400, a day. */
  maxLifetime?: number;
  /** Returns the current time in seconds since the epoch. Default: the host's clock. */
  clock?: () => number;
}

/**
 * Creates a guard that accepts each verified token only once, across all locations. Tokens are identified by `tokenId`,
 * which does not depend on the encoding of the signature. The tokens of each issuer are spread over 64 objects of the
 * namespace. The class of these objects is `ReplayObject` of `sts-jwt/durable-objects`.
 */
export function replayGuard(namespace: ObjectNamespace, options?: ReplayGuardOptions): ReplayGuard {
  const own = ownOptions(options, ['clockTolerance', 'maxLifetime', 'clock']);
  const { clockTolerance = 300, maxLifetime = 86_400, clock = () => Date.now() / 1000 } = own;
  checkNamespace(namespace);
  inRange(clockTolerance, 'clockTolerance', 0, MAX_TOLERANCE);
  inRange(maxLifetime, 'maxLifetime', 0, 1e9);
  if (typeof clock !== 'function') throw optionsInvalid('"clock" must be a function');
  return {
    async accept(token) {
      const { tokenId, expiresAt, issuer } = readToken(token);
      if (expiresAt === undefined)
        throw claimRefused('exp', 'missing', '"exp" claim is required to accept a token once');
      const now = secondsOf(callOption(clock, 'clock'), 'the result of "clock"');
      if (!(expiresAt <= now + maxLifetime))
        throw claimRefused('exp', 'check_failed', '"exp" claim is further ahead than "maxLifetime"');
      let answer: unknown;
      try {
        // Each issuer has its own objects, so one issuer cannot fill the objects of another.
        const name = `replay ${tokenId[0]} ${issuer ?? ''}`;
        const object = namespace.get(namespace.idFromName(name)) as ReplayMemory;
        answer = await object.accept(tokenId, expiresAt, clockTolerance);
      } catch (cause) {
        throw replayUnavailable(`is unavailable: ${printable(reasonOf(cause).slice(0, 200))}`, { cause });
      }
      if (answer === 'full') throw replayUnavailable('is full');
      if (answer !== true) throw claimRefused('jti', 'check_failed', 'the token was used before');
    },
  };
}

/**
 * Reads own members only, because a token with an inherited `iss` would be remembered in the wrong place.
 *
 * @throws JwtError `ERR_OPTIONS_INVALID` if the argument is not a verified token.
 */
function readToken(token: Parameters<ReplayGuard['accept']>[0]): {
  tokenId: string;
  expiresAt: number | undefined;
  issuer: string | undefined;
} {
  let cause: unknown;
  try {
    const { tokenId, expiresAt, claims, issuer: signed } = { __proto__: null, ...token } as typeof token;
    if (typeof claims === 'object' && claims !== null && !Array.isArray(claims)) {
      // A schema may have replaced the claims.
      const issuer = signed ?? ({ __proto__: null, ...claims } as { iss?: unknown }).iss;
      const isRead = typeof tokenId === 'string' && (issuer === undefined || typeof issuer === 'string');
      if (isRead && (expiresAt === undefined || typeof expiresAt === 'number')) return { tokenId, expiresAt, issuer };
    }
  } catch (error) {
    cause = error;
  }
  throw optionsInvalid('accept() takes the verified token, with "tokenId", "expiresAt" and "claims"', { cause });
}
