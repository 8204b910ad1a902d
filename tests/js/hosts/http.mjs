// Hosts that are called over HTTP: Workers and similar servers.
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { MATRIX_TOOLS, PROJECT, TOOLS } from '../support/paths.mjs';
import {
  bundleWorker,
  COMPATIBILITY_DATE,
  modulesIn,
  startWorkerd,
  WRANGLER,
  workerdVersion,
  wranglerEnvironment,
} from '../support/workerd.mjs';
import { createApp } from './app.mjs';

/** A server that answers a question at every path. */
export function startServer({ version, url, log = () => '', stop }) {
  return {
    version,
    url,
    async ask(question) {
      const response = await fetch(url, { method: 'POST', body: question });
      const answer = await response.text();
      if (!response.ok) throw new Error(`${response.status}: ${answer}\n${log()}`);
      return answer;
    },
    stop,
  };
}

/** Bundles a Worker as `wrangler deploy` would upload it. */
export async function startDeployed(name) {
  const folder = await bundleWorker(name, { entry: join(createApp(name), 'apps/worker.mjs') });
  const { url, log, stop } = await startWorkerd(folder);
  return startServer({ version: workerdVersion, url, log, stop });
}

/** Uses the files of the package, without any bundler. */
export async function startBare(name) {
  const imports = { 'sts-jwt': '../package/workerd.js', 'sts-jwt/aws': '../package/aws.js' };
  const folder = createApp(name, { imports });
  for (const part of ['.js', '.wasm']) {
    cpSync(join(PROJECT, 'node_modules/sts-jwt/dist'), join(folder, 'package'), {
      recursive: true,
      filter: (source) => source.endsWith('dist') || source.endsWith(part),
    });
  }
  const { url, log, stop } = await startWorkerd(folder, { main: 'apps/worker.mjs' });
  return startServer({ version: workerdVersion, url, log, stop });
}

export async function startMiniflare(name) {
  const modulesRoot = await bundleWorker(name, { entry: join(createApp(name), 'apps/worker.mjs') });
  const require = createRequire(createRequire(join(TOOLS, 'package.json')).resolve('wrangler'));
  const { Miniflare } = require('miniflare');
  const modules = modulesIn(modulesRoot).map((file) => {
    return { type: file.endsWith('.wasm') ? 'CompiledWasm' : 'ESModule', path: join(modulesRoot, file) };
  });
  const miniflare = new Miniflare({ modules, modulesRoot, compatibilityDate: COMPATIBILITY_DATE, cf: false });
  const url = await miniflare.ready;
  const { version } = require('miniflare/package.json');
  return startServer({ version, url, stop: () => miniflare.dispose() });
}

export async function startWranglerDev(name) {
  const entry = join(createApp(name), 'apps/worker.mjs');
  const port = await freePort();
  const options = [
    '--ip',
    '127.0.0.1',
    '--port',
    port,
    '--inspector-port',
    await freePort(),
    '--compatibility-date',
    COMPATIBILITY_DATE,
  ];
  return startCommand({
    program: process.execPath,
    args: [WRANGLER, 'dev', entry, ...options, '--show-interactive-dev-session=false'],
    cwd: PROJECT,
    env: wranglerEnvironment(),
    url: `http://127.0.0.1:${port}/`,
    ready: /Ready on/,
    version: JSON.parse(readFileSync(join(TOOLS, 'node_modules/wrangler/package.json'), 'utf8')).version,
  });
}

/** Starts a command that serves at `url`. The command is ready as soon as it has printed `ready`. */
export async function startCommand(
  /** @type {Record<string, any>} */ { program, args, cwd, env, url, ready, version },
) {
  const child = spawn(program, args.map(String), { cwd, env, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  const ended = once(child, 'exit');
  let log = '';
  const stop = async () => {
    // Also kills the child processes.
    if (child.exitCode === null) process.kill(-child.pid);
    await ended;
  };
  await new Promise((resolve, reject) => {
    child.once('error', reject);
    ended.then(([code]) => reject(new Error(`${args.join(' ')} ended with ${code}:\n${log}`)));
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk) => {
        log += chunk;
        if (ready.test(log)) resolve(undefined);
      });
    }
  });
  return startServer({ version, url, log: () => log, stop });
}

/** Vercel's Edge Runtime, with a bundle like that of Vercel's builder: `?module` imports become globals of the script. */
export async function startEdgeRuntime(name) {
  const require = createRequire(join(MATRIX_TOOLS, 'package.json'));
  const esbuild = createRequire(join(TOOLS, 'package.json'))('esbuild');
  const modules = {};
  const { outputFiles } = await esbuild.build({
    entryPoints: [join(createApp(name), 'apps/edge.mjs')],
    bundle: true,
    conditions: ['edge-light'],
    format: 'esm',
    plugins: [compiledModules(modules)],
    write: false,
  });
  const { EdgeRuntime } = await import(pathToFileURL(require.resolve('edge-runtime')).href);
  const runtime = new EdgeRuntime({
    extend: (context) => Object.assign(context, modules),
    initialCode: outputFiles[0].text,
  });
  return {
    version: JSON.parse(readFileSync(join(MATRIX_TOOLS, 'node_modules/edge-runtime/package.json'), 'utf8')).version,
    async ask(question) {
      const response = await runtime.dispatchFetch('http://localhost/', { method: 'POST', body: question });
      return response.text();
    },
    stop() {},
  };
}

const compiledModules = (modules) => ({
  name: 'compiled modules',
  setup(build) {
    build.onResolve({ filter: /\.wasm\?module$/ }, ({ path, resolveDir }) => {
      return { path: join(resolveDir, path.replace(/\?module$/, '')), namespace: 'compiled' };
    });
    build.onLoad({ filter: /./, namespace: 'compiled' }, ({ path }) => {
      const global = `wasm_${Object.keys(modules).length}`;
      modules[global] = new WebAssembly.Module(readFileSync(path));
      return { contents: `export default globalThis.${global}` };
    });
  },
});

export async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  server.close();
  await once(server, 'close');
  return port;
}

/** Runs an npm tool with this Node. Throws with its output if it fails. */
export function runTool(script, args, { cwd, env = {} }) {
  return new Promise((resolve, reject) => {
    const options = { cwd, env: { ...process.env, CI: '1', NO_COLOR: '1', ...env } };
    execFile(process.execPath, [script, ...args], options, (error, stdout, stderr) =>
      error ? reject(new Error(`${script} ${args.join(' ')}:\n${stdout}${stderr}`, { cause: error })) : resolve(stdout),
    );
  });
}
