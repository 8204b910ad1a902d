// Runs examples/access-tokens in Node with the installed package and zod, and calls the Worker's handler.
import assert from 'node:assert/strict';
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import test, { after, before, describe } from 'node:test';
import { pathToFileURL } from 'node:url';
import { createTestIssuer } from 'sts-jwt/testing';
import { copyExample } from '../support/examples.mjs';
import { TOOLS } from '../support/paths.mjs';

const audience = 'https://orders.example.com';
const issuer = await createTestIssuer();
const env = { ISSUER: issuer.issuer, AUDIENCE: audience, TENANT: 'acme' };
const good = {
  ...issuer.claims({ audience }),
  ...{
    client_id: 'app',
    tenant: 'acme',
    account: { active: true },
    scope: 'orders:read orders:write',
    roles: ['reader'],
  },
};
const header = { alg: 'ES384', kid: 'EC384_0', typ: 'at+jwt' };

describe('examples/access-tokens', () => {
  const { fetch } = globalThis;
  let worker;
  before(async () => {
    const folder = copyExample('access-tokens');
    cpSync(join(TOOLS, 'node_modules/zod'), join(folder, 'node_modules/zod'), { recursive: true });
    globalThis.fetch = async () => Response.json(issuer.jwks);
    worker = (await import(pathToFileURL(join(folder, 'src/index.js')).href)).default;
  });
  after(() => void (globalThis.fetch = fetch));

  const ask = async (claims, typ = 'at+jwt') => {
    const token = await issuer.sign({ header: { ...header, typ }, claims: { ...good, ...claims } });
    const headers = { authorization: `Bearer ${token}` };
    return worker.fetch(new Request('https://orders.example.com/', { headers }), env, { waitUntil: () => {} });
  };

  test('answers a caller with the claims of the schema', async () => {
    const response = await ask({});
    assert.equal(response.status, 200);
    const until = new Date(Number(good.exp) * 1000).toISOString();
    assert.deepEqual(await response.json(), { sub: good.sub, roles: ['reader'], until });
  });

  test('rejects tokens that do not meet an expectation', async () => {
    for (const [claims, typ] of /** @type {any[]} */ ([
      [{ aud: [audience, 'https://other.example.com'] }],
      [{ tenant: 'other' }],
      [{ account: { active: 'true' } }],
      [{ client_id: 5 }],
      [{ roles: ['owner'] }],
      [{}, 'JWT'],
    ])) {
      assert.equal((await ask(claims, typ)).status, 401, JSON.stringify(claims));
    }
    const denied = await ask({ scope: 'orders:read' });
    assert.equal(denied.status, 403);
    assert.match(denied.headers.get('www-authenticate'), /insufficient_scope.*, scope="orders:read orders:write"$/);
  });
});
