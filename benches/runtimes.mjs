// The runtimes that are measured, and how each is started. The order is that of the table, and leads with the two that most
// users run.
import { MATRIX_TOOLS, TOOLS } from '../tests/js/support/paths.mjs';
import { CURRENT_NODE, OWN_NODE, programOf } from '../tests/js/support/runtimes.mjs';

/** The versions of Node that are measured: the machine's own, and those that npm has as packages. */
export const NODES = ['24', '26', '22', ...(['22', '24', '26'].includes(OWN_NODE) ? [] : [OWN_NODE])];

export const RUNTIMES = ['Node 24', 'workerd', 'Node 26', 'Node 22', 'Deno', 'Bun', 'Chromium', 'Firefox'].concat(
  NODES.slice(3).map((major) => `Node ${major}`),
);

/** Returns the program of a version of Node, or undefined if npm has none for this platform. */
export function nodeOf(major) {
  if (major === OWN_NODE) return process.execPath;
  return programOf(`node${major}`, major === CURRENT_NODE ? TOOLS : MATRIX_TOOLS);
}

/** The command line of each runtime that runs a script as a process. Its `program` may be undefined; see `nodeOf`. */
export const PROCESSES = {
  ...Object.fromEntries(NODES.map((major) => [`Node ${major}`, { program: nodeOf(major), args: [] }])),
  Deno: { program: programOf('deno'), args: ['run', '-A', '--no-prompt', '--quiet'] },
  Bun: { program: programOf('bun'), args: [] },
};
