// All supported runtimes and bundlers, each as a cell of the matrix. `row` groups cells, and `needs` is the code or
// configuration that users need. The README shows `row` and `needs`. `quick` cells are part of `make test`. `file` is the .wasm file
// that must run: the fused one, unless the cell says otherwise.
import { join } from 'node:path';
import { MATRIX_TOOLS, TOOLS } from '../support/paths.mjs';
import { CURRENT_NODE, FASTER, FUSED, fileOfNode, OWN_NODE, PLAIN, programOf } from '../support/runtimes.mjs';
import { createApp } from './app.mjs';
import {
  startBunBuild,
  startBunCompile,
  startEsbuild,
  startLambda,
  startRollup,
  startViteBuild,
  startViteDev,
  startWebpack,
} from './bundlers.mjs';
import { startBare, startDeployed, startEdgeRuntime, startMiniflare, startWranglerDev } from './http.mjs';
import { startJest } from './jest.mjs';
import { startNextDevRoute, startNextPage, startNextRoute } from './next.mjs';
import { startNitro2, startNitro3, startNuxt } from './nitro.mjs';
import { startModuleWorker, startPage } from './page.mjs';
import { startProcess } from './process.mjs';
import { startTypeScript } from './typescript.mjs';
import { startVitest } from './vitest.mjs';

/** The error for a program that does not exist for this platform. */
export class Unavailable extends Error {}

const MAIN = '`sts-jwt`';
const BROWSER = '`sts-jwt`, and `await init()` once';
const INLINE = '`sts-jwt/inline`; for remote keys `sts-jwt/inline/remote`';

const NODES = [...new Set(['20', '22', '24', '26', OWN_NODE])].sort();
/** The file in cells that run in the Node of the tests. */
const OWN = fileOfNode(OWN_NODE);
const isQuick = (major) => major === OWN_NODE || major === CURRENT_NODE;

const VITE_7 = { vite: 'vite7', tools: MATRIX_TOOLS };
const EXCLUDED = "export default { optimizeDeps: { exclude: ['sts-jwt'] } };\n";

