// The interface between the replay guard and its Durable Object.

/** The maximum tolerance, in seconds; the same as the maximum of a Verifier. */
export const MAX_TOLERANCE = 86_400;

/** The methods of the Durable Object. */
export interface ReplayMemory {
  /**
   * Returns whether a token ID is new, and remembers the ID until `exp` plus a tolerance; both are in seconds. Returns false
   * if this time has already passed, and `full` if the ID may be new but cannot be remembered.
   */
  accept(tokenId: string, expiresAt: number, tolerance: number): Promise<boolean | 'full'>;
}
