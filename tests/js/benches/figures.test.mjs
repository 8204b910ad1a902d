// Tests the calculations of `make bench`, without measuring anything.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { describe } from 'node:test';
import { chartOf } from '../../../benches/chart.mjs';
import { compare } from '../../../benches/comparison.mjs';
import { prove } from '../../../benches/load.mjs';
import { blockOf } from '../../../benches/readme.mjs';
import { interleave } from '../../../benches/rounds.mjs';
import { summary } from '../../../benches/statistics.mjs';
import { tableOf, verdictOf } from '../../../benches/table.mjs';
import { judge } from '../../../benches/targets.mjs';
import { createMaterial } from '../../../benches/tokens.mjs';
import { ROOT } from '../support/paths.mjs';

const read = (file) => readFileSync(join(ROOT, file), 'utf8');

describe("the benchmark's figures", () => {
  test('computes median and minimum', () => {
    assert.deepEqual(summary([10, 9, 2]), { median: 9, min: 2 });
    assert.deepEqual(summary([4, 1, 10, 2]), { median: 3, min: 1 });
  });

  test('counts a target as met if the value equals its bound, and as missed if the value is NaN', () => {
    const ratio = { atLeast: 2, stretch: 2.5 };
    const bytes = { atMost: 40, stretch: 20 };
    const verdicts = ['MISSED', 'met', 'stretch', 'MISSED'];
    assert.deepEqual(
      [1.999, 2, 2.5, NaN].map((value) => judge(value, ratio)),
      verdicts,
    );
    assert.deepEqual(
      [41, 40, 20, NaN].map((value) => judge(value, bytes)),
      verdicts,
    );
  });

  test('reports executed bytes, which have no target', () => {
    const [section] = compare({ executed: 1_000_000 });
    assert.deepEqual(section.rows, [{ label: 'function bodies', value: 1_000_000 }]);
    assert.ok(verdictOf([section]).good);
  });

  test('lists every comparison of results.json in the table', () => {
    const sections = compare(JSON.parse(read('benches/results.json')));
    const lines = tableOf(sections);
    const rows = sections.flatMap(({ rows }) => rows);
    assert.ok(rows.length > 50, `${rows.length} rows`);
    for (const { label } of rows) assert.ok(label && lines.some((line) => line.startsWith(`${label} `)), label);
  });

  test('subtracts the time of an empty slice', async () => {
    const each = { fast: 0.01, slow: 0.05 };
    const take = (name, _lanes, count) => ({ cpu: 3 + count * each[name], wall: 5 + 2 * count * each[name] });
    const contenders = Object.keys(each).map((name) => ({ name, lanes: 1 }));
    const rounded = (figures) => Object.values(figures).map((value) => Number(value.toFixed(6)));
    const [fast, slow] = await interleave(contenders, take);
    assert.deepEqual([fast.cpu, fast.wall, slow.cpu].map(rounded), [
      [10, 10],
      [20, 20],
      [50, 50],
    ]);
  });

  test('never times a peer that does not verify', async () => {
    const material = createMaterial({ name: 'ES384', alg: 'ES384' });
    const claimsOf = (token) => JSON.parse(Buffer.from(token.split('.')[1], 'base64url').toString());
    const bad = Object.values({ ...material.forged, ...material.unwanted });
    const peer = (verify) => prove('peer', { verify, inputOf: (token) => token }, material);
    const verifying = (refused) => (token) => {
      if (refused.includes(token)) throw new Error('refused');
      return claimsOf(token);
    };
    await peer(verifying(bad));
    await assert.rejects(peer(verifying([...bad, material.tokens[3]])), /refused|does not accept a valid token/);
    await assert.rejects(
      peer(() => claimsOf(material.tokens[0])),
      /does not accept a valid token/,
    );
    for (const [index, token] of bad.entries()) {
      await assert.rejects(peer(verifying(bad.filter((each) => each !== token))), /peer accepts /, String(index));
    }
  });

  // If this fails, run `make bench ONLY=report`.
  test('shows the figures of results.json in README and chart', () => {
    const results = JSON.parse(read('benches/results.json'));
    assert.ok(read('README.md').includes(blockOf(results)), 'README.md');
    assert.equal(read('benches/chart.svg'), chartOf(results));
  });
});
