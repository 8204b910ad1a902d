// Interleaves the contenders: each runs one slice per round, so other load on the machine affects all of them equally.
import { summary } from './statistics.mjs';

const ROUNDS = 25;
const SLICE = 20; // ms of the contender's time
// After this many calls, or this many ms of a slow peer, times no longer fall: every function is optimized, and ES384 keys have
// built their large tables.
const WARM_UP = { tokens: 12_000, time: 4000 };

/**
 * `take(name, lanes, count)` runs a slice and returns its duration in milliseconds: `wall`, and `cpu` if available. The
 * duration of an empty slice is also measured, and is subtracted. Returns microseconds per token.
 */
export async function interleave(contenders, take) {
  const counts = [];
  for (const { name, lanes } of contenders) counts.push(await warmUp((count) => take(name, lanes, count), lanes));
  const taken = contenders.map(() => []);
  const empty = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    empty.push(await take(contenders[0].name, 1, 0));
    for (let turn = 0; turn < contenders.length; turn += 1) {
      const index = (round + turn) % contenders.length;
      const { name, lanes } = contenders[index];
      taken[index].push(await take(name, lanes, counts[index]));
    }
  }
  return contenders.map((contender, index) => {
    const perToken = (clock) => {
      if (empty[0][clock] === undefined) return undefined;
      const overhead = summary(empty.map((slice) => slice[clock])).median;
      return summary(taken[index].map((slice) => ((slice[clock] - overhead) * 1000) / counts[index]));
    };
    return { ...contender, cpu: perToken('cpu'), wall: perToken('wall') };
  });
}

/** Warms up a contender. Returns the number of tokens per slice. Code that ran with one lane is already warm for eight. */
async function warmUp(take, lanes) {
  let each;
  let time = 0;
  for (let tokens = 0; tokens < WARM_UP.tokens / lanes && time < WARM_UP.time; ) {
    const count = each ? Math.max(16, Math.round((10 * SLICE) / each)) : 16;
    const { cpu, wall } = await take(count);
    if (cpu === 0) throw new Error('no CPU time was measured: a different process did the work');
    tokens += count;
    time += cpu ?? wall;
    each = (cpu ?? wall) / count;
  }
  return Math.max(16, Math.round(SLICE / each / 16) * 16);
}

/** Returns the contenders: every peer with one token at a time, and each asynchronous peer again with eight tokens at a time. */
export function contendersOf(names, withPromises) {
  return names.flatMap((name) => (withPromises.includes(name) ? [1, 8] : [1]).map((lanes) => ({ name, lanes })));
}
