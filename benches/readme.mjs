// Writes the figures of results.json into the README, between two marks.
import { readFileSync, writeFileSync } from 'node:fs';
import { OURS } from './comparison.mjs';
import { versionsOf } from './results.mjs';
import { RUNTIMES } from './runtimes.mjs';

const README = new URL('../README.md', import.meta.url);
const BLOCK = /(<!-- bench: written by `make bench` -->\n)[\s\S]*?(<!-- bench: end -->)/;

const LINES = [
  ['ES384', 'jose'],
  ['RS256-2048', 'jose'],
  ['RS256-2048', 'aws-jwt-verify'],
  ['RS256-2048', 'fast-jwt'],
];

export function writeReadme(results) {
  const readme = readFileSync(README, 'utf8');
  if (!BLOCK.test(readme)) throw new Error('README.md lacks the marks around the figures');
  writeFileSync(
    README,
    readme.replace(BLOCK, (_, start, end) => `${start}${blockOf(results)}${end}`),
  );
}

export function blockOf(results) {
  const { rows, cold = [], firstRequests = [] } = results;
  const shown = RUNTIMES.filter((runtime) => rows.some((row) => row.runtime === runtime));
  const lineOf = (/** @type {string} */ label, /** @type {(runtime: string) => number | undefined} */ ratio) =>
    `| ${[label, ...shown.map((runtime) => cell(ratio(runtime)))].join(' | ')} |`;
  const tokens = LINES.map(([each, peer]) =>
    lineOf(`${each}, ${peer}`, (runtime) => ratioOf(rows, runtime, each, peer)),
  );
  return `![Time per token, by runtime and algorithm](benches/chart.svg)

| their time / ours | ${shown.join(' | ')} |
|---|${'---|'.repeat(shown.length)}
${tokens.join('\n')}
${lineOf('ES384, jose, first token of a process', (runtime) => coldRatio(cold, runtime))}
${lineOf('ES384, jose, first request of a Worker', (runtime) => (runtime === 'workerd' ? firstRatio(firstRequests) : undefined))}

${wrap(remarks(results))}
`;
}

function remarks({ rows, cold = [], firstRequests = [], size, date, machine, versions }) {
  const { 'aws-jwt-verify': _aws, autocannon: _load, jsonwebtoken: _jsonwebtoken, ...named } = versions;
  const where = `${date}, ${machine.cpu}, ${machine.cores} cores, ${versionsOf(named).join(', ')}`;
  const notFaster = [...slower(rows), ...slowerToStart(cold, firstRequests)].join('; ') || 'nothing that was measured';
  const gzip = (name) => `${Math.round(size.find((each) => each.name === name).gzip / 1000)} KB`;
  const loaded = `${gzip('sts-jwt: .wasm')} of WebAssembly and ${gzip('sts-jwt: JavaScript')} of JavaScript, gzipped`;
  return `**Not faster, in at least one case:** ${notFaster}. **Size:** ${loaded}. Medians of \`make bench\`, CPU time, in Firefox elapsed time: ${where}.`;
}

function ratioOf(rows, runtime, each, peer) {
  const figure = (name) =>
    rows.find((r) => r.runtime === runtime && r.case === each && r.name === name && r.lanes === 1);
  const [theirs, ours] = [figure(peer), figure(OURS)];
  if (!theirs) return undefined;
  return theirs.cpu ? theirs.cpu.median / ours.cpu.median : theirs.wall.median / ours.wall.median;
}

const cell = (ratio) => (Number.isFinite(ratio) ? ratio.toFixed(ratio < 10 ? 2 : 1) : '–');

/** The first ES384 token of a process, both libraries as npm installs them: CPU time of the main thread. */
function coldRatio(cold, /** @type {string} */ runtime) {
  const median = (/** @type {string} */ name) =>
    cold.find((row) => row.runtime === runtime && row.case === 'ES384' && row.name === name)?.main.median;
  return median('jose, installed') / median(`${OURS}, installed`);
}

function firstRatio(firstRequests) {
  const median = (/** @type {string} */ name) =>
    firstRequests.find((row) => row.case === 'ES384' && row.name === name)?.request.median;
  return median('jose') / median(OURS);
}

/** For each peer and algorithm, lists the runtimes in which the peer was faster than this package in at least one case. */
function slower(rows) {
  const found = new Map();
  for (const { runtime, case: each, name, lanes } of rows) {
    if (lanes !== 1 || !(ratioOf(rows, runtime, each, name) < 1)) continue;
    const what = `${each.split('-')[0]} than ${name}`;
    found.set(what, (found.get(what) ?? new Set()).add(runtime));
  }
  return [...found].map(([what, runtimes]) => `${what} in ${[...runtimes].join(', ')}`);
}

function slowerToStart(cold, firstRequests) {
  const runtimes = RUNTIMES.filter((runtime) => coldRatio(cold, runtime) < 1);
  return [
    ...(runtimes.length > 0 ? [`the first token than jose in ${runtimes.join(', ')}`] : []),
    ...(firstRatio(firstRequests) < 1 ? ['the first request of a Worker than jose'] : []),
  ];
}

const wrap = (text) => text.replace(/(.{1,120})(?: |$)/g, '$1\n').trimEnd();
