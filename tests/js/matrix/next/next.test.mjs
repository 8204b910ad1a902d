// examples/next-edge as Next.js builds it and serves it, over HTTP; its issuer is on loopback. The packed tarball is installed
// beside Next.js: tests/js/support/install.mjs has to have run before.
import assert from 'node:assert/strict';
import { cpSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { createRequire } from 'node:module';
import test from 'node:test';
import { fileURLToPath } from 'node:url';
import { copyExample, run, startServer } from '../../support/examples.mjs';
import { PROJECT, WORK } from '../../support/paths.mjs';
import { testIssuerAway, testServer } from '../../support/server-tests.mjs';

const APP = join(WORK, 'next');
const NEXT = join(APP, 'node_modules/next/dist/bin/next');
const { version } = createRequire(join(PROJECT, 'package.json'))('sts-jwt/package.json');

rmSync(APP, { recursive: true, force: true });
mkdirSync(APP, { recursive: true });
for (const file of ['.npmrc', 'package.json', 'package-lock.json']) {
  cpSync(fileURLToPath(new URL(file, import.meta.url)), join(APP, file));
}
const quietly = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
await run('npm', ['ci', ...quietly], APP);
await run('npm', ['install', '--no-save', ...quietly, join(WORK, `sts-jwt-${version}.tgz`)], APP);
const example = copyExample('next-edge');
for (const part of ['app', 'tsconfig.json']) cpSync(join(example, part), join(APP, part), { recursive: true });
// It checks the types, too.
await run(process.execPath, [NEXT, 'build'], APP);

async function start(vars, { jwksUri }) {
  const options = ['--hostname', '127.0.0.1', '--port', '0'];
  const variables = { ...vars, JWKS_URI: jwksUri };
  const { url, ...server } = await startServer(process.execPath, [NEXT, 'start', ...options], { cwd: APP, variables });
  return { ...server, url: `${url}api/whoami` };
}

test('example Next.js edge route: is built for the edge, its .wasm compiled beforehand', () => {
  const { functions } = JSON.parse(readFileSync(join(APP, '.next/server/middleware-manifest.json'), 'utf8'));
  assert.equal(functions['/api/whoami/route'].wasm.length, 1);
});
testServer('example Next.js edge route', start);
testIssuerAway('example Next.js edge route', start);
