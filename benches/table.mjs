// Formats the table for the terminal: case, ours, theirs, value, target and verdict.

const HEADS = {
  tokens: ['sts-jwt (min)', 'theirs (min)', 'ratio (of mins)'],
  requests: ['sts-jwt (min)', 'theirs (min)', 'ours / theirs'],
  cold: ['sts-jwt (min)', 'theirs (min)', 'ratio (of mins)'],
  preparation: ['sts-jwt (min)', '', 'median'],
  repeated: ['sts-jwt (min)', '', 'median'],
  issuers: ['several (min)', 'one (min)', 'several / one'],
  size: ['raw', 'brotli', 'gzip'],
  memory: ['', '', 'bytes'],
  executed: ['', '', 'bytes'],
};
const DIGITS = { tokens: 1, requests: 0, cold: 2, preparation: 3, repeated: 2, issuers: 2 };

export function tableOf(sections) {
  return sections.flatMap(({ kind, title, rows }) => [
    line(title, ...HEADS[kind], 'target', 'stretch', 'verdict'),
    '-'.repeat(119),
    ...rows.map((row) => line(row.label, ...cellsOf(kind, row), ...targetOf(row))),
    '',
  ]);
}

/** Summarises how many targets were met, and lists the missed targets. */
export function verdictOf(sections) {
  const judged = sections.flatMap(({ title, rows }) =>
    rows.filter(({ target }) => target).map((row) => ({ title, ...row })),
  );
  const missed = judged.filter(({ verdict }) => verdict === 'MISSED');
  const stretched = judged.filter(({ verdict }) => verdict === 'stretch');
  const lines = [
    `${judged.length - missed.length} of ${judged.length} targets met, ${stretched.length} of them with the stretch goal.`,
    ...missed.map(
      ({ title, label, value, target }) => `MISSED: ${title}: ${label}: ${format(value)}, target ${boundOf(target)}`,
    ),
  ];
  return { lines, good: missed.length === 0 };
}

function cellsOf(kind, { ours, theirs, value, ofMinimums, raw, brotli }) {
  if (kind === 'size') return [raw, brotli, value].map(format);
  const pair = (summary) =>
    summary ? `${summary.median.toFixed(DIGITS[kind])} ${`(${summary.min.toFixed(DIGITS[kind])})`.padStart(8)}` : '';
  return [
    pair(ours),
    pair(theirs),
    theirs ? `${value.toFixed(2)}x ${`(${ofMinimums.toFixed(2)})`.padStart(7)}` : format(value),
  ];
}

const targetOf = ({ target, verdict }) => (target ? [boundOf(target), format(target.stretch), verdict] : []);
const boundOf = ({ atLeast, atMost }) => (atLeast === undefined ? `<= ${format(atMost)}` : `>= ${format(atLeast)}`);

/** Formats bytes as integers, and small figures with two or three decimals. */
const format = (value) => (value >= 100 ? String(Math.round(value)) : String(Number(value.toFixed(value < 1 ? 3 : 2))));

// 119 columns with the verdict.
const WIDTHS = [43, 15, 17, 16, 10, 8];

function line(label, ...cells) {
  const [ours, theirs, value, target = '', stretch = '', verdict = ''] = cells;
  const numbers = [ours, theirs, value, target, stretch].map((cell, at) => cell.padStart(WIDTHS[at + 1]));
  return `${label.padEnd(WIDTHS[0])}${numbers.join('')}  ${verdict}`.trimEnd();
}
