// Runs examples/deno and examples/bun with the commands of their READMEs; the issuer is on loopback.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { describe } from 'node:test';
import { checkTypes, copyExample, run, startServer } from '../support/examples.mjs';
import { programOf } from '../support/runtimes.mjs';
import { testIssuerAway, testServer } from '../support/server-tests.mjs';

function testExample(name, program, args) {
  const cwd = copyExample(name);
  const start = (vars, { jwksUri }) =>
    startServer(program, args(cwd), { cwd, variables: { ...vars, JWKS_URI: jwksUri, PORT: '0' } });
  testServer(`examples/${name}`, start);
  testIssuerAway(`examples/${name} and its issuer`, start);
  return cwd;
}

const scriptsOf = (folder, file, member) => JSON.parse(readFileSync(join(folder, file), 'utf8'))[member];
/** Makes Deno use the installed packages. Otherwise Deno would download them. */
const INSTALLED = '--node-modules-dir=manual';

const deno = programOf('deno');
const folder = testExample('deno', deno, (cwd) => {
  const [, command, ...args] = scriptsOf(cwd, 'deno.json', 'tasks').start.split(' ');
  return [command, INSTALLED, ...args];
});
describe('examples/deno as a project', () => {
  test('passes deno check', async () => void (await run(deno, ['check', INSTALLED, 'src'], folder)));
  test('asks only for permission to use the network and its environment variables', () => {
    const { start } = scriptsOf(folder, 'deno.json', 'tasks');
    assert.deepEqual(start.match(/(?<=--allow-)\w+/g), ['net', 'env']);
  });
});

const bun = testExample('bun', programOf('bun'), (cwd) =>
  scriptsOf(cwd, 'package.json', 'scripts').start.split(' ').slice(1),
);
describe('examples/bun as a project', () => {
  test('compiles with the types of the package', () => checkTypes(bun));
});
