// The Durable Object that remembers tokens.

import { DurableObject } from 'cloudflare:workers';
import type { ReplayMemory } from './replay-guard.js';

/** The most that one call of the storage may delete. */
const BATCH = 128;

/** How long what is over may stay, in milliseconds. */
const SWEEP = 60_000;

const SIZE = 'size';

/**
 * The class of the objects that `replayGuard()` asks: bind it in the Worker's configuration and export it from its script. What is
 * remembered is bounded in number and in time, and leaves the storage by itself.
 */
export class ReplayObject extends DurableObject implements ReplayMemory {
  /** How many tokens are remembered at most, of the 64th part that this object has; further ones are refused by an error. */
  protected readonly maxTokens: number = 100_000;

  async accept(tokenId: string, until: number): Promise<boolean> {
    const { storage } = this.ctx;
    if (until <= Date.now() / 1000) return false;
    // Sorted by time; the same token has the same time always. Nothing else runs here while the storage answers.
    const key = keyOf(until) + tokenId;
    const found = await storage.get<number>([key, SIZE]);
    if (found.has(key)) return false;
    const size = found.get(SIZE) ?? 0;
    if (size >= this.maxTokens) throw new Error('the replay guard is full');
    await storage.put({ [key]: 1, [SIZE]: size + 1 });
    if ((await storage.getAlarm()) === null) await storage.setAlarm(Date.now() + SWEEP);
    return true;
  }

  /** Called by the platform, for as long as there is something to forget. */
  override async alarm(): Promise<void> {
    const { storage } = this.ctx;
    const over = await storage.list({ start: keyOf(0), end: keyOf(Date.now() / 1000), limit: BATCH });
    if (over.size > 0) {
      const size = (await storage.get<number>(SIZE)) ?? over.size;
      if (size <= over.size) return storage.deleteAll();
      // Together, so that they stay in step.
      await Promise.all([storage.delete([...over.keys()]), storage.put(SIZE, size - over.size)]);
    }
    await storage.setAlarm(Date.now() + (over.size === BATCH ? 0 : SWEEP));
  }
}

function keyOf(seconds: number): string {
  return `until ${String(Math.ceil(seconds)).padStart(12, '0')} `;
}
