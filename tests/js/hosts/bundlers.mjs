// Bundles a test app without any configuration and runs it in its target runtime.
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MATRIX_TOOLS, TOOLS } from '../support/paths.mjs';
import { programOf } from '../support/runtimes.mjs';
import { createApp } from './app.mjs';
import { freePort, runTool, startCommand } from './http.mjs';
import { packageOf, versionIn } from './packages.mjs';
import { startFolder, startUrl } from './page.mjs';
import { startProcess, versionOf } from './process.mjs';

/**
 * Replaces the main entry, also for remote keys, for bundlers that do not copy the file of a `new URL(…,
 * import.meta.url)`. with-remote.mjs checks that both entries share one engine.
 */
const INLINE = {
  'sts-jwt': 'sts-jwt/inline',
  'sts-jwt/remote': 'sts-jwt/inline/remote',
  './answer.mjs': './with-remote.mjs',
};

/** The main entry together with remote keys. */
const WITH_REMOTE = { './answer.mjs': './with-remote.mjs' };

const page = (script) =>
  `<!doctype html>\n<meta charset="utf-8">\n<link rel="icon" href="data:,">\n<script type="module" src="${script}"></script>\n`;
export async function startViteBuild(name, { vite = 'vite', tools = TOOLS } = {}) {
  const folder = createViteApp(name);
  await runTool(join(packageOf(tools, vite), 'bin/vite.js'), ['build', '--logLevel', 'warn'], { cwd: folder });
  return { ...(await startFolder(join(folder, 'dist'))), version: versionIn(tools, vite) };
}

export async function startViteDev(
  name,
  /** @type {Record<string, any>} */ { vite = 'vite', tools = TOOLS, config } = {},
) {
  const folder = createViteApp(name);
  if (config) writeFileSync(join(folder, 'vite.config.js'), config);
  const port = await freePort();
  const server = await startCommand({
    program: process.execPath,
    args: [join(packageOf(tools, vite), 'bin/vite.js'), '--port', port, '--strictPort', '--host', '127.0.0.1'],
    cwd: folder,
    env: { ...process.env, NO_COLOR: '1' },
    ready: /ready in/,
  });
  return { ...(await startUrl(`http://127.0.0.1:${port}/`, server.stop)), version: versionIn(tools, vite) };
}

function createViteApp(name) {
  const folder = createApp(name);
  writeFileSync(join(folder, 'index.html'), page('/apps/page.mjs'));
  return folder;
}

export async function startWebpack(name) {
  const folder = createApp(name);
  const output = join(folder, 'dist');
  const cli = join(packageOf(MATRIX_TOOLS, 'webpack-cli'), 'bin/cli.js');
  await runTool(cli, ['--mode', 'production', '--entry', './apps/page.mjs', '--output-path', output], { cwd: folder });
  writeFileSync(join(output, 'index.html'), page('main.js').replace(' type="module"', ' defer'));
  return { ...(await startFolder(output)), version: versionIn(MATRIX_TOOLS, 'webpack') };
}

export async function startEsbuild(name) {
  const folder = createApp(name, { imports: INLINE });
  const esbuild = join(packageOf(TOOLS, 'esbuild'), 'bin/esbuild');
  execFileSync(
    process.execPath,
    [esbuild, './apps/page.mjs', '--bundle', '--format=esm', '--outfile=dist/page.js', '--log-level=warning'],
    { cwd: folder },
  );
  writeFileSync(join(folder, 'dist/index.html'), page('page.js'));
  return { ...(await startFolder(join(folder, 'dist'))), version: versionIn(TOOLS, 'esbuild') };
}

export async function startRollup(name) {
  const folder = createApp(name, { imports: INLINE });
  const require = createRequire(join(MATRIX_TOOLS, 'package.json'));
  const cli = join(packageOf(MATRIX_TOOLS, 'rollup'), 'dist/bin/rollup');
  const resolver = require.resolve('@rollup/plugin-node-resolve');
  await runTool(cli, ['./apps/page.mjs', '--plugin', resolver, '--format', 'es', '--file', 'dist/page.js'], {
    cwd: folder,
  });
  writeFileSync(join(folder, 'dist/index.html'), page('page.js'));
  return { ...(await startFolder(join(folder, 'dist'))), version: versionIn(MATRIX_TOOLS, 'rollup') };
}

export function startBunBuild(name) {
  const folder = createApp(name, { imports: WITH_REMOTE });
  const bun = programOf('bun');
  execFileSync(bun, ['build', './apps/stdio.mjs', '--target=bun', '--outdir', 'dist'], { cwd: folder });
  return { ...startProcess({ program: bun, script: join(folder, 'dist/stdio.js') }), cold: undefined };
}

export function startBunCompile(name) {
  const folder = createApp(name, { imports: WITH_REMOTE });
  const bun = programOf('bun');
  execFileSync(bun, ['build', './apps/stdio.mjs', '--compile', '--outfile', 'dist/app'], { cwd: folder });
  // The executable must not need the package.
  const executable = join(mkdtempSync(join(tmpdir(), 'sts-jwt-')), 'app');
  renameSync(join(folder, 'dist/app'), executable);
  return {
    ...startProcess({ program: executable, version: versionOf(bun) }),
    cold: undefined,
    stop: () => rmSync(join(executable, '..'), { recursive: true }),
  };
}

/** A Lambda function in one file, bundled by esbuild and called as Lambda's Node 24 calls it. */
export function startLambda(name, format) {
  const folder = createApp(name, { imports: INLINE });
  const [extension, output] = format === 'cjs' ? ['cjs', 'function/lambda.cjs'] : ['mjs', 'function/lambda.mjs'];
  execFileSync(
    process.execPath,
    [
      join(packageOf(TOOLS, 'esbuild'), 'bin/esbuild'),
      `./apps/lambda.${extension}`,
      ...['--bundle', '--platform=node', `--format=${format}`, `--outfile=${output}`, '--log-level=warning'],
    ],
    { cwd: folder },
  );
  // The function must not find the package or its file.
  const task = mkdtempSync(join(tmpdir(), 'sts-jwt-'));
  copyFileSync(join(folder, output), join(task, `lambda.${extension}`));
  copyFileSync(join(folder, 'apps/lambda-runtime.cjs'), join(task, 'lambda-runtime.cjs'));
  const program = programOf('node24', MATRIX_TOOLS) ?? process.execPath;
  return {
    ...startProcess({ program, script: join(task, 'lambda-runtime.cjs'), version: versionIn(TOOLS, 'esbuild') }),
    cold: undefined,
    stop: () => rmSync(task, { recursive: true }),
  };
}
