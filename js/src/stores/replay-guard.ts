// The guard against tokens that come twice.

import { claimRefused } from '../core/shared.js';
import type { VerifiedToken } from '../core/types.js';
import type { ObjectNamespace } from './durable-object-store.js';

/** See {@link replayGuard}. */
export interface ReplayGuard {
  /**
   * Accepts a token once.
   *
   * @throws JwtError (as a rejection) `ERR_JWT_CLAIM_VALIDATION_FAILED` (401) with the claim `jti` for a token that came before, with
   *   `exp` for one that has none or too late a one. When the object is full or cannot be asked, it rejects with the platform's own
   *   error, which is no JwtError: the token is not accepted, and what to answer is the service's to say.
   */
  accept(token: Pick<VerifiedToken, 'tokenId' | 'expiresAt'>): Promise<void>;
}

/** See {@link replayGuard}. */
export interface ReplayGuardOptions {
  /** For how long after its `exp` a token is remembered, in seconds; not less than the verifier's. Default: 300. */
  clockTolerance?: number;
  /** How far ahead `exp` may be, in seconds; so long storage may be taken. Default: 86 400, a day. */
  maxLifetime?: number;
  /** The present time in seconds since the epoch. Default: the host's clock. */
  clock?: () => number;
}

/**
 * Accepts each verified token once, wherever it comes, until its `exp`. It goes by `tokenId`, which no other encoding of the token
 * changes. Tokens are spread over 64 objects of the namespace, of the class `ReplayObject` of `sts-jwt/durable-objects`.
 */
export function replayGuard(namespace: ObjectNamespace, options: ReplayGuardOptions = {}): ReplayGuard {
  const { clockTolerance = 300, maxLifetime = 86_400, clock = () => Date.now() / 1000 } = options;
  return {
    async accept({ tokenId, expiresAt }) {
      if (expiresAt === undefined) throw claimRefused('exp', 'missing', '"exp" claim is needed to accept a token once');
      if (expiresAt > clock() + maxLifetime)
        throw claimRefused('exp', 'check_failed', '"exp" claim is too late to be remembered');
      const object = namespace.get(namespace.idFromName(`replay ${tokenId[0]}`)) as ReplayMemory;
      const isFirst = await object.accept(tokenId, expiresAt + clockTolerance);
      if (!isFirst) throw claimRefused('jti', 'check_failed', 'the token was used before');
    },
  };
}

/** What the object does. */
export interface ReplayMemory {
  /** Whether an ID comes for the first time; it is remembered until a time, in seconds since the epoch, and refused from then on. */
  accept(tokenId: string, until: number): Promise<boolean>;
}
