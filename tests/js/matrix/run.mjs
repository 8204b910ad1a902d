// Runs the matrix: every cell with the suite and, if available, the corpora, on the packed and installed package.
// Prints a table, and after a complete run writes results.json and the README's table. Arguments select cells by parts
// of their names. With arguments, nothing is written.
import { writeFileSync } from 'node:fs';
import { availableParallelism, cpus } from 'node:os';
import { textOf } from '../../../benches/results.mjs';
import { cells, Unavailable } from '../hosts/cells.mjs';
import { compareCorpora, compareSuite, runningFileOf } from '../support/like-node.mjs';
import { writeReadme } from './readme.mjs';
import { tableOf } from './table.mjs';

const parts = process.argv.slice(2);
const chosen = cells.filter(({ name }) => parts.length === 0 || parts.some((part) => name.includes(part)));

const rows = [];
for (const cell of chosen) {
  const row = await runCell(cell);
  rows.push(row);
  console.log(`${row.status.padEnd(11)} ${row.name} ${row.version ?? ''}${row.problem ? `: ${row.problem}` : ''}`);
}

const results = {
  date: new Date().toISOString().slice(0, 10),
  machine: { cpu: cpus()[0].model.trim(), cores: availableParallelism(), system: process.platform },
  cells: rows,
};
console.log(`\n${tableOf(results)}\n`);
if (parts.length === 0) {
  writeFileSync(new URL('results.json', import.meta.url), textOf(results));
  writeReadme(results);
}
const count = (status) => rows.filter((row) => row.status === status).length;
console.log(`matrix: ${count('passed')} cells passed, ${count('unavailable')} unavailable`);
console.log(`matrix: ${count('failed')} cells failed`);
process.exitCode = count('failed') === 0 ? 0 : 1;

async function runCell({ name, row, needs, file, start }) {
  let host;
  try {
    host = await start();
    const suite = await compareSuite(host);
    const corpora = await compareCorpora(host);
    const running = await runningFileOf(host);
    const problems = [
      ...(running === file ? [] : [`runs ${running} instead of ${file}`]),
      ...suite.filter(({ problem }) => problem).map(({ name, problem }) => `${name}: ${problem}`),
      ...corpora.filter(({ different }) => different.length > 0).map(({ file, different }) => `${file}: ${different}`),
    ];
    const cold = await host.cold?.();
    const status = problems.length === 0 ? 'passed' : 'failed';
    const corpus = corpora.reduce((sum, { count }) => sum + count, 0);
    return { row, name, needs, version: host.version, status, cases: suite.length, corpus, cold, problem: problems[0] };
  } catch (error) {
    return {
      row,
      name,
      needs,
      status: error instanceof Unavailable ? 'unavailable' : 'failed',
      problem: error.message,
    };
  } finally {
    await host?.stop();
  }
}
