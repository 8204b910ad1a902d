// Compares the figures: sections of rows. Each row has the figures of this package and of a peer, their ratio, and the target.
import { coldTargetOf, ISSUERS, judge, PREPARATION, requestsTargetOf, SIZE, targetOf } from './targets.mjs';

export const OURS = 'sts-jwt';
export const RUNTIMES = ['Node', 'workerd', 'Chromium'];

/**
 * `ours` and `theirs` are summaries. `value` is the ratio of their medians, which is compared with the target.
 * `ofMinimums` is the ratio of their minimums, which depends less on other load.
 */
export function compare({
  rows = [],
  requests = [],
  cold = [],
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
    { kind: 'cold', title: 'Cold start, ms of CPU for the first token', rows: coldStarts(cold) },
    {
      kind: 'preparation',
      title: 'Preparing a key in hot code, ms of CPU',
      rows: preparation.map(({ case: label, cpu }) => ({
        label,
        ours: cpu,
        value: cpu.median,
        target: PREPARATION[label],
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
      title: 'Executed by the first ES384 token, bytes',
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
function coldStarts(rows) {
  return rows
    .filter(({ name }) => !name.startsWith(OURS))
    .map((row) => {
      const form = row.name.split(', ')[1] ?? 'one file';
      const ours = rows.find(
        ({ name, runtime, case: its }) =>
          [OURS, `${OURS}, ${form}`].includes(name) && runtime === row.runtime && its === row.case,
      );
      const label = `${row.runtime}, ${row.case}: ${peerOf(row)}`;
      return { row, label, ...ratioOf(ours.cpu, row.cpu), target: coldTargetOf(row) };
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
