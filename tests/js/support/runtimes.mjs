// Finds the programs of the runtimes from npm: Deno, Bun, and newer versions of Node. The npm packages find their
// programs in an install script, but this project runs no install scripts.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { TOOLS } from './paths.mjs';

/** The major version of the Node that runs the tests. */
export const OWN_NODE = process.versions.node.split('.')[0];

/** The newest Node that is available as an npm package. This package exists only for Linux on x64. */
export const CURRENT_NODE = '26';

/** The package's .wasm files. */
export const PLAIN = 'sts_jwt.wasm';
export const FUSED = 'sts_jwt.fused.wasm';

/** The file for engines that ask: the plain one on a processor without a fused multiply-add. */
export const FASTER = process.arch === 'x64' && isWithoutFma() ? PLAIN : FUSED;

function isWithoutFma() {
  return existsSync('/proc/cpuinfo') && !/^flags.*\bfma\b/m.test(readFileSync('/proc/cpuinfo', 'utf8'));
}

/** The file for a version of Node. Node 20 has no relaxed SIMD. */
export const fileOfNode = (major) => (Number(major) < 22 ? PLAIN : FASTER);

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
