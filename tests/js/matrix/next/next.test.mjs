// Builds and serves examples/next-edge with Next.js, and calls the app over HTTP. The app's issuer is on loopback. Installs the
// packed tarball next to Next.js, so tests/js/support/install.mjs must have run before.
import assert from 'node:assert/strict';
import { cpSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import test, { describe } from 'node:test';
import { buildNext, installNext, NEXT, NEXT_CLI } from '../../hosts/next.mjs';
import { copyExample, startServer } from '../../support/examples.mjs';
import { testIssuerAway, testServer } from '../../support/server-tests.mjs';

const APP = join(NEXT, 'example');

installNext();
rmSync(APP, { recursive: true, force: true });
const example = copyExample('next-edge');
for (const part of ['app', 'tsconfig.json']) cpSync(join(example, part), join(APP, part), { recursive: true });
// This also checks the types.
await buildNext('example');

async function start(vars, { jwksUri }) {
  const options = ['--hostname', '127.0.0.1', '--port', '0'];
  const variables = { ...vars, JWKS_URI: jwksUri };
  const { url, ...server } = await startServer(process.execPath, [NEXT_CLI, 'start', 'example', ...options], {
    cwd: NEXT,
    variables,
  });
  return { ...server, url: `${url}api/whoami` };
}

describe('examples/next-edge as a build', () => {
  test('contains an edge route with a .wasm compiled in advance', () => {
    const { functions } = JSON.parse(readFileSync(join(APP, '.next/server/middleware-manifest.json'), 'utf8'));
    assert.equal(functions['/api/whoami/route'].wasm.length, 1);
  });
});
testServer('examples/next-edge', start);
testIssuerAway('examples/next-edge and its issuer', start);
