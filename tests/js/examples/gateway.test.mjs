// Runs examples/edge-gateway in Miniflare, with KV and Durable Objects. A second Worker acts as the issuers of the
// gateway's accounts.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { after, before, describe } from 'node:test';
import { checkTypes, copyExample } from '../support/examples.mjs';
import { startMiniflare, workerOf } from '../support/miniflare.mjs';
import { TOOLS } from '../support/paths.mjs';
import { bundleWorker } from '../support/workerd.mjs';

const project = copyExample('edge-gateway');
const config = JSON.parse(readFileSync(join(project, 'wrangler.jsonc'), 'utf8').replace(/^ *\/\/.*$/gm, ''));
const { AUDIENCE, BUILD_ACCOUNT, BUILD_ISSUER, SERVICE_ACCOUNT, SERVICE_ISSUER } = config.vars;

let miniflare;
let url;

describe('examples/edge-gateway', () => {
  before(async () => {
    // The bundle of `wrangler deploy --dry-run`.
    const gateway = await bundleWorker('gateway', { project });
    const issuers = await bundleWorker('gateway-issuers', { entry: join(TOOLS, 'examples/gateway-issuers.mjs') });
    miniflare = startMiniflare([
      {
        ...workerOf('gateway', gateway),
        bindings: config.vars,
        kvNamespaces: ['KEYS'],
        durableObjects: { REPLAY: { className: 'ReplayObject', useSQLite: true } },
        outboundService: 'issuers',
      },
      workerOf('issuers', issuers),
    ]);
    url = await miniflare.ready;
    await control(BUILD_ACCOUNT, 'start', BUILD_ISSUER);
    await control(SERVICE_ACCOUNT, 'start', SERVICE_ISSUER);
  });
  after(() => miniflare?.dispose());

  async function control(...action) {
    const worker = await miniflare.getWorker('issuers');
    return (await worker.fetch('http://control/', { method: 'POST', body: JSON.stringify(action) })).json();
  }

  async function ask(method, path, token) {
    const response = await fetch(new URL(path, url), {
      method,
      headers: token ? { authorization: `Bearer ${token}` } : {},
    });
    return { status: response.status, body: await response.json(), headers: response.headers };
  }

  const principal = (account, resource) => `arn:aws:iam::${account}:${resource}`;
  const build = (options = {}, sub = principal(BUILD_ACCOUNT, 'role/ci/release')) =>
    control(BUILD_ACCOUNT, 'token', {
      audience: AUDIENCE,
      claims: { sub },
      aws: { principal_id: sub },
      ...options,
    });
  const service = (options = {}) => control(SERVICE_ACCOUNT, 'token', { audience: AUDIENCE, alg: 'RS256', ...options });

  test('compiles with the types of the package', () => checkTypes(project));

  test('answers 401 with a challenge if there is no token', async () => {
    const { status, headers } = await ask('GET', '/reports');
    assert.deepEqual([status, headers.get('www-authenticate')], [401, 'Bearer realm="edge-gateway"']);
  });

  test('answers 503 during an outage of an issuer, then recovers', async () => {
    await control(SERVICE_ACCOUNT, 'outage', 'network');
    const { status, body, headers } = await ask('GET', '/reports', await service());
    assert.deepEqual([status, body.error], [503, 'ERR_JWKS_UNAVAILABLE']);
    assert.ok(Number(headers.get('retry-after')) >= 1);
    await control(SERVICE_ACCOUNT, 'recover');
    await new Promise((resolve) => setTimeout(resolve, 1100));
    assert.equal((await ask('GET', '/reports', await service())).status, 200);
  });

  test('applies the policy of each account', async () => {
    const read = await ask('GET', '/reports', await service());
    assert.deepEqual([read.status, read.body.account], [200, SERVICE_ACCOUNT]);
    const elsewhere = await ask('GET', '/reports', await service({ aws: { source_region: 'us-east-1' } }));
    assert.deepEqual([elsewhere.status, elsewhere.body.error], [403, 'ERR_POLICY_DENIED']);

    const published = await ask('POST', '/releases', await build());
    assert.deepEqual([published.status, published.body.by], [201, principal(BUILD_ACCOUNT, 'role/ci/release')]);
    const other = await ask('POST', '/releases', await build({}, principal(BUILD_ACCOUNT, 'role/other')));
    assert.deepEqual([other.status, other.body.error], [403, 'ERR_POLICY_DENIED']);
    assert.equal((await ask('POST', '/releases', await service())).status, 403);
  });

  test('rejects a token that claims another account', async () => {
    const forged = await service({ claims: { iss: BUILD_ISSUER } });
    const { status, body } = await ask('GET', '/reports', forged);
    assert.deepEqual([status, body.error], [401, 'ERR_JWS_SIGNATURE_VERIFICATION_FAILED']);
  });

  test('accepts each token for one publication only', async () => {
    const token = await build();
    assert.equal((await ask('POST', '/releases', token)).status, 201);
    for (let again = 0; again < 2; again += 1) {
      const { status, body, headers } = await ask('POST', '/releases', token);
      assert.deepEqual([status, body.error], [401, 'ERR_JWT_CLAIM_VALIDATION_FAILED']);
      assert.match(headers.get('www-authenticate'), /invalid_token.*used before/);
    }
    // Only publishing consumes a token.
    assert.equal((await ask('GET', '/reports', token)).status, 200);
  });

  test('keeps the keys in KV and follows a rotation', async () => {
    const namespace = await miniflare.getKVNamespace('KEYS', 'gateway');
    const { keys } = await namespace.list();
    assert.deepEqual(
      // Each name ends with a digest of the issuer and the URL of its keys.
      keys.map(({ name }) => name.split(' ')[0]).sort(),
      [`sts-jwt:${BUILD_ISSUER}`, `sts-jwt:${SERVICE_ISSUER}`].sort(),
    );
    await new Promise((resolve) => setTimeout(resolve, 10_000)); // the minimum interval between fetches
    await control(SERVICE_ACCOUNT, 'rotate', { mode: 'new-kid' });
    assert.equal((await ask('GET', '/reports', await service())).status, 200);
  });
});
