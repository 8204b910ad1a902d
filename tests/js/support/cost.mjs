// Compares the cost of a text with the cost of one twice as long. Absolute times prove nothing on a busy machine.
import assert from 'node:assert/strict';

/** Times below this are noise, in milliseconds. */
const FLOOR = 25;

/** The lengths that are measured: from 16 KiB to 1 MiB. Increasing, so that quadratic code fails early. */
const LENGTHS = Array.from({ length: 7 }, (_, index) => 2 ** (14 + index));

/** Asserts that a text of twice the length costs at most three times as much. */
export async function assertLinear(name, textOf, run, most = 2 ** 20) {
  let half = Infinity;
  for (const length of LENGTHS.filter((each) => each <= most)) {
    const text = textOf(length);
    const limit = 3 * Math.max(half, FLOOR);
    half = await leastTime(() => run(text), limit);
    assert.ok(
      half <= limit,
      `${name}: ${half.toFixed(1)} ms for ${length} characters exceed the limit of ${limit.toFixed(1)} ms`,
    );
  }
}

/** Returns the shortest time of three runs; of up to fifteen within two seconds if it exceeds the limit. */
async function leastTime(run, limit) {
  let least = Infinity;
  const began = performance.now();
  for (let count = 0; count < 3 || (count < 15 && least > limit && performance.now() - began < 2000); count += 1) {
    const start = performance.now();
    await run();
    least = Math.min(least, performance.now() - start);
    if (least > 20 * limit) break;
  }
  return least;
}
