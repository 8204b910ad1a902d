// Tests `sts-jwt/handler` and `sts-jwt/hono` in workerd, where all requests of an isolate have the same `env`.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import test, { after, before, describe } from 'node:test';
import { createFixtures } from '../fixtures.mjs';
import { createApp } from '../hosts/app.mjs';
import { bundleWorker, startWorkerd } from '../support/workerd.mjs';

const { issuer, audience, jwks, tokens } = createFixtures();

describe('a verifier created from env in workerd', () => {
  let workerd;
  before(async () => {
    const folder = await bundleWorker('env', { entry: join(createApp('env'), 'apps/env-worker.mjs') });
    const JWKS = typeof jwks === 'string' ? JSON.parse(jwks) : jwks;
    workerd = await startWorkerd(folder, { vars: { ISSUER: issuer, AUDIENCE: audience, JWKS } });
  });
  after(() => workerd?.stop());

  for (const kind of ['handler', 'promise', 'hono']) {
    test(`is created once for 20 requests (${kind})`, async () => {
      for (let i = 0; i < 20; i += 1) {
        const headers = { authorization: `Bearer ${tokens.ES384}` };
        const response = await fetch(`${workerd.url}/${kind}`, { headers });
        assert.equal(response.status, 200);
        assert.equal((await response.json())[kind], 1);
      }
    });
  }
});
