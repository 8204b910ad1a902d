// Rejects tokens that were used before.

import { claimRefused, ownOptions } from '../core/shared.js';
import type { VerifiedToken } from '../core/types.js';
import { checkNamespace, type ObjectNamespace } from './durable-object-store.js';

/** See {@link replayGuard}. */
export interface ReplayGuard {
  /**
   * Accepts a token the first time.
   *
   * @throws JwtError (as a rejection) `ERR_JWT_CLAIM_VALIDATION_FAILED` (401), with the claim `jti` for a token that
   *   was used before, and with `exp` if `exp` is missing or too far ahead. If the object is full or unavailable,
   *   rejects with the platform's own error instead of a JwtError: the token is not accepted, and the service decides
   *   how to answer.
   */
  accept(token: Pick<VerifiedToken, 'tokenId' | 'expiresAt'>): Promise<void>;
}

/** See {@link replayGuard}. */
export interface ReplayGuardOptions {
  /** How long a token is remembered after its `exp`, in seconds; at least the verifier's tolerance. Default: 300. */
  clockTolerance?: number;
  /** How far ahead `exp` may be, in seconds. Limits how long storage is used. Default: 86 400, a day. */
  maxLifetime?: number;
  /** Returns the current time in seconds since the epoch. Default: the host's clock. */
  clock?: () => number;
}

/**
 * Creates a guard that accepts each verified token only once, across all locations. Tokens are identified by `tokenId`,
 * which does not depend on the encoding of the signature, and are spread over 64 objects of the namespace. Its class is
 * `ReplayObject` of `sts-jwt/durable-objects`.
 */
export function replayGuard(namespace: ObjectNamespace, options?: ReplayGuardOptions): ReplayGuard {
  const own = ownOptions(options, ['clockTolerance', 'maxLifetime', 'clock']);
  const { clockTolerance = 300, maxLifetime = 86_400, clock = () => Date.now() / 1000 } = own;
  checkNamespace(namespace);
  return {
    async accept({ tokenId, expiresAt }) {
      if (expiresAt === undefined)
        throw claimRefused('exp', 'missing', '"exp" claim is required to accept a token once');
      if (expiresAt > clock() + maxLifetime)
        throw claimRefused('exp', 'check_failed', '"exp" claim is further ahead than "maxLifetime"');
      const object = namespace.get(namespace.idFromName(`replay ${tokenId[0]}`)) as ReplayMemory;
      const isFirst = await object.accept(tokenId, expiresAt + clockTolerance);
      if (!isFirst) throw claimRefused('jti', 'check_failed', 'the token was used before');
    },
  };
}

/** The methods of the Durable Object. */
export interface ReplayMemory {
  /**
   * Returns whether an ID is new, and remembers it until a time in seconds since the epoch. Past that time, returns
   * false.
   */
  accept(tokenId: string, until: number): Promise<boolean>;
}
