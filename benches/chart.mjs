// Draws the README's chart: the time to verify a whole token as bars, by runtime and algorithm.
import { OURS } from './comparison.mjs';

const COLUMNS = ['ES384', 'RS256-2048'];
const ROWS = ['Node 24', 'workerd', 'Chromium'];
const COLUMN = 440;
const LABEL = 134;
const BAR = 180;
const STEP = 20;
const TOP = 84;

const STYLE = `
  text { font: 12px system-ui, -apple-system, "Segoe UI", Helvetica, Arial, sans-serif; fill: #1f2328; }
  .title { font-size: 15px; font-weight: 600; }
  .head { font-weight: 600; }
  .quiet { fill: #59636e; }
  .label { text-anchor: end; }
  .ours { fill: #0969da; }
  .theirs { fill: #aab4be; }
  .bare { fill: #d7dde3; }
  text.ours { font-weight: 600; }
  @media (prefers-color-scheme: dark) {
    text { fill: #f0f6fc; }
    .quiet { fill: #9198a1; }
    .ours { fill: #58a6ff; }
    .theirs { fill: #656d76; }
    .bare { fill: #3d444d; }
  }
`;

export function chartOf({ rows, date, machine }) {
  const shown = rows.filter((row) => ROWS.includes(row.runtime) && COLUMNS.includes(row.case) && row.lanes === 1);
  const clock = shown[0].cpu ? 'cpu' : 'wall';
  const parts = [
    text(16, 26, 'title', 'Time to verify a whole token'),
    text(
      16,
      46,
      'quiet',
      `µs of ${clock === 'cpu' ? 'CPU' : 'time'}, median; shorter is better. ×: theirs divided by ours.`,
    ),
  ];
  let y = TOP;
  for (const runtime of ROWS.filter((name) => shown.some((row) => row.runtime === name))) {
    const groups = COLUMNS.map((column) => shown.filter((row) => row.runtime === runtime && row.case === column));
    for (const [at, group] of groups.entries()) {
      const longest = Math.max(...shown.filter((row) => row.case === COLUMNS[at]).map((row) => row[clock].median));
      parts.push(...groupOf(group, { clock, longest, x: at * COLUMN, y, head: `${runtime}, ${COLUMNS[at]}` }));
    }
    y += (Math.max(...groups.map((group) => group.length)) + 1) * STEP + 20;
  }
  const where = `${machine.cpu}, ${machine.cores} cores, ${date}`;
  parts.push(text(16, y - 4, 'quiet', `bare: only the signature, no token. ${where}.`));
  const [width, height] = [COLUMN * COLUMNS.length, y + 12];
  const size = `width="${width}" height="${height}" viewBox="0 0 ${width} ${height}"`;
  return `<svg xmlns="http://www.w3.org/2000/svg" ${size} role="img">
<title>Time to verify a whole token, by runtime and algorithm</title>
<style>${STYLE}</style>
${parts.join('\n')}
</svg>
`;
}

/** Draws a heading and a bar per verifier, for one runtime and algorithm. */
function groupOf(
  rows,
  /** @type {{ clock: string, longest: number, x: number, y: number, head: string }} */ { clock, longest, x, y, head },
) {
  const ours = rows.find(({ name }) => name === OURS)[clock].median;
  const bars = rows.map((/** @type {Record<string, any>} */ { name, [clock]: { median } }, index) => {
    const bare = name.endsWith('.verify');
    const [kind, label, value] =
      name === OURS ? ['ours', 'ours', 'ours'] : bare ? ['bare', 'quiet', ''] : ['theirs', '', ''];
    const baseline = y + (index + 1) * STEP;
    const length = Math.max(1, (median / longest) * BAR).toFixed(1);
    const ratio = name === OURS ? '' : `  ${(median / ours).toFixed(median / ours < 10 ? 2 : 1)}×`;
    return [
      text(x + LABEL, baseline, `label ${label}`, bare ? `${name}, bare` : name),
      `<rect class="${kind}" x="${x + LABEL + 8}" y="${baseline - 11}" width="${length}" height="14" rx="2"/>`,
      text(x + LABEL + 14 + Number(length), baseline, value, `${median.toFixed(median < 100 ? 1 : 0)} µs${ratio}`),
    ].join('\n');
  });
  return [text(x + 16, y, 'head', head), ...bars];
}

function text(x, y, kind, content) {
  const escaped = content.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  return `<text x="${x}" y="${y}"${kind.trim() ? ` class="${kind.trim()}"` : ''} xml:space="preserve">${escaped}</text>`;
}
