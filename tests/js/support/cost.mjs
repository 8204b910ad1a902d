// Compares the cost of a string with the cost of a string twice as long, in CPU time. On a busy machine, elapsed time
// proves nothing.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';

/** Times below this many milliseconds are noise. */
const FLOOR = 25;

/** The measured lengths: from 16 KiB to 1 MiB, in increasing order, so quadratic code fails early. */
const LENGTHS = Array.from({ length: 7 }, (_, index) => 2 ** (14 + index));

/** If a length seems too expensive, that length and half of it are measured again for up to this many milliseconds. */
const PATIENCE = 5000;

/**
 * Asserts that doubling the length of a string at most triples the cost.
 *
 * @param clock Returns the CPU time used so far, in milliseconds. Default: the CPU time of this process.
 */
export async function assertLinear(name, textOf, run, { most = 2 ** 20, clock = ownTime } = {}) {
  const timeOf = async (text) => {
    const start = clock();
    await run(text);
    return clock() - start;
  };
  let shorter;
  let half = Infinity;
  const limit = () => 3 * Math.max(half, FLOOR);
  for (const length of LENGTHS.filter((each) => each <= most)) {
    const text = textOf(length);
    let least = Infinity;
    for (let count = 0; count < 3; count += 1) {
      least = Math.min(least, await timeOf(text));
      if (least > 20 * limit()) break;
    }
    const began = performance.now();
    while (least > limit() && least < 20 * limit() && performance.now() - began < PATIENCE) {
      half = Math.min(half, await timeOf(shorter));
      least = Math.min(least, await timeOf(text));
    }
    assert.ok(
      least <= limit(),
      `${name}: ${least.toFixed(1)} ms for ${length} characters exceed the limit of ${limit().toFixed(1)} ms`,
    );
    [half, shorter] = [least, text];
  }
}

function ownTime() {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** Returns a clock for another process. On Linux the clock shows the CPU time of the process, elsewhere the elapsed time. */
export function clockOf(pid) {
  const tasks = `/proc/${pid}/task`;
  return () => {
    try {
      const times = readdirSync(tasks).map((task) => readFileSync(`${tasks}/${task}/schedstat`, 'utf8').split(' ')[0]);
      return times.reduce((sum, nanoseconds) => sum + Number(nanoseconds) / 1e6, 0);
    } catch {
      return performance.now();
    }
  };
}
