// Interleaved rounds: in each, every contender runs one slice, so that whatever else the machine does falls on all alike.
import { summary } from './statistics.mjs';

const ROUNDS = 25;
const SLICE = 20; // ms of the contender's time
// Long enough that V8 has compiled everything with its last compiler and ES384 keys have their large tables.
const WARM_UP = { tokens: 512, time: 400 };

/**
 * `take(name, lanes, count)` runs a slice and returns the milliseconds it took: `wall`, and `cpu` where it can be read.
 * A slice of zero tokens is measured as well and taken off. Returns microseconds per token.
 */
export async function interleave(contenders, take) {
  const counts = [];
  for (const { name, lanes } of contenders) counts.push(await warmUp((count) => take(name, lanes, count)));
  const taken = contenders.map(() => []);
  const nothing = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    nothing.push(await take(contenders[0].name, 1, 0));
    for (let turn = 0; turn < contenders.length; turn += 1) {
      const index = (round + turn) % contenders.length;
      const { name, lanes } = contenders[index];
      taken[index].push(await take(name, lanes, counts[index]));
    }
  }
  return contenders.map((contender, index) => {
    const perToken = (clock) => {
      if (nothing[0][clock] === undefined) return undefined;
      const overhead = summary(nothing.map((slice) => slice[clock])).median;
      return summary(taken[index].map((slice) => ((slice[clock] - overhead) * 1000) / counts[index]));
    };
    return { ...contender, cpu: perToken('cpu'), wall: perToken('wall') };
  });
}

/** Returns how many tokens make a slice. */
async function warmUp(take) {
  let tokens = 0;
  let time = 0;
  let each;
  while (tokens < WARM_UP.tokens || time < WARM_UP.time) {
    const count = each ? Math.max(16, Math.round(SLICE / each)) : 16;
    const { cpu, wall } = await take(count);
    if (cpu === 0) throw new Error('no CPU time was seen: another process than the measured one did the work');
    tokens += count;
    time += cpu ?? wall;
    each = (cpu ?? wall) / count;
  }
  return Math.max(16, Math.round(SLICE / each / 16) * 16);
}

/** Each peer one by one, and those with promises once more with eight in flight. */
export function contendersOf(names, withPromises) {
  return names.flatMap((name) => (withPromises.includes(name) ? [1, 8] : [1]).map((lanes) => ({ name, lanes })));
}
