// A Next.js app, built by Turbopack: an edge route, a Node route and a client component with the test app in each.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createApp } from './app.mjs';
import { freePort, runTool, startCommand } from './http.mjs';
import { folderOf, installTool } from './installed.mjs';
import { versionIn } from './packages.mjs';
import { startUrl } from './page.mjs';

export const NEXT = folderOf('next');
export const NEXT_CLI = join(NEXT, 'node_modules/next/dist/bin/next');
export const installNext = () => installTool('next', 'Next.js', '350 MB');

/** Runs `next build` in a folder below `NEXT`. */
export async function buildNext(folder) {
  await runTool(NEXT_CLI, ['build', folder], { cwd: NEXT, env: { NEXT_TELEMETRY_DISABLED: '1' } });
}

/** Runs `next start` or another command, and returns a host that calls `path`. */
export async function startNext(folder, path, { command = 'start' } = {}) {
  const port = await freePort();
  return startCommand({
    program: process.execPath,
    args: [NEXT_CLI, command, folder, '--port', port, '--hostname', '127.0.0.1'],
    cwd: NEXT,
    env: { ...process.env, NEXT_TELEMETRY_DISABLED: '1', NO_COLOR: '1' },
    ready: /Ready in/,
    url: `http://127.0.0.1:${port}${path}`,
    version: versionIn(NEXT, 'next'),
  });
}

const route = (runtime) => `import { answer } from '../../apps/suite/apps/answer.mjs';
export const runtime = '${runtime}';
export const POST = async (request) => new Response(answer(await request.text()));
`;

/** An edge route that passes the .wasm to `sts-jwt/slim`. */
const slimRoute = `import { init } from 'sts-jwt/slim';
import module from 'sts-jwt/wasm';
import { answer } from '../../apps/slim/apps/answer.mjs';
export const runtime = 'edge';
const ready = init(module);
export const POST = async (request) => (await ready, new Response(answer(await request.text())));
`;

const APP = {
  // Allows large questions: one case of the corpora has 10 MB.
  'next.config.mjs': `export default { experimental: { proxyClientMaxBodySize: '64mb' } };\n`,
  'app/layout.jsx': `export default function Layout({ children }) {
  return <html><head><link rel="icon" href="data:," /></head><body>{children}</body></html>;
}
`,
  'app/page.jsx': `'use client';
import { useEffect } from 'react';
import { answer, init } from '../apps/suite/apps/answer.mjs';

export default function Page() {
  useEffect(() => void init().then(() => (globalThis.answer = answer)), []);
  return null;
}
`,
  'app/edge/route.js': route('edge'),
  'app/node/route.js': route('nodejs'),
  'app/slim/route.js': slimRoute,
};

const SLIM = { 'sts-jwt': 'sts-jwt/slim' };

/** Returns `work`, but runs it only once. */
const once = (work) => {
  let result;
  return () => (result ??= work());
};

const createFolder = (name) => {
  installNext();
  const folder = join(NEXT, name);
  rmSync(folder, { recursive: true, force: true });
  createApp('suite', { project: folder });
  createApp('slim', { project: folder, imports: SLIM });
  for (const [file, text] of Object.entries(APP)) {
    mkdirSync(join(folder, file, '..'), { recursive: true });
    writeFileSync(join(folder, file), text);
  }
};

const buildApp = once(async () => {
  createFolder('matrix');
  await buildNext('matrix');
});

const createDev = once(async () => createFolder('matrix-dev'));

/** Starts the development server, which translates code differently. */
export async function startNextDevRoute(path) {
  await createDev();
  return startNext('matrix-dev', path, { command: 'dev' });
}

export async function startNextRoute(path) {
  await buildApp();
  return startNext('matrix', path);
}

export async function startNextPage() {
  const server = await startNextRoute('/');
  return { ...(await startUrl(server.url, server.stop)), version: server.version };
}
