// Every runtime and bundler that the package is for, each as a cell of the matrix: how to start it, and whether `make test` has
// time for it. `start` throws `Unavailable` where a program cannot be had.
import { join } from 'node:path';
import { MATRIX_TOOLS, TOOLS } from '../support/paths.mjs';
import { CURRENT_NODE, OWN_NODE, programOf } from '../support/runtimes.mjs';
import { createApp } from './app.mjs';
import { startBunBuild, startEsbuild, startRollup, startViteBuild, startViteDev, startWebpack } from './bundlers.mjs';
import { startBare, startDeployed, startEdgeRuntime, startMiniflare, startWranglerDev } from './http.mjs';
import { startModuleWorker, startPage } from './page.mjs';
import { startProcess, versionOf } from './process.mjs';

/** There is no program of this name for this platform. */
export class Unavailable extends Error {}

/** Where it is not the very Node that runs the tests, it comes from npm. */
function nodeProgram(major) {
  if (major === OWN_NODE) return process.execPath;
  return available(programOf(`node${major}`, major === CURRENT_NODE ? TOOLS : MATRIX_TOOLS), `Node ${major}`);
}

function available(program, name) {
  if (program === undefined) throw new Unavailable(`npm has no ${name} for ${process.platform} on ${process.arch}`);
  return program;
}

function startNode(major, name, entry) {
  const program = nodeProgram(major);
  return startProcess({ version: versionOf(program), program, args: ['--no-warnings', join(createApp(name), 'apps', entry)] });
}

function startDeno(name) {
  const program = available(programOf('deno'), 'Deno');
  // Without any permission.
  return startProcess({ version: versionOf(program), program, args: ['run', '--no-prompt', join(createApp(name), 'apps/stdio.mjs')] });
}

function startBun(name) {
  const program = available(programOf('bun'), 'Bun');
  return startProcess({ version: versionOf(program), program, args: [join(createApp(name), 'apps/stdio.mjs')] });
}

const VITE_7 = { vite: 'vite7', tools: MATRIX_TOOLS };
const EXCLUDED = "export default { optimizeDeps: { exclude: ['sts-jwt'] } };\n";
const NODES = [...new Set(['20', '22', '24', '26', OWN_NODE])];
const isQuick = (major) => major === OWN_NODE || major === CURRENT_NODE;

const runtime = (name, start, { quick = false } = {}) => ({ kind: 'runtime', name, quick, start });
const bundler = (name, start, { quick = false } = {}) => ({ kind: 'bundler', name, quick, start });

export const cells = [
  ...NODES.map((major) => runtime(`Node ${major}, import`, (name) => startNode(major, name, 'stdio.mjs'), { quick: isQuick(major) })),
  ...NODES.map((major) => runtime(`Node ${major}, require`, (name) => startNode(major, name, 'stdio.cjs'), { quick: isQuick(major) })),
  ...['22', '24'].map((major) => runtime(`AWS Lambda's Node ${major}, CommonJS`, (name) => startNode(major, name, 'lambda-runtime.cjs'))),
  runtime('Deno', startDeno, { quick: true }),
  runtime('Bun', startBun, { quick: true }),
  runtime('workerd, deployed by wrangler', startDeployed, { quick: true }),
  runtime('workerd, bare', startBare),
  runtime('Miniflare', startMiniflare),
  runtime('wrangler dev', startWranglerDev),
  runtime('Vercel Edge Runtime', startEdgeRuntime),
  runtime('Chromium', (name) => startPage(name, 'chromium'), { quick: true }),
  runtime('Chromium, module worker', (name) => startModuleWorker(name, 'chromium')),
  runtime('Firefox', (name) => startPage(name, 'firefox')),
  runtime('Firefox, module worker', (name) => startModuleWorker(name, 'firefox')),
  bundler('Vite 8, build', (name) => startViteBuild(name), { quick: true }),
  bundler('Vite 8, dev', (name) => startViteDev(name)),
  bundler('Vite 7, build', (name) => startViteBuild(name, VITE_7)),
  bundler('Vite 7, dev', (name) => startViteDev(name, { ...VITE_7, config: EXCLUDED })),
  bundler('webpack 5', startWebpack),
  bundler('esbuild', startEsbuild, { quick: true }),
  bundler('Rollup 4', startRollup),
  bundler('bun build', startBunBuild),
];

/** A name for files and Workers. */
export const slugOf = (name) => name.toLowerCase().replace(/[^a-z0-9]+/g, '-');
