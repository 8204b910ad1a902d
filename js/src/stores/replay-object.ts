// The Durable Object that remembers used tokens.

import { DurableObject } from 'cloudflare:workers';
import type { ReplayMemory } from './replay-guard.js';

/** The maximum number of entries that one storage call can delete. */
const BATCH = 128;

/** How long expired entries may remain, in milliseconds. */
const SWEEP = 60_000;

const SIZE = 'size';

/**
 * The class of the objects that `replayGuard()` uses. Bind it in the Worker's configuration and export it from its script. The
 * entries are limited in number, and expired ones are removed automatically.
 */
export class ReplayObject extends DurableObject implements ReplayMemory {
  /** Maximum entries per object (there are 64). Further tokens are rejected with an error. */
  protected readonly maxTokens: number = 100_000;

  async accept(tokenId: string, until: number): Promise<boolean> {
    const { storage } = this.ctx;
    if (until <= Date.now() / 1000) return false;
    // Keys sort by expiry, which is fixed for each token. No other call runs while this one awaits the storage.
    const key = keyOf(until) + tokenId;
    const found = await storage.get<number>([key, SIZE]);
    if (found.has(key)) return false;
    const size = found.get(SIZE) ?? 0;
    if (size >= this.maxTokens) throw new Error('the replay guard is full');
    await storage.put({ [key]: 1, [SIZE]: size + 1 });
    if ((await storage.getAlarm()) === null) await storage.setAlarm(Date.now() + SWEEP);
    return true;
  }

  /** Removes expired entries. The platform calls it as long as there are entries. */
  override async alarm(): Promise<void> {
    const { storage } = this.ctx;
    const over = await storage.list({ start: keyOf(0), end: keyOf(Date.now() / 1000), limit: BATCH });
    if (over.size > 0) {
      const size = (await storage.get<number>(SIZE)) ?? over.size;
      if (size <= over.size) return storage.deleteAll();
      // Written together, so that the size stays correct.
      await Promise.all([storage.delete([...over.keys()]), storage.put(SIZE, size - over.size)]);
    }
    await storage.setAlarm(Date.now() + (over.size === BATCH ? 0 : SWEEP));
  }
}

function keyOf(seconds: number): string {
  return `until ${String(Math.ceil(seconds)).padStart(12, '0')} `;
}