export const cells = [
  ...rowOf('Node, AWS Lambda', `${MAIN}, by \`import\` or \`require\``, [
    ...NODES.map((major) => cell(`Node ${major}, import`, startNode(major, 'stdio.mjs'), optionsOf(major))),
    ...NODES.map((major) => cell(`Node ${major}, require`, startNode(major, 'stdio.cjs'), optionsOf(major))),
    cell(`Node ${CURRENT_NODE}, without FMA`, startNode(CURRENT_NODE, 'stdio.mjs', ['--no-enable-fma3']), {
      quick: true,
      file: PLAIN,
    }),
    cell("Lambda's Node 22, CommonJS", startNode('22', 'lambda-runtime.cjs'), { file: FASTER }),
    cell("Lambda's Node 24, CommonJS", startNode('24', 'lambda-runtime.cjs'), { file: FASTER }),
  ]),
  ...rowOf('Deno, Bun', `${MAIN}; Deno asks for no permission`, [
    cell('Deno', startDeno, { quick: true }),
    cell('Bun', startBun, { quick: true, file: PLAIN }),
  ]),
  ...rowOf('Cloudflare Workers', MAIN, [
    cell('workerd, as wrangler deploys', startDeployed, { quick: true }),
    cell('workerd, bare', startBare),
    cell('Miniflare', startMiniflare),
    cell('wrangler dev', startWranglerDev),
  ]),
  ...rowOf('Nitro, Nuxt for Cloudflare', `${MAIN}; in Nitro's options \`experimental: { wasm: true }\``, [
    cell('Nitro 2', startNitro2),
    cell('Nitro 3', startNitro3),
    cell('Nuxt 4', startNuxt),
  ]),
  ...rowOf('Vitest in workerd', `${MAIN}; without a wrangler config \`modulesRules\`, as the error says`, [
    cell('vitest-pool-workers, with a wrangler config', startPoolWorkers({ wrangler: true })),
    cell('vitest-pool-workers, without a wrangler config', startPoolWorkers({ wrangler: false })),
  ]),
  ...rowOf('Vercel Edge, Next.js', `${MAIN}; in client components ${BROWSER.replace(`${MAIN}, and `, '')}`, [
    cell('Edge Runtime', startEdgeRuntime, { file: PLAIN }),
    cell('Next.js 16, edge route', () => startNextRoute('/edge'), { file: PLAIN }),
    cell('Next.js 16, edge route in development', () => startNextDevRoute('/edge'), { file: PLAIN }),
    cell('Next.js 16, edge route with slim', () => startNextRoute('/slim'), { file: PLAIN }),
    cell('Next.js 16, edge route with slim in development', () => startNextDevRoute('/slim'), { file: PLAIN }),
    cell('Next.js 16, Node route', () => startNextRoute('/node'), { file: OWN }),
    cell('Next.js 16, client component', startNextPage, { file: FASTER }),
  ]),
  ...rowOf('Browsers', BROWSER, [
    cell('Chromium', (name) => startPage(name, 'chromium'), { quick: true, file: FASTER }),
    cell('Chromium, module worker', (name) => startModuleWorker(name, 'chromium'), { file: FASTER }),
    cell('Firefox', (name) => startPage(name, 'firefox'), { file: FASTER }),
    cell('Firefox, module worker', (name) => startModuleWorker(name, 'firefox'), { file: FASTER }),
  ]),
  ...rowOf('Vite 8, webpack 5', BROWSER, [
    cell('Vite 8, build', (name) => startViteBuild(name), { quick: true, file: FASTER }),
    cell('Vite 8, dev', (name) => startViteDev(name), { file: FASTER }),
    cell('webpack 5', startWebpack, { file: FASTER }),
  ]),
  ...rowOf('Vite 7', `${BROWSER}; in development \`optimizeDeps: { exclude: ["sts-jwt"] }\``, [
    cell('Vite 7, build', (name) => startViteBuild(name, VITE_7), { file: FASTER }),
    cell('Vite 7, dev', (name) => startViteDev(name, { ...VITE_7, config: EXCLUDED }), { file: FASTER }),
  ]),
  ...rowOf(
    'TypeScript',
    `${MAIN}, from 5.0 in ES modules, from 5.8 with \`"module": "nodenext"\` in CommonJS; \`skipLibCheck\` is not needed`,
    [cell('TypeScript 5', (name) => startTypeScript(name, 'typescript50'), { file: OWN })],
  ),
  ...rowOf(
    'Jest',
    `${MAIN}, and \`transformIgnorePatterns: ["/node_modules/(?!sts-jwt/)"]\`; with Babel, \`@babel/preset-env\` in \`babel.config.json\``,
    [
      cell('Jest', (name) => startJest(name, 'babel'), { file: OWN }),
      cell('ts-jest', (name) => startJest(name, 'ts-jest'), { file: OWN }),
    ],
  ),
  ...rowOf('esbuild, Rollup, Lambda in one file', INLINE, [
    cell('esbuild', startEsbuild, { quick: true, file: PLAIN }),
    cell('Rollup 4', startRollup, { file: PLAIN }),
    cell('Lambda bundled by esbuild, CommonJS', (name) => startLambda(name, 'cjs'), { file: PLAIN }),
    cell('Lambda bundled by esbuild, ES module', (name) => startLambda(name, 'esm'), { file: PLAIN }),
  ]),
  ...rowOf('`bun build --target=bun`, `--compile`', MAIN, [
    cell('bun build', startBunBuild, { file: PLAIN }),
    cell('bun build --compile', startBunCompile, { file: PLAIN }),
  ]),
];

function rowOf(row, needs, cells) {
  return cells.map((cell) => ({ ...cell, row, needs }));
}

/** Creates a cell. `start` must return a host: `{ version, ask(question), cold?(), stop() }`. */
function cell(name, start, { quick = false, file = FUSED } = {}) {
  const slug = name.toLowerCase().replace(/[^a-z0-9]+/g, '-');
  return { name, quick, file, start: () => start(slug) };
}

function optionsOf(major) {
  return { quick: isQuick(major), file: fileOfNode(major) };
}

function startNode(major, entry, flags = []) {
  return (name) => {
    const tools = major === CURRENT_NODE ? TOOLS : MATRIX_TOOLS;
    const program = major === OWN_NODE ? process.execPath : programOf(`node${major}`, tools);
    const host = startProgram(name, `Node ${major}`, { program, flags: ['--no-warnings', ...flags], entry });
    // The cold start is measured only once per version.
    return entry === 'stdio.mjs' && flags.length === 0 ? host : { ...host, cold: undefined };
  };
}

function startPoolWorkers(options) {
  return async (name) => {
    const host = await startVitest(name, options);
    if (!host)
      throw new Unavailable(`wrangler needs Node 22, and npm has none for ${process.platform} on ${process.arch}`);
    return host;
  };
}

function startDeno(name) {
  return startProgram(name, 'Deno', { program: programOf('deno'), flags: ['run', '--no-prompt'], entry: 'stdio.mjs' });
}

function startBun(name) {
  return startProgram(name, 'Bun', { program: programOf('bun'), entry: 'stdio.mjs' });
}

function startProgram(name, runtime, /** @type {Record<string, any>} */ { program, flags, entry }) {
  if (!program)
    throw new Unavailable(`there is no ${runtime} here, nor in npm for ${process.platform} on ${process.arch}`);
  return startProcess({ program, flags, script: join(createApp(name), 'apps', entry) });
}
