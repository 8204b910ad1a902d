// Runs both Workers of examples/own-issuer in one workerd process, without network.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { after, before, describe } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { checkTypes, copyExample, run } from '../support/examples.mjs';
import { startMiniflare, workerOf } from '../support/miniflare.mjs';
import { bundleWorker } from '../support/workerd.mjs';

const project = copyExample('own-issuer');
const ISSUER = 'https://auth.example.test';
const API = 'https://api.example.test';
const CLIENT_SECRET = 'correct horse battery staple';

const newKeys = (present) => {
  if (present) writeFileSync(join(project, 'keys.json'), present);
  return run(process.execPath, ['scripts/new-key.mjs', ...(present ? ['keys.json'] : [])], project);
};

describe('examples/own-issuer', () => {
  const outgoing = [];
  let miniflare;
  let keys;
  /** The Worker that answers the service with the switchable binding. */
  let current = 'auth';
  before(async () => {
    const bundle = (name) => bundleWorker(`own-issuer-${name}`, { project: join(project, name) });
    const [auth, api] = [await bundle('auth'), await bundle('api')];
    keys = await newKeys();
    const [{ kid }] = JSON.parse(keys);
    const [other] = JSON.parse(await newKeys());
    const outboundService = ({ url }) => {
      outgoing.push(url);
      return new Response(null, { status: 404 });
    };
    const vars = { ISSUER, AUDIENCES: [API], CLIENT_ID: 'nightly-job', CLIENT_SECRET };
    const issuer = (name, SIGNING_KEYS, others = {}) => {
      return { ...workerOf(name, auth), bindings: { ...vars, SIGNING_KEYS, ...others }, outboundService };
    };
    const service = (name, AUTH) => {
      const bindings = { ISSUER, AUDIENCE: API };
      return { ...workerOf(name, api), bindings, serviceBindings: { AUTH }, outboundService };
    };
    miniflare = startMiniflare([
      issuer('auth', keys),
      issuer('rotated', await newKeys(keys)),
      issuer('forger', JSON.stringify([{ ...other, kid }])),
      issuer('unconfigured', keys, { CLIENT_SECRET: '' }),
      service('api', 'auth'),
      service('switchable', async ({ url }) => (await miniflare.getWorker(current)).fetch(url)),
    ]);
    await miniflare.ready;
  });
  after(() => miniflare?.dispose());

  async function ask(name, path, init) {
    const worker = await miniflare.getWorker(name);
    const response = await worker.fetch(`https://${name}.example.test${path}`, init);
    return { status: response.status, body: await response.json() };
  }
  const request = (resource, { issuer = 'auth', secret = CLIENT_SECRET, grant_type = 'client_credentials' } = {}) =>
    ask(issuer, '/token', {
      method: 'POST',
      headers: { authorization: `Basic ${btoa(`nightly-job:${secret}`)}` },
      body: new URLSearchParams({ grant_type, resource }).toString(),
    });
  const tokenFor = async (resource, issuer = 'auth') => (await request(resource, { issuer })).body.access_token;
  const bring = (name, path, token) => ask(name, path, { headers: { authorization: `Bearer ${token}` } });

  test('compiles with the types of the package', () => checkTypes(project));

  test('publishes its keys without their private members', async () => {
    const { body } = await ask('auth', '/.well-known/jwks.json');
    const [{ d, ...published }] = JSON.parse(keys);
    assert.equal(typeof d, 'string');
    assert.deepEqual(body, { keys: [published] });
  });

  test('issues tokens only to its client, and only for its services', async () => {
    assert.equal((await request(API)).status, 200);
    for (const [response, status, error] of /** @type {any[]} */ ([
      [request(API, { secret: 'guess' }), 401, 'invalid_client'],
      [ask('auth', '/token', { method: 'POST' }), 401, 'invalid_client'],
      [request(API, { grant_type: 'password' }), 400, 'unsupported_grant_type'],
      [request('https://other.example.test'), 400, 'invalid_target'],
    ])) {
      const answer = await response;
      assert.deepEqual([answer.status, answer.body.error], [status, error]);
    }
  });

  test('accepts its own tokens, with the keys of its function', async () => {
    const { status, body } = await bring('auth', '/whoami', await tokenFor(ISSUER));
    assert.deepEqual([status, body.client], [200, 'nightly-job']);
    assert.equal((await bring('auth', '/whoami', await tokenFor(API))).body.error, 'ERR_JWT_CLAIM_VALIDATION_FAILED');
  });

  test('accepts tokens of the issuer behind the binding', async () => {
    assert.deepEqual(await bring('api', '/', await tokenFor(API)), { status: 200, body: { hello: 'nightly-job' } });
    const { status, body } = await bring('api', '/', await tokenFor(ISSUER));
    assert.deepEqual([status, body.error], [401, 'ERR_JWT_CLAIM_VALIDATION_FAILED']);
  });

  test('rejects tokens that another key signed', async () => {
    const forged = await tokenFor(API, 'forger');
    const { status, body } = await bring('api', '/', forged);
    assert.deepEqual([status, body.error], [401, 'ERR_JWS_SIGNATURE_VERIFICATION_FAILED']);
  });

  test('follows a rotation, and accepts tokens of the former key', async () => {
    const former = await tokenFor(API);
    const next = await tokenFor(API, 'rotated');
    assert.equal((await bring('switchable', '/', former)).status, 200);
    current = 'rotated';
    await setTimeout(10_100); // the minimum interval between fetches
    for (const token of [next, former]) assert.equal((await bring('switchable', '/', token)).status, 200);
  });

  test('issues nothing while it has no client secret', async () => {
    assert.equal((await request(API, { issuer: 'unconfigured', secret: '' })).status, 401);
  });

  test('needs no network', () => assert.deepEqual(outgoing, []));
});
