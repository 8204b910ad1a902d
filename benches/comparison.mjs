// Compares the figures of a run. A section has rows; each row has the figures of this package and of a peer, their ratio, and the
// target. A peer is another verifier that is measured for comparison.
import { RUNTIMES } from './runtimes.mjs';
import {
  coldTargetOf,
  firstRequestTargetOf,
  ISSUERS,
  judge,
  PREPARATION,
  REPEATED,
  requestsTargetOf,
  SIZE,
  targetOf,
} from './targets.mjs';

export const OURS = 'sts-jwt';

/** The clocks of a cold start. */
const COLD = {
  main: 'Cold start in Node, ms of CPU of the main thread',
  cpu: 'Cold start in Node, ms of CPU of all threads',
  wall: 'Cold start in Node, ms until the first token is verified',
};

const FIRST_REQUEST = {
  request: 'First request of examples/worker in workerd, ms of CPU',
  requestAllThreads: 'The same, all threads of workerd',
  startAndRequest: 'The same, with the start of the isolate',
};

/**
 * `ours` and `theirs` are summaries. `value` is the ratio of their medians, which is compared with the target.
 * `ofMinimums` is the ratio of their minimums, which depends less on other load.
 */
export function compare({
  rows = [],
  requests = [],
  cold = [],
  firstRequests = [],
  repeated = [],
  preparation = [],
  issuers = [],
  issuerMemory = undefined,
  size = [],
  executed,
}) {
  const sections = [
    ...RUNTIMES.map((runtime) => wholeTokens(rows.filter((row) => row.runtime === runtime))),
    {
      kind: 'requests',
      title: 'A protected Worker in workerd, requests a second on one core',
      rows: underLoad(requests),
    },
    {
      kind: 'repeated',
      title: 'A cached token again, µs per token',
      rows: repeated.map(({ runtime, case: each, cpu }) => ({
        label: `${runtime}, ${each}`,
        ours: cpu,
        value: cpu.median,
        target: REPEATED,
      })),
    },
    ...Object.entries(FIRST_REQUEST).map(([clock, title]) => ({
      kind: 'cold',
      title,
      rows: firstOnes(firstRequests, /** @type {any} */ (clock)),
    })),
    ...Object.entries(COLD).map(([clock, title]) => ({
      kind: 'cold',
      title,
      rows: coldStarts(cold, /** @type {any} */ (clock)),
    })),
    {
      kind: 'preparation',
      title: 'Preparing a key in hot code, ms of CPU',
      rows: preparation.map(({ runtime, case: each, cpu }) => ({
        label: `${runtime}, ${each}`,
        ours: cpu,
        value: cpu.median,
        target: PREPARATION[each],
      })),
    },
    { kind: 'issuers', title: 'Several issuers, µs of CPU per token', rows: severalIssuers(issuers) },
    {
      kind: 'memory',
      title: 'Memory of an unused issuer, bytes',
      rows: issuerMemory === undefined ? [] : [{ label: 'one of 10 000', value: issuerMemory, target: ISSUERS.memory }],
    },
    {
      kind: 'size',
      title: 'Size, bytes',
      rows: size.map(({ name, ...sizes }) => ({ label: name, ...sizes, value: sizes.gzip, target: SIZE[name] })),
    },
    {
      kind: 'executed',
      title: 'Code executed to verify the first ES384 token, bytes',
      rows: executed === undefined ? [] : [{ label: 'function bodies', value: executed }],
    },
  ];
  for (const { rows } of sections) for (const row of rows) if (row.target) row.verdict = judge(row.value, row.target);
  return sections.filter(({ rows }) => rows.length > 0);
}

function wholeTokens(rows) {
  const clock = rows[0]?.cpu ? 'cpu' : 'wall';
  const ours = (each) => rows.find(({ name, case: its }) => name === OURS && its === each)[clock];
  const compared = rows
    .filter(({ name }) => name !== OURS)
    .map((row) => ({ row, label: nameOf(row), ...ratioOf(ours(row.case), row[clock]), target: targetOf(row) }));
  const title = `${rows[0]?.runtime}, µs of ${clock === 'cpu' ? 'CPU' : 'wall time'} per token`;
  return { kind: 'tokens', title, rows: compared };
}

/** Compares requests per second, where more is better. */
function underLoad(rows) {
  const ours = (each) => rows.find(({ name, case: its }) => name === OURS && its === each).perSecond;
  return rows
    .filter(({ name }) => name !== OURS)
    .map((row) => {
      const [mine, theirs] = [ours(row.case), row.perSecond];
      const ratios = { value: mine.median / theirs.median, ofMinimums: mine.min / theirs.min };
      return { label: `${row.case}: ${row.name}`, ours: mine, theirs, ...ratios, target: requestsTargetOf(row) };
    });
}

/**
 * If a peer was measured as installed, compares it with the figure of this package as installed; otherwise, with the figure
 * of this package in one file.
 */
function coldStarts(rows, /** @type {string} */ clock) {
  return rows
    .filter((row) => !row.name.startsWith(OURS) && row[clock])
    .map((row) => {
      const form = row.name.split(', ')[1] ?? 'one file';
      const ours = rows.find(
        ({ name, runtime, case: its }) => name === `${OURS}, ${form}` && runtime === row.runtime && its === row.case,
      );
      const label = `${row.runtime}, ${row.case}: ${peerOf(row)}`;
      const target = clock === 'main' ? coldTargetOf(row) : undefined;
      return { row, label, ...ratioOf(ours[clock], row[clock]), target };
    });
}

/** Compares first requests. Only the CPU time of the thread that answers the request has a target. */
function firstOnes(rows, /** @type {string} */ clock) {
  return rows
    .filter(({ name }) => name !== OURS)
    .map((row) => {
      const ours = rows.find(({ name, case: its }) => name === OURS && its === row.case);
      const target = clock === 'request' ? firstRequestTargetOf(row) : undefined;
      return { label: `${row.case}: ${row.name}`, ...ratioOf(ours[clock], row[clock]), target };
    });
}

/** Compares several issuers with one by their minima, because the difference is smaller than the noise of the medians. */
function severalIssuers(rows) {
  const one = (each) => rows.find(({ name, case: its }) => name === 'one' && its === each).cpu;
  return rows
    .filter(({ name }) => name !== 'one')
    .map(({ name, case: each, cpu }) => ({
      label: `${each}: ${name} issuers`,
      ours: cpu,
      theirs: one(each),
      value: cpu.min / one(each).min,
      ofMinimums: cpu.min / one(each).min,
      target: ISSUERS.ratio,
    }));
}

const ratioOf = (ours, theirs) => ({
  ours,
  theirs,
  value: theirs.median / ours.median,
  ofMinimums: theirs.min / ours.min,
});

const nameOf = (row) => `${row.case}: ${peerOf(row)}${row.lanes > 1 ? ` ×${row.lanes}` : ''}`;

/** Marks bare functions, which verify bytes and a signature instead of a token. */
const peerOf = ({ name }) => (name.endsWith('.verify') ? `${name} (bare)` : name);
