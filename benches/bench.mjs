// `make bench`: measures each part in a separate process, prints the table, and compares it with the targets. If all parts
// ran, writes results.json, chart.svg and the figures in the README. Exits with 1 if a target is missed. `make bench
// ONLY=node24` measures one part, ONLY=node all versions of Node; both write nothing. ONLY=report measures nothing, and
// recreates chart and README from results.json.
import { execFile } from 'node:child_process';
import { readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PROJECT } from '../tests/js/support/paths.mjs';
import { chartOf } from './chart.mjs';
import { compare } from './comparison.mjs';
import { writeReadme } from './readme.mjs';
import { introductionOf, newResults, textOf } from './results.mjs';
import { PROCESSES } from './runtimes.mjs';
import { compileSignature } from './signature.mjs';
import { tableOf, verdictOf } from './table.mjs';

const here = (name) => fileURLToPath(new URL(name, import.meta.url));

/** The name of each part, and the command that measures it. */
const PARTS = {
  ...Object.fromEntries(
    Object.entries(PROCESSES).map(([runtime, { program, args }]) => [
      runtime.toLowerCase().replace(' ', ''),
      program && [program, ...args, here('process.mjs'), runtime],
    ]),
  ),
  ...Object.fromEntries(
    ['workerd', 'requests', 'first-request', 'cold', 'issuers', 'size'].map((part) => [
      part,
      [process.execPath, here(`${part}.mjs`)],
    ]),
  ),
  chromium: [process.execPath, here('browser.mjs'), 'chromium'],
  firefox: [process.execPath, here('browser.mjs'), 'firefox'],
  executed: [process.execPath, here('executed.mjs')],
};

const [only] = process.argv.slice(2);
const parts = Object.keys(PARTS).filter(
  (part) => only === undefined || part === only || part.match(/^[a-z-]+/)?.[0] === only,
);
if (parts.length === 0 && only !== 'report') {
  console.error(`ONLY=${only} is unknown; use one of ${Object.keys(PARTS).join(', ')}, node, report`);
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
  compileSignature();
  const results = newResults();
  for (const part of parts) {
    if (!PARTS[part]) {
      console.error(`${part}: not measured, because npm has no package of it for this platform`);
      continue;
    }
    const { versions, ...figures } = await measure(part);
    Object.assign(results.versions, versions);
    for (const [name, figure] of Object.entries(figures)) {
      results[name] = Array.isArray(figure) ? [...(results[name] ?? []), ...figure] : figure;
    }
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
  const [program, ...args] = PARTS[part];
  return new Promise((resolve, reject) => {
    const child = execFile(program, args, { cwd: here('.'), maxBuffer: 2 ** 26 }, (error, stdout) =>
      error ? reject(new Error(`the part "${part}" failed, for the reason above`)) : resolve(JSON.parse(stdout)),
    );
    child.stderr.pipe(process.stderr);
  });
}
