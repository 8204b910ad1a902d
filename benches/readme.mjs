// Writes the figures of results.json into the README, between two marks.
import { readFileSync, writeFileSync } from 'node:fs';
import { OURS, RUNTIMES } from './comparison.mjs';

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
  const { rows } = results;
  const ratios = (/** @type {string[]} */ [each, peer]) =>
    RUNTIMES.map((runtime) => cell(ratioOf(rows, runtime, each, peer)));
  const table = LINES.map((line) => `| ${[line.join(', '), ...ratios(line)].join(' | ')} |`);
  const cold = Object.values(coldRatios(results.cold)).map(cell);
  return `![Time per token, by runtime and algorithm](benches/chart.svg)

| their time / ours | ${RUNTIMES.join(' | ')} |
|---|${'---|'.repeat(RUNTIMES.length)}
${table.join('\n')}
| ES384, jose, first token of a fresh process or isolate, bundled into one file | ${cold.join(' | ')} | – |

${wrap(remarks(results))}
`;
}

function remarks({ rows, cold, size, date, machine, versions }) {
  const { Node, workerd, Chromium, jose } = versions;
  const named = Object.entries({ Node, workerd, Chromium: Chromium.split('.')[0], jose }).map((pair) => pair.join(' '));
  const where = `${date}, ${machine.cpu}, ${machine.cores} cores, ${named.join(', ')}`;
  const notFaster = [...slower(rows), ...slowerToStart(cold)].join('; ') || 'nothing that was measured';
  const gzip = (name) => `${Math.round(size.find((each) => each.name === name).gzip / 1000)} KB`;
  const loaded = `${gzip('sts-jwt: .wasm')} of WebAssembly and ${gzip('sts-jwt: JavaScript')} of JavaScript, gzipped`;
  return `**Not faster, in at least one case:** ${notFaster}. **Size:** ${loaded}. CPU time, medians of \`make bench\`: ${where}.`;
}

function ratioOf(rows, runtime, each, peer) {
  const figure = (name) =>
    rows.find((r) => r.runtime === runtime && r.case === each && r.name === name && r.lanes === 1);
  const [theirs, ours] = [figure(peer), figure(OURS)];
  if (!theirs) return undefined;
  return theirs.cpu ? theirs.cpu.median / ours.cpu.median : theirs.wall.median / ours.wall.median;
}

const cell = (ratio) => (Number.isFinite(ratio) ? ratio.toFixed(ratio < 10 ? 2 : 1) : '–');

function coldRatios(cold) {
  const median = (runtime, name) =>
    cold.find((row) => row.runtime === runtime && row.case === 'ES384' && row.name === name)?.cpu.median;
  return {
    Node: median('Node', 'jose, one file') / median('Node', `${OURS}, one file`),
    workerd: median('workerd', 'jose') / median('workerd', OURS),
  };
}

/** For each runtime and algorithm, lists the peers that were faster than this package in at least one case. */
function slower(rows) {
  const found = [];
  for (const runtime of RUNTIMES) {
    for (const algorithm of ['ES384', 'RS256']) {
      const faster = rows.filter(
        (row) =>
          row.runtime === runtime &&
          row.case.startsWith(algorithm) &&
          row.lanes === 1 &&
          ratioOf(rows, runtime, row.case, row.name) < 1,
      );
      const peers = [...new Set(faster.map(({ name }) => name))];
      if (peers.length > 0) found.push(`${algorithm} in ${runtime} than ${peers.join(', ')}`);
    }
  }
  return found;
}

function slowerToStart(cold) {
  const runtimes = Object.entries(coldRatios(cold)).filter(([, ratio]) => ratio < 1);
  return runtimes.length > 0 ? [`the first token than jose in ${runtimes.map(([runtime]) => runtime).join(', ')}`] : [];
}

const wrap = (text) => text.replace(/(.{1,120})(?: |$)/g, '$1\n').trimEnd();
