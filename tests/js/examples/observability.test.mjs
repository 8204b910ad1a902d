// Runs examples/observability in workerd with an issuer on loopback, and reads the header and the log.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { after, before, describe } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { transformSync } from 'esbuild';
import { checkTypes, copyExample } from '../support/examples.mjs';
import { createIssuer, serveIssuer } from '../support/issuer.mjs';
import { bundleWorker, startWorkerd } from '../support/workerd.mjs';

const AUDIENCE = 'https://edge.example.test';
const { url: ISSUER, jwks, mint } = createIssuer();
const project = copyExample('observability');

const load = (file) => {
  const { code } = transformSync(readFileSync(join(project, 'src', file), 'utf8'), { loader: 'ts' });
  return import(`data:text/javascript,${encodeURIComponent(code)}`);
};
const { measurementOf } = await load('measurements.ts');
const { serverTiming } = await load('server-timing.ts');

const tokenFor = (aud = AUDIENCE, iss = ISSUER) => {
  const now = Math.floor(Date.now() / 1000);
  return mint('ES384', { iss, sub: 'alice', aud, iat: now, exp: now + 300 });
};

describe('examples/observability', () => {
  const sent = [];
  let served;
  let server;
  before(async () => {
    served = await serveIssuer(ISSUER, undefined);
    const bundle = await bundleWorker('observability', { project });
    server = await startWorkerd(bundle, { vars: { ISSUER, AUDIENCE }, outbound: served.address });
  });
  after(async () => {
    await server?.stop();
    served?.stop();
  });

  async function ask(token) {
    if (token) sent.push(token);
    const response = await fetch(server.url, { headers: token ? { authorization: `Bearer ${token}` } : {} });
    const timing = response.headers.get('server-timing')?.replace(/dur=\d+\.\d/g, 'dur=…');
    return { status: response.status, timing };
  }
  const logged = () =>
    server
      .log()
      .match(/^\{.*\}$/gm)
      .map((line) => JSON.parse(line));

  test('compiles with the types of the package', () => checkTypes(project));

  test('says in the header what the verifier did for the request', async () => {
    assert.deepEqual(await ask(tokenFor()), {
      status: 503,
      timing: 'jwt-keys;desc="status";dur=…, jwt;desc="ERR_JWKS_UNAVAILABLE";dur=…',
    });
    served.state.jwks = JSON.stringify(jwks);
    await setTimeout(1100); // after a failure, nothing is fetched for a second
    const accepted = 'jwt;desc="accepted";dur=…';
    assert.deepEqual(await ask(tokenFor()), { status: 200, timing: `jwt-keys;dur=…, ${accepted}` });
    assert.deepEqual(await ask(tokenFor()), { status: 200, timing: accepted });
    assert.deepEqual(await ask(), { status: 401, timing: undefined });
  });

  test('keeps the events of concurrent requests apart', async () => {
    const good = tokenFor();
    const bad = tokenFor('https://other.example.test');
    const answers = await Promise.all(Array.from({ length: 20 }, (_, index) => ask(index % 2 ? bad : good)));
    for (const [index, { status, timing }] of answers.entries()) {
      const [expected, what] = index % 2 ? [401, 'ERR_JWT_CLAIM_VALIDATION_FAILED'] : [200, 'accepted'];
      assert.deepEqual([status, timing], [expected, `jwt;desc="${what}";dur=…`]);
    }
  });

  test('logs measurements with the names of OpenTelemetry', () => {
    const host = new URL(ISSUER).hostname;
    const keys = { 'sts_jwt.issuer': ISSUER, 'server.address': host, 'url.path': '/.well-known/jwks.json' };
    const found = logged().map(({ value, ...others }) => {
      assert.equal(typeof value, 'number');
      return others;
    });
    const fetched = { name: 'sts_jwt.keys.fetch.duration', unit: 's' };
    const verified = { name: 'sts_jwt.verification.duration', unit: 's' };
    assert.deepEqual(found.slice(0, 4), [
      { ...fetched, attributes: { ...keys, 'error.type': 'status' } },
      { ...verified, attributes: { 'sts_jwt.issuer': ISSUER, 'error.type': 'ERR_JWKS_UNAVAILABLE' } },
      { ...fetched, attributes: keys },
      { ...verified, attributes: { 'sts_jwt.issuer': ISSUER } },
    ]);
  });

  test('takes no attribute from a token that was not verified', async () => {
    const iss = 'https://issuer-of-the-caller.example.test';
    assert.equal((await ask(tokenFor(AUDIENCE, iss))).timing, 'jwt;desc="ERR_JWT_ISSUER_UNKNOWN";dur=…');
    assert.deepEqual(logged().at(-1).attributes, { 'error.type': 'ERR_JWT_ISSUER_UNKNOWN' });
    assert.equal((await ask('not a token')).status, 401);
  });

  test('shows no part of a token', () => {
    const log = server.log();
    for (const token of sent) {
      for (const part of token.split('.')) assert.ok(!log.includes(part), part);
    }
  });

  test('maps every event', () => {
    const issuer = ISSUER;
    const attributes = { 'sts_jwt.issuer': ISSUER };
    for (const [event, measurement, entry] of /** @type {any[]} */ ([
      [
        { type: 'store', issuer, hit: true, duration: 0.0021 },
        {
          name: 'sts_jwt.keys.store.duration',
          unit: 's',
          value: 0.0021,
          attributes: { ...attributes, 'sts_jwt.store.hit': true },
        },
        'jwt-store;desc="hit";dur=2.1',
      ],
      [
        { type: 'stale', issuer, age: 4000 },
        { name: 'sts_jwt.keys.stale.age', unit: 's', value: 4000, attributes },
        'jwt-stale',
      ],
      [
        { type: 'renewal', issuer },
        { name: 'sts_jwt.keys.renewals', unit: '{renewal}', value: 1, attributes },
        'jwt-renewal',
      ],
      [
        { type: 'fetch', issuer, duration: 0.5 },
        { name: 'sts_jwt.keys.fetch.duration', unit: 's', value: 0.5, attributes },
        'jwt-keys;dur=500.0',
      ],
      [
        { type: 'fetch', issuer, url: 'https://keys.example.test/a?secret=1', kind: 'timeout', duration: 3 },
        {
          name: 'sts_jwt.keys.fetch.duration',
          unit: 's',
          value: 3,
          attributes: {
            ...attributes,
            'server.address': 'keys.example.test',
            'url.path': '/a',
            'error.type': 'timeout',
          },
        },
        'jwt-keys;desc="timeout";dur=3000.0',
      ],
    ])) {
      assert.deepEqual(measurementOf(event), measurement);
      assert.equal(serverTiming([event]), entry);
    }
  });
});
