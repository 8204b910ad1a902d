// The Durable Object that remembers used tokens.

import { DurableObject } from 'cloudflare:workers';
import { optionsInvalid } from '../core/shared.js';
import { MAX_TOLERANCE, type ReplayMemory } from './replay-memory.js';

/** The maximum number of entries that one storage call can delete. */
const BATCH = 128;

/** How long expired entries may remain, in milliseconds. */
const SWEEP = 60_000;

/** The summary that an object stores besides its entries. */
interface Summary {
  /** The number of entries. */
  size: number;
  /** The largest tolerance of any token, in seconds. Entries are kept until this long after their `exp`. */
  tolerance: number;
  /** Entries with an earlier `exp` may have been removed, so their tokens are rejected. */
  removed: number;
}

const SUMMARY = 'summary';

/**
 * The class of the objects that `replayGuard()` uses. Bind the class in the Worker's configuration, and export it from
 * the Worker's script. The number of entries is limited, and expired entries are removed automatically.
 */
export class ReplayObject extends DurableObject implements ReplayMemory {
  /** Maximum entries per object (each issuer has 64 objects). Further tokens are rejected. */
  protected readonly maxTokens: number = 100_000;

  async accept(tokenId: string, expiresAt: number, tolerance: number): Promise<boolean | 'full'> {
    if (typeof tokenId !== 'string' || typeof expiresAt !== 'number' || typeof tolerance !== 'number') {
      throw optionsInvalid('accept() takes the ID of a token, and two times in seconds');
    }
    const { storage } = this.ctx;
    const now = Date.now();
    if (!(expiresAt + tolerance > now / 1000)) return false;
    // The storage keys sort by `exp`. Unlike the tolerance, `exp` never changes for a token. While this call awaits the
    // storage, no other call runs.
    const key = keyOf(expiresAt) + tokenId;
    const found = await storage.get<unknown>([key, SUMMARY]);
    const summary = (found.get(SUMMARY) ?? { size: 0, tolerance: 0, removed: 0 }) as Summary;
    if (found.has(key) || Math.ceil(expiresAt) < summary.removed) return false;
    if (summary.size >= this.maxTokens) return 'full';
    const next = { ...summary, size: summary.size + 1, tolerance: Math.max(summary.tolerance, tolerance) };
    await storage.put({ [key]: 1, [SUMMARY]: next });
    const alarm = await storage.getAlarm();
    if (alarm === null || alarm > now + SWEEP) await storage.setAlarm(now + SWEEP);
    return true;
  }

  /** Removes expired entries. The platform calls it until the storage is empty. */
  override async alarm(): Promise<void> {
    const { storage } = this.ctx;
    const now = Date.now();
    const summary = await storage.get<Summary>(SUMMARY);
    if (!summary) return;
    const end = Math.ceil(now / 1000 - summary.tolerance);
    const over = await storage.list({ start: keyOf(0), end: keyOf(end), limit: BATCH });
    const size = Math.max(0, summary.size - over.size);
    const removed = over.size > 0 ? Math.max(summary.removed, end) : summary.removed;
    // From `forgetAt` on, no verifier accepts a removed token, so the summary is not needed.
    const forgetAt = (removed + MAX_TOLERANCE) * 1000;
    if (size === 0 && forgetAt <= now) return storage.deleteAll();
    // Entries and summary are written together, so the summary stays correct.
    await Promise.all([storage.delete([...over.keys()]), storage.put(SUMMARY, { ...summary, size, removed })]);
    if (size === 0) await storage.setAlarm(forgetAt);
    else await storage.setAlarm(now + (over.size === BATCH ? 0 : SWEEP));
  }
}

function keyOf(expiresAt: number): string {
  return `exp ${String(Math.ceil(expiresAt)).padStart(12, '0')} `;
}
