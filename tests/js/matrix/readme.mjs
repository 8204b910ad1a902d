// Writes the table of runtimes and bundlers from results.json into the README, between two marks.
import { readFileSync, writeFileSync } from 'node:fs';

const README = new URL('../../../README.md', import.meta.url);
const BLOCK = /(<!-- matrix: written by `make test-all` -->\n)[\s\S]*?(<!-- matrix: end -->)/;

export function writeReadme(results) {
  const readme = readFileSync(README, 'utf8');
  if (!BLOCK.test(readme)) throw new Error('README.md lacks the marks around the matrix');
  writeFileSync(
    README,
    readme.replace(BLOCK, (_, start, end) => `${start}${blockOf(results)}${end}`),
  );
}

export function blockOf({ cells }) {
  const rows = [...new Set(cells.map(({ row }) => row))].map((row) => {
    const own = cells.filter((cell) => cell.row === row);
    return `| ${row} | ${own[0].needs} | ${versionsOf(own)} |`;
  });
  return `| where | import | verified in |\n|---|---|---|\n${rows.join('\n')}\n`;
}

/** Returns the versions of the cells that passed, and the reason if a cell failed. */
function versionsOf(cells) {
  const passed = new Map();
  for (const { name, version, status } of cells) {
    if (status !== 'passed') continue;
    const [what] = name.split(',');
    passed.set(`${what} ${version}`, shorten(what, version));
  }
  const others = cells.filter(({ status }) => status !== 'passed').map(({ name, status }) => `${name}: ${status}`);
  return [...new Set(passed.values()), ...others].join(', ');
}

/** Shortens "Node 20 20.20.2" to "Node 20.20.2". */
function shorten(what, version) {
  const major = version.split('.')[0];
  return what.endsWith(` ${major}`) ? `${what.slice(0, -major.length - 1)} ${version}` : `${what} ${version}`;
}
