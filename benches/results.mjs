// Formats the results of a run: date, machine, versions, and all figures.
import { readFileSync } from 'node:fs';
import { availableParallelism, cpus } from 'node:os';
import { workerdVersion } from '../tests/js/support/workerd.mjs';
import { RUNTIMES } from './runtimes.mjs';

const { devDependencies: peers } = JSON.parse(readFileSync(new URL('package.json', import.meta.url), 'utf8'));

export function newResults() {
  return {
    date: new Date().toISOString().slice(0, 10),
    machine: { cpu: cpus()[0].model.trim(), cores: availableParallelism() },
    versions: { workerd: workerdVersion, ...peers },
    rows: [],
  };
}

/** Returns date, machine and versions in one line. */
export function introductionOf({ date, machine, versions }) {
  return `${date}, ${machine.cpu}, ${machine.cores} cores; ${versionsOf(versions).join(', ')}`;
}

/** Lists names and versions, the runtimes first. A name such as "Node 24" already has the major version. */
export function versionsOf(/** @type {Record<string, string>} */ versions) {
  const runtimes = RUNTIMES.filter((runtime) => versions[runtime]).map((runtime) => [runtime, versions[runtime]]);
  const others = Object.entries(versions).filter(([name]) => !RUNTIMES.includes(name));
  return [...runtimes, ...others].map(([name, version]) => `${name.split(' ')[0]} ${version}`);
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
