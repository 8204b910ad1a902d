// Formats the results of a run: date, machine, versions, and all figures.
import { readFileSync } from 'node:fs';
import { availableParallelism, cpus } from 'node:os';
import { workerdVersion } from '../tests/js/support/workerd.mjs';

const { devDependencies: peers } = JSON.parse(readFileSync(new URL('package.json', import.meta.url), 'utf8'));

export function newResults() {
  return {
    date: new Date().toISOString().slice(0, 10),
    machine: { cpu: cpus()[0].model.trim(), cores: availableParallelism() },
    versions: { Node: process.versions.node, workerd: workerdVersion, ...peers },
    rows: [],
  };
}

/** Returns date, machine and versions in one line. */
export function introductionOf({ date, machine, versions }) {
  const { Node, workerd, Chromium, ...peers } = versions;
  const named = Object.entries({ Node, workerd, Chromium, ...peers }).filter(([, version]) => version);
  return `${date}, ${machine.cpu}, ${machine.cores} cores; ${named.map((pair) => pair.join(' ')).join(', ')}`;
}

/** Formats the results as JSON with one figure per line, for readable diffs. */
export function textOf(results) {
  const rounded = (_, value) => (typeof value === 'number' ? Number(value.toFixed(3)) : value);
  const members = Object.entries(results).map(([name, value]) => {
    if (!Array.isArray(value)) return `  "${name}": ${JSON.stringify(value, rounded)}`;
    return `  "${name}": [\n${value.map((row) => `    ${JSON.stringify(row, rounded)}`).join(',\n')}\n  ]`;
  });
  return `{\n${members.join(',\n')}\n}\n`;
}
