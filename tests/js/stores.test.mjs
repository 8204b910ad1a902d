// The stores and the replay guard where they belong: in Workers, by Miniflare; and in a workerd that has no cache.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import test, { after, before } from 'node:test';
import { createApp } from './hosts/app.mjs';
import { COMPATIBILITY_DATE, bundleWorker, modulesIn, startWorkerd } from './support/workerd.mjs';
import { ROLE } from './support/issuer.mjs';
import { TOOLS } from './support/paths.mjs';
import { AUDIENCE, ISSUER, NEW, OLD, jwksOf, tokenOf } from './support/remote.mjs';

const require = createRequire(createRequire(join(TOOLS, 'package.json')).resolve('wrangler'));
const { Miniflare, Response } = require('miniflare');

const START = Math.floor(Date.now() / 1000);
const good = tokenOf(OLD, START - 10, { exp: START + 1e6 });
const rotated = tokenOf(NEW, START - 10, { exp: START + 1e6 });

let bundle;
let miniflare;
/** The issuer: what it publishes, how long it takes, and how often it was asked. */
const network = { jwks: jwksOf(OLD), delay: 0, status: 200, requests: 0 };

before(async () => {
  bundle = await bundleWorker('remote', { entry: join(createApp('remote'), 'apps/remote-worker.mjs') });
  const modules = modulesIn(bundle).map((file) => {
    return { type: file.endsWith('.wasm') ? 'CompiledWasm' : 'ESModule', path: join(bundle, file) };
  });
  miniflare = new Miniflare({
    modules,
    modulesRoot: bundle,
    compatibilityDate: COMPATIBILITY_DATE,
    cf: false,
    kvNamespaces: ['KV'],
    durableObjects: {
      KEYS: { className: 'KeysObject', useSQLite: true },
      REPLAY: { className: 'SmallReplayObject', useSQLite: true },
    },
    async outboundService() {
      network.requests += 1;
      const { jwks, status, delay } = network;
      await new Promise((resolve) => setTimeout(resolve, delay));
      return new Response(jwks, { status, headers: { 'content-type': 'application/json' } });
    },
  });
  await miniflare.ready;
});
after(() => miniflare.dispose());

async function ask(action, given, at = START) {
  const response = await miniflare.dispatchFetch('http://localhost/', {
    method: 'POST',
    body: JSON.stringify({ action, at, ...given }),
  });
  return response.json();
}

const verify = (store, isolate, token, at) => ask('verify', { store, isolate, issuer: ISSUER, audience: AUDIENCE, token }, at);

/** How often the issuer was asked meanwhile. */
async function requestsOf(run) {
  const { requests } = network;
  await run();
  return network.requests - requests;
}

const accepted = { value: ROLE };

for (const store of ['cache', 'kv', 'object']) {
  test(`stores: what one isolate fetched serves the others: ${store}`, async () => {
    network.jwks = jwksOf(OLD);
    const requests = await requestsOf(async () => {
      assert.deepEqual(await verify(store, `${store} 1`, good), accepted);
      for (let isolate = 2; isolate < 5; isolate += 1) {
        assert.deepEqual(await verify(store, `${store} ${isolate}`, good, START + 60), accepted);
      }
    });
    assert.equal(requests, 1);
  });

  test(`stores: a rotation that one isolate has seen, others see in the store: ${store}`, async () => {
    network.jwks = jwksOf(NEW);
    const requests = await requestsOf(async () => {
      assert.deepEqual(await verify(store, `${store} 1`, rotated, START + 100), accepted);
      assert.deepEqual(await verify(store, `${store} 2`, rotated, START + 100), accepted);
      const { error } = await verify(store, `${store} 2`, good, START + 200);
      assert.equal(error.code, 'ERR_JWKS_NO_MATCHING_KEY');
    });
    assert.equal(requests, 2);
  });
}

test('stores: of twenty cold isolates one fetches, where the store is a Durable Object', async () => {
  Object.assign(network, { jwks: jwksOf(OLD), delay: 200 });
  const at = START + 10_000;
  const isolates = Array.from({ length: 20 }, (_, i) => `cold ${i}`);
  const requests = await requestsOf(async () => {
    const said = await Promise.all(isolates.map((isolate) => verify('object', isolate, good, at)));
    assert.deepEqual(said, Array(20).fill(accepted));
  });
  network.delay = 0;
  assert.equal(requests, 1);
});

test('stores: of twenty cold requests in one isolate one fetches, where the store is a Durable Object', async () => {
  network.delay = 200;
  const requests = await requestsOf(async () => {
    const all = Array.from({ length: 20 }, () => verify('object', 'one cold', good, START + 20_000));
    assert.deepEqual(await Promise.all(all), Array(20).fill(accepted));
  });
  network.delay = 0;
  assert.equal(requests, 1);
});

test('stores: twenty cold requests in one isolate without a store are all answered', async () => {
  const all = Array.from({ length: 20 }, () => verify('none', 'cold without', good));
  assert.deepEqual(await Promise.all(all), Array(20).fill(accepted));
});

test('stores: in an outage twenty cold isolates are told so, after one request', async () => {
  network.status = 500;
  const requests = await requestsOf(async () => {
    const at = START + 1e7;
    const said = await Promise.all(Array.from({ length: 20 }, (_, i) => verify('object', `out ${i}`, good, at)));
    for (const { error } of said) assert.deepEqual([error.code, error.cause], ['ERR_JWKS_UNAVAILABLE', 'status 500']);
  });
  network.status = 200;
  assert.ok(requests <= 2, `${requests} requests`);
});

