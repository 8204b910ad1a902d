// `make bench`: measures each part in a separate process, prints the table, and compares it with the targets. If all parts
// ran, writes results.json, chart.svg and the figures in the README. Exits with 1 if a target is missed. `make bench
// ONLY=node` measures one part and writes nothing. ONLY=report measures nothing, and recreates chart and README from
// results.json.
import { execFile, execFileSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PROJECT, ROOT } from '../tests/js/support/paths.mjs';
import { chartOf } from './chart.mjs';
import { compare } from './comparison.mjs';
import { writeReadme } from './readme.mjs';
import { introductionOf, newResults, textOf } from './results.mjs';
import { tableOf, verdictOf } from './table.mjs';

const PARTS = ['node', 'workerd', 'chromium', 'requests', 'cold', 'issuers', 'size', 'executed'];

const here = (name) => fileURLToPath(new URL(name, import.meta.url));
const [only] = process.argv.slice(2);
if (only !== undefined && ![...PARTS, 'report'].includes(only)) {
  console.error(`ONLY=${only} is unknown; use one of ${PARTS.join(', ')}, report`);
  process.exit(2);
}

const results = only === 'report' ? JSON.parse(readFileSync(here('results.json'), 'utf8')) : await measureAll();
const sections = compare(results);
const { lines, good } = verdictOf(sections);
const legend = 'Ratio: theirs / ours. ×8: eight at a time. (bare): only the signature, no token.';
console.log(['', introductionOf(results), legend, '', ...tableOf(sections), ...lines].join('\n'));
if (only === undefined || only === 'report') {
  const text = textOf(results);
  const rounded = JSON.parse(text); // so that chart and README can be recreated from the file
  writeFileSync(here('results.json'), text);
  writeFileSync(here('chart.svg'), chartOf(rounded));
  writeReadme(rounded);
  console.log('Wrote benches/results.json, benches/chart.svg, and the figures in README.md.');
}
process.exitCode = good ? 0 : 1;

async function measureAll() {
  linkPackage();
  const results = newResults();
  for (const part of only ? [only] : PARTS) {
    const { version, rows = [], ...figures } = part === 'executed' ? executed() : await measure(part);
    results.rows.push(...rows);
    Object.assign(results, figures);
    if (version) results.versions.Chromium = version;
  }
  const [load] = loadavg();
  if (load > results.machine.cores + 1)
    console.log(`The machine was busy (load ${load.toFixed(1)}): repeat the measurement later.`);
  return results;
}

/** Links the packed and installed package into node_modules. The benchmarks then import the package as users do. */
function linkPackage() {
  const at = here('node_modules/sts-jwt');
  rmSync(at, { recursive: true, force: true });
  symlinkSync(join(PROJECT, 'node_modules/sts-jwt'), at, 'junction');
}

/** Runs one part and passes on its progress messages. */
function measure(part) {
  return new Promise((resolve, reject) => {
    const child = execFile(process.execPath, [here(`${part}.mjs`)], { maxBuffer: 2 ** 26 }, (error, stdout) =>
      error ? reject(new Error(`the part "${part}" failed, for the reason above`)) : resolve(JSON.parse(stdout)),
    );
    child.stderr.pipe(process.stderr);
  });
}

/** Counts the bytes that the first token executes, if the script for it exists. Reads the number before "bytes". */
function executed() {
  const script = join(ROOT, 'scripts/executed-bytes.mjs');
  if (!existsSync(script)) return {};
  const [, bytes] = /(\d+) bytes/.exec(execFileSync(process.execPath, [script], { encoding: 'utf8' }));
  return { executed: Number(bytes) };
}
