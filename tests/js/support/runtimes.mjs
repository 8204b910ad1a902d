// Finds the programs of the runtimes from npm: Deno, Bun, and newer versions of Node. The npm packages find their
// programs in an install script, but this project runs no install scripts.
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { TOOLS } from './paths.mjs';

/** The major version of the Node that runs the tests. */
export const OWN_NODE = process.versions.node.split('.')[0];

/** The newest Node that is available as an npm package. This package exists only for Linux on x64. */
export const CURRENT_NODE = '26';

/**
 * Returns the path of a program, or undefined if npm has no package for this platform.
 *
 * @returns {any}
 */
export function programOf(runtime, tools = TOOLS) {
  const modules = join(tools, 'node_modules');
  const candidates = {
    deno: () => platformPackages(join(modules, '@deno'), 'deno'),
    bun: () => platformPackages(join(modules, '@oven'), 'bin/bun'),
  }[runtime]?.() ?? [join(modules, runtime, 'bin/node')];
  return candidates.find(existsSync);
}

/** npm installs only the package for this platform. */
const platformPackages = (scope, program) =>
  existsSync(scope) ? readdirSync(scope).map((name) => join(scope, name, program)) : [];