test('stores: a damaged value in KV is as none', async () => {
  const kv = await miniflare.getKVNamespace('KV');
  for (const [index, value] of ['', 'no JSON', 'null', '5', '{"jwks":"{}","fetchedAt":0}'].entries()) {
    await kv.put(`sts-jwt:${ISSUER}`, value);
    assert.deepEqual(await verify('kv', `damaged ${index}`, good), accepted);
  }
});

test('stores: what is in KV goes away by itself', async () => {
  const kv = await miniflare.getKVNamespace('KV');
  const { keys } = await kv.list();
  assert.equal(keys.length, 1);
  const seconds = keys[0].expiration - Date.now() / 1000;
  assert.ok(seconds > 86_000 && seconds <= 86_401, `${seconds} s`);
});

test('stores: a verifier made before the first request draws its spread, and names an unreachable issuer', async () => {
  network.status = 404;
  const { error } = await ask('early', { token: tokenOf(OLD, START, { iss: 'https://early.example.test' }) });
  network.status = 200;
  assert.deepEqual([error.code, error.cause], ['ERR_JWKS_UNAVAILABLE', 'status 404']);
});

test('stores: a workerd without a cache verifies without one', async () => {
  const server = createServer((request, response) => {
    response.writeHead(200, { 'content-type': 'application/json' }).end(jwksOf(OLD));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { url, stop } = await startWorkerd(bundle, { outbound: `127.0.0.1:${server.address().port}` });
  try {
    for (const store of ['cache', 'cache', 'none']) {
      const body = { action: 'verify', at: START, store, isolate: store, issuer: ISSUER, audience: AUDIENCE };
      const response = await fetch(url, { method: 'POST', body: JSON.stringify({ ...body, token: good }) });
      assert.deepEqual(await response.json(), accepted, store);
    }
  } finally {
    await stop();
    server.close();
  }
});

const token = (tokenId, expiresAt = START + 300) => ({ tokenId, expiresAt });
const accept = (token, options = {}) => ask('accept', { token, options });
const ofObject = (first, method) => ask('object', { name: `replay ${first}`, method });
const first = { value: null };
const replayed = { code: 'ERR_JWT_CLAIM_VALIDATION_FAILED', claim: 'jti', reason: 'check_failed' };

test('replay: a token is accepted once', async () => {
  assert.deepEqual(await accept(token('A1')), first);
  for (let i = 0; i < 3; i += 1) {
    const { error } = await accept(token('A1'));
    const { code, claim, reason } = error;
    assert.deepEqual({ code, claim, reason }, replayed);
  }
  assert.deepEqual(await accept(token('A2')), first);
});

test('replay: of twenty that come together one is accepted', async () => {
  const said = await Promise.all(Array.from({ length: 20 }, () => accept(token('B1'))));
  assert.equal(said.filter(({ error }) => !error).length, 1);
});

test('replay: a token is remembered for as long as a verifier may accept it', async () => {
  const { error } = await accept(token('C1', START - 301));
  assert.equal(error.claim, 'jti');
  assert.deepEqual(await accept(token('C2', Math.floor(Date.now() / 1000) - 200)), first);
  assert.equal((await accept(token('C2', Math.floor(Date.now() / 1000) - 200))).error.claim, 'jti');
});

test('replay: without exp, or with one too far ahead, no token is accepted', async () => {
  const without = (await accept({ tokenId: 'D1' })).error;
  assert.deepEqual([without.claim, without.reason], ['exp', 'missing']);
  const late = (await accept(token('D2', START + 90_000))).error;
  assert.deepEqual([late.claim, late.reason], ['exp', 'check_failed']);
});

test('replay: storage is bounded: what is too much is refused, and no token with it', async () => {
  for (const id of ['E1', 'E2', 'E3']) assert.deepEqual(await accept(token(id)), first);
  const { error } = await accept(token('E4'));
  assert.deepEqual([error.code, error.message], [undefined, 'the replay guard is full']);
  assert.equal((await accept(token('E1'))).error.claim, 'jti');
});

test('replay: storage cleans itself', async () => {
  const soon = Date.now() / 1000 + 1.5;
  for (const id of ['F1', 'F2']) assert.deepEqual(await accept(token(id, soon), { clockTolerance: 0 }), first);
  assert.deepEqual(await accept(token('F3')), first);
  const { value } = await ofObject('F', 'state');
  assert.equal(value.keys.length, 4);
  assert.ok(value.alarm > Date.now() && value.alarm <= Date.now() + 60_000, 'an alarm is set');
  await new Promise((resolve) => setTimeout(resolve, 2600));
  await ofObject('F', 'sweep');
  const { keys } = (await ofObject('F', 'state')).value;
  assert.deepEqual(
    keys.map((key) => key.split(' ').at(-1)),
    ['size', 'F3'],
  );
  assert.deepEqual(await accept(token('F4')), first);
  assert.deepEqual(await accept(token('F5')), first);
  assert.equal((await accept(token('F6'))).error.message, 'the replay guard is full');
});

test('replay: of what is over nothing stays', async () => {
  const soon = Date.now() / 1000 + 1;
  assert.deepEqual(await accept(token('G1', soon), { clockTolerance: 0 }), first);
  await new Promise((resolve) => setTimeout(resolve, 2100));
  await ofObject('G', 'sweep');
  assert.deepEqual((await ofObject('G', 'state')).value.keys, []);
});
