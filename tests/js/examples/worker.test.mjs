// Runs examples/worker in workerd, in the form that is deployed, and calls the Worker over HTTP. The issuer is on loopback.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { describe } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { checkTypes } from '../support/examples.mjs';
import { PROJECT } from '../support/paths.mjs';
import { ask, testIssuerAway, testServer } from '../support/server-tests.mjs';
import { bundleWorker, startWorkerd } from '../support/workerd.mjs';

const project = join(PROJECT, 'worker');
const bundle = await bundleWorker('example', { project });
const AWS_POLICY = JSON.parse(/"AWS_POLICY": (.+)/.exec(readFileSync(join(project, 'wrangler.jsonc'), 'utf8'))[1]);

const start = (vars, { address }) => startWorkerd(bundle, { vars: { ...vars, AWS_POLICY }, outbound: address });

describe('examples/worker as a project', () => {
  test('compiles with the types of the package', () => checkTypes(project));
});
testServer('examples/worker', start);
testIssuerAway('examples/worker and its issuer', start, async ({ server, away, mint }) => {
  const next = mint('EC384_1');
  away.state.jwks = away.state.jwks.replace('EC384_0', 'EC384_1');
  assert.equal((await ask(server, next)).body.error, 'ERR_JWKS_NO_MATCHING_KEY');
  await setTimeout(10_000); // the minimum interval between fetches
  assert.equal((await ask(server, next)).status, 200);
  assert.equal(away.state.requests, 3);
});
