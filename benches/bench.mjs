// `make bench`: measures every part in a process of its own, prints the table, judges it, and where all parts ran writes
// results.json, chart.svg and the README's figures. Exits with 1 when a bar is missed. `make bench ONLY=node` measures one
// part and writes nothing; ONLY=report measures nothing, and makes chart and README again from results.json.
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

const PARTS = ['node', 'workerd', 'chromium', 'requests', 'cold', 'size', 'executed'];

const here = (name) => fileURLToPath(new URL(name, import.meta.url));
const [only] = process.argv.slice(2);
if (only !== undefined && ![...PARTS, 'report'].includes(only)) {
  console.error(`ONLY=${only} is none of: ${PARTS.join(', ')}, report`);
  process.exit(2);
}

const results = only === 'report' ? JSON.parse(readFileSync(here('results.json'), 'utf8')) : await measureAll();
const sections = compare(results);
const { lines, good } = verdictOf(sections);
const legend = 'Ratio: theirs / ours. ×8: eight in flight. (bare): the signature alone, no token.';
console.log(['', introductionOf(results), legend, '', ...tableOf(sections), ...lines].join('\n'));
if (only === undefined || only === 'report') {
  const text = textOf(results);
  const kept = JSON.parse(text); // rounded: chart and README can be made again from the file
  writeFileSync(here('results.json'), text);
  writeFileSync(here('chart.svg'), chartOf(kept));
  writeReadme(kept);
  console.log('Written: benches/results.json, benches/chart.svg, the figures in README.md.');
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
    console.log(`The machine is busy (load ${load.toFixed(1)}): repeat this later.`);
  return results;
}

/** The peers import the package as everybody does: from node_modules, where it stands as it was packed and installed. */
function linkPackage() {
  const at = here('node_modules/sts-jwt');
  rmSync(at, { recursive: true, force: true });
  symlinkSync(join(PROJECT, 'node_modules/sts-jwt'), at, 'junction');
}

/** Runs one part; what it says on the way is passed on. */
function measure(part) {
  return new Promise((resolve, reject) => {
    const child = execFile(process.execPath, [here(`${part}.mjs`)], { maxBuffer: 2 ** 26 }, (error, stdout) =>
      error ? reject(new Error(`the part "${part}" failed, for the reason above`)) : resolve(JSON.parse(stdout)),
    );
    child.stderr.pipe(process.stderr);
  });
}

/** The script that counts what the first token executes, where the project has it: the number before "bytes" it prints. */
function executed() {
  const script = join(ROOT, 'scripts/executed-bytes.mjs');
  if (!existsSync(script)) return {};
  const [, bytes] = /(\d+) bytes/.exec(execFileSync(process.execPath, [script], { encoding: 'utf8' }));
  return { executed: Number(bytes) };
}
