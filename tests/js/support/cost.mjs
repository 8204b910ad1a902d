// Compares the cost of a text with the cost of one twice as long, in CPU time: on a busy machine, times of the clock prove nothing.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';

/** Times below this are noise, in milliseconds. */
const FLOOR = 25;

/** The lengths that are measured: from 16 KiB to 1 MiB. Increasing, so that quadratic code fails early. */
const LENGTHS = Array.from({ length: 7 }, (_, index) => 2 ** (14 + index));

/** Milliseconds for which a length that seems to cost too much is measured again, together with its half. */
const PATIENCE = 5000;

/**
 * Asserts that a text of double length costs at most three times as much.
 *
 * @param clock Returns the CPU time that was spent, in milliseconds. Default: that of this process.
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

/** Returns a clock of the CPU time of another process where Linux tells it, and otherwise of the time that passes. */
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
