// The interface between the replay guard and its Durable Object.

/** The maximum tolerance, in seconds: that of a Verifier. */
export const MAX_TOLERANCE = 86_400;

/** The methods of the Durable Object. */
export interface ReplayMemory {
  /**
   * Returns whether an ID is new, and remembers it until its `exp` plus a tolerance, in seconds. Past that time, returns
   * false. Returns `full` if the ID may be new but cannot be remembered.
   */
  accept(tokenId: string, expiresAt: number, tolerance: number): Promise<boolean | 'full'>;
}
