// Runs examples/express and examples/fastify with Node, as their `npm start` does; the issuer is on loopback.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { describe } from 'node:test';
import { copyExample, startServer } from '../support/examples.mjs';
import { testIssuerAway, testServer } from '../support/server-tests.mjs';

const starters = Object.fromEntries(
  ['express', 'fastify'].map((name) => {
    const cwd = copyExample(name);
    const { scripts } = JSON.parse(readFileSync(join(cwd, 'package.json'), 'utf8'));
    const [program, ...args] = scripts.start.split(' ');
    assert.equal(program, 'node');
    const start = (vars, { jwksUri }) =>
      startServer(process.execPath, args, { cwd, variables: { ...vars, JWKS_URI: jwksUri, PORT: '0' } });
    return [name, start];
  }),
);

for (const [name, start] of Object.entries(starters)) {
  testServer(`examples/${name}`, start);
  testIssuerAway(`examples/${name} and its issuer`, start);
}

describe('examples/fastify', () => {
  test('answers /health without a token', async () => {
    const vars = { ISSUER: 'https://issuer.example.test', AUDIENCE: 'x' };
    const server = await starters.fastify(vars, { jwksUri: 'https://issuer.example.test/keys' });
    const response = await fetch(new URL('/health', server.url)).finally(server.stop);
    assert.deepEqual([response.status, await response.json()], [200, { healthy: true }]);
  });
});
