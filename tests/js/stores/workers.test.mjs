// Tests the stores and the replay guard in Workers: in Miniflare, and in a workerd without a cache.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import test, { after, before, describe } from 'node:test';
import { cacheStore, durableObjectStore, kvStore, replayGuard } from 'sts-jwt/stores';
import { createApp } from '../hosts/app.mjs';
import { ROLE } from '../support/issuer.mjs';
import { TOOLS } from '../support/paths.mjs';
import { AUDIENCE, ISSUER, jwksOf, NEW, OLD, SAME, tokenOf, URI, WRONG } from '../support/remote.mjs';
import { importSource } from '../support/sources.mjs';
import { bundleWorker, COMPATIBILITY_DATE, modulesIn, startWorkerd } from '../support/workerd.mjs';

const require = createRequire(createRequire(join(TOOLS, 'package.json')).resolve('wrangler'));
const { Miniflare, Response: MiniflareResponse } = require('miniflare');
const { Turns } = await importSource('stores/turns.ts');

const START = Math.floor(Date.now() / 1000);
const good = tokenOf(OLD, START - 10, { exp: START + 1e6 });
const forged = tokenOf(SAME, START - 10, { exp: START + 1e6 });
const FORGED = 'https://tenant.example.test/keys';
const DOCUMENT = `${ISSUER}/.well-known/openid-configuration`;
const rotated = tokenOf(NEW, START - 10, { exp: START + 1e6 });

let bundle;
let miniflare;
/** The issuer: its keys, the delay and status of its responses, and the number of requests to it. */
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
    async outboundService({ url }) {
      network.requests += 1;
      if (url === FORGED) return MiniflareResponse.json(JSON.parse(jwksOf(SAME)));
      if (url === DOCUMENT) return MiniflareResponse.json({ issuer: ISSUER, jwks_uri: URI });
      const { jwks, status, delay } = network;
      await new Promise((resolve) => setTimeout(resolve, delay));
      return new MiniflareResponse(jwks, { status, headers: { 'content-type': 'application/json' } });
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

const verify = (store, isolate, token, at, config = {}) =>
  ask('verify', { store, isolate, issuer: ISSUER, audience: AUDIENCE, token, ...config }, at);

/** Calls `run` and returns the number of requests that the issuer received meanwhile. */
async function requestsOf(run) {
  const { requests } = network;
  await run();
  return network.requests - requests;
}

const accepted = { value: ROLE };

describe('stores in Workers', () => {
  for (const store of ['cache', 'kv', 'object']) {
    test(`lets other isolates use the keys that one isolate fetched: ${store}`, async () => {
      network.jwks = jwksOf(OLD);
      const requests = await requestsOf(async () => {
        assert.deepEqual(await verify(store, `${store} 1`, good), accepted);
        for (let isolate = 2; isolate < 5; isolate += 1) {
          assert.deepEqual(await verify(store, `${store} ${isolate}`, good, START + 60), accepted);
        }
      });
      assert.equal(requests, 1);
    });

    test(`follows a rotation in all isolates after one has noticed it: ${store}`, async () => {
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

  for (const store of ['cache', 'kv', 'object']) {
    for (const [name, config] of Object.entries({ 'the default URL': {}, discovery: { discovery: true } })) {
      test(`ignores keys that another verifier plants: ${store}, ${name}`, async () => {
        network.jwks = jwksOf(OLD);
        const at = START + 1000;
        const judge = async (isolate, config) => {
          const said = [];
          for (const token of [good, forged]) {
            const { error } = await verify(store, `${store} ${name} ${isolate}`, token, at, config);
            said.push(error ? error.code : 'good');
          }
          return said;
        };
        for (const round of [1, 2]) {
          assert.deepEqual(await judge(`forger ${round}`, { jwksUri: FORGED }), [WRONG, 'good']);
          for (const isolate of ['first', `other ${round}`])
            assert.deepEqual(await judge(isolate, config), ['good', WRONG]);
        }
      });
    }
  }

  test('fetches once for twenty cold isolates, with a Durable Object', async () => {
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

  test('fetches once for twenty cold requests in an isolate, with a Durable Object', async () => {
    network.delay = 200;
    const requests = await requestsOf(async () => {
      const all = Array.from({ length: 20 }, () => verify('object', 'one cold', good, START + 20_000));
      assert.deepEqual(await Promise.all(all), Array(20).fill(accepted));
    });
    network.delay = 0;
    assert.equal(requests, 1);
  });

  test('accepts twenty cold requests in an isolate without a store', async () => {
    const all = Array.from({ length: 20 }, () => verify('none', 'cold without', good));
    assert.deepEqual(await Promise.all(all), Array(20).fill(accepted));
  });

  test('reports an outage to twenty cold isolates after at most two requests', async () => {
    network.status = 500;
    const requests = await requestsOf(async () => {
      const at = START + 1e7;
      const said = await Promise.all(Array.from({ length: 20 }, (_, i) => verify('object', `out ${i}`, good, at)));
      for (const { error } of said) assert.deepEqual([error.code, error.cause], ['ERR_JWKS_UNAVAILABLE', 'status 500']);
    });
    network.status = 200;
    assert.ok(requests <= 2, `${requests} requests`);
  });

  test('ignores a damaged KV value', async () => {
    const kv = await miniflare.getKVNamespace('KV');
    const names = (await kv.list()).keys.map(({ name }) => name);
    assert.ok(names.length > 0 && names.every((name) => name.startsWith(`sts-jwt:${ISSUER} `)), String(names));
    for (const [index, value] of ['', 'no JSON', 'null', '5', '{"jwks":"{}","fetchedAt":0}'].entries()) {
      for (const name of names) await kv.put(name, value);
      assert.deepEqual(await verify('kv', `damaged ${index}`, good), accepted);
    }
  });

  test('stores KV values that expire after a day', async () => {
    const kv = await miniflare.getKVNamespace('KV');
    const { keys } = await kv.list();
    const times = keys.flatMap(({ expiration }) => (expiration ? [expiration - Date.now() / 1000] : []));
    assert.ok(times.length > 0);
    for (const seconds of times) assert.ok(seconds > 86_000 && seconds <= 86_401, `${seconds} s`);
  });

  test('reports a failed fetch even if the verifier was created before the first request', async () => {
    network.status = 404;
    const { error } = await ask('early', { token: tokenOf(OLD, START, { iss: 'https://early.example.test' }) });
    network.status = 200;
    assert.deepEqual(
      [error.code, error.cause],
      ['ERR_JWKS_UNAVAILABLE', 'status 404; check "jwksUri" and "discovery"'],
    );
  });

  test('drops keys set at module scope, where the clock is 0, if their fetch time is in the future', async () => {
    const token = tokenOf(OLD, START, { iss: 'https://early.example.test' });
    const { value } = await ask('bundled', { token, jwks: jwksOf(OLD) });
    assert.deepEqual(value, ['ERR_OPTIONS_INVALID', 'ERR_JWKS_KEYS_NEEDED', true]);
  });

  test('accepts tokens in a workerd without a cache', async () => {
    const server = createServer((_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json' }).end(jwksOf(OLD));
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { url, stop } = await startWorkerd(bundle, {
      outbound: `127.0.0.1:${/** @type {import('node:net').AddressInfo} */ (server.address()).port}`,
    });
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

  /** Returns keys fetched at `fetchedAt`. By default, the JWKS is `fetchedAt` as a string, so each time has its own keys. */
  const keysAt = (fetchedAt, jwks = `${fetchedAt}`) => ({ jwks, fetchedAt });

  test('passes its options to KV, and returns undefined for an absent value', async () => {
    const kept = new Map();
    const namespace = {
      get: async (key, type) => (type === 'json' && kept.has(key) ? JSON.parse(kept.get(key)[0]) : null),
      put: async (key, ...given) => void kept.set(key, given),
    };
    const store = kvStore(namespace, { prefix: 'mine:', expirationTtl: 60 });
    await store.put(ISSUER, keysAt(1));
    assert.deepEqual([...kept], [[`mine:${ISSUER}`, [JSON.stringify(keysAt(1)), { expirationTtl: 60 }]]]);
    assert.deepEqual(await store.get(ISSUER), keysAt(1));
    assert.equal(await store.get('https://other.example.test'), undefined);
  });

  /** Creates a cache that stores responses in `kept`. */
  function cacheOf(kept = new Map()) {
    return {
      kept,
      match: async (url) => kept.get(url)?.clone(),
      put: async (url, response) => void kept.set(url, response),
    };
  }

  test('passes its options to the cache, and returns undefined for an absent value', async () => {
    const cache = cacheOf();
    for (const [options, url, maxAge] of /** @type {any[][]} */ ([
      [{}, `https://sts-jwt.invalid/.sts-jwt/keys/${encodeURIComponent(ISSUER)}`, 86_400],
      [
        { prefix: 'https://mine.test/', maxAge: 60 },
        `https://mine.test/.sts-jwt/keys/${encodeURIComponent(ISSUER)}`,
        60,
      ],
    ])) {
      const store = cacheStore({ cache, ...options });
      await store.put(ISSUER, keysAt(maxAge));
      assert.equal(cache.kept.get(url).headers.get('cache-control'), `max-age=${maxAge}`);
      assert.deepEqual(await store.get(ISSUER), keysAt(maxAge));
      assert.equal(await store.get('https://other.example.test'), undefined);
    }
  });

  test('ignores cached responses of the site itself', async () => {
    const cache = cacheOf();
    const store = cacheStore({ cache, prefix: 'https://mine.test/' });
    await store.put(ISSUER, keysAt(1));
    const [[url, response]] = cache.kept;
    assert.equal(new URL(url).pathname, `/.sts-jwt/keys/${encodeURIComponent(ISSUER)}`);
    const body = await response.clone().text();
    for (const type of ['application/json', 'text/html', 'text/plain']) {
      cache.kept.set(url, new Response(body, { headers: { 'content-type': type } }));
      assert.equal(await store.get(ISSUER), undefined, type);
    }
  });

  test('uses the default cache, otherwise a named cache, otherwise none', async () => {
    const store = cacheStore();
    await store.put(ISSUER, keysAt(1));
    assert.equal(await store.get(ISSUER), undefined);
    const [own, standard] = [cacheOf(), cacheOf()];
    const open = async (name) => (name === 'sts-jwt' ? own : undefined);
    try {
      for (const [caches, at] of /** @type {any[][]} */ ([
        [{ open }, 1],
        [{ open, default: standard }, 2],
      ])) {
        globalThis.caches = caches;
        await store.put(ISSUER, keysAt(at));
        assert.deepEqual(await store.get(ISSUER), keysAt(at));
      }
    } finally {
      delete globalThis.caches;
    }
    assert.deepEqual([own.kept.size, standard.kept.size], [1, 1]);
  });

  test('selects a Durable Object by its name, and calls each of its methods', async () => {
    const calls = [];
    const object = Object.fromEntries(
      ['get', 'put', 'load'].map((method) => [method, async (...given) => calls.push([method, ...given])]),
    );
    const namespace = { idFromName: (name) => calls.push([name]), get: () => object };
    const load = async () => keysAt(2);
    await durableObjectStore(namespace).put('a', keysAt(1));
    await durableObjectStore(namespace, { name: 'mine' }).get('b');
    await durableObjectStore(namespace, { name: 'mine' }).load('c', 1, load);
    assert.deepEqual(calls, [
      ['keys'],
      ['put', 'a', keysAt(1)],
      ['mine'],
      ['get', 'b'],
      ['mine'],
      ['load', 'c', 1, load],
    ]);
  });

  test('keeps the newer keys in the object, unless they are from the future', async () => {
    const now = Date.now() / 1000;
    const put = async (...given) => {
      await ask('keys', { method: 'put', args: ['https://put.example.test', keysAt(...given)] });
      return (await ask('keys', { method: 'get', args: ['https://put.example.test'] })).value;
    };
    assert.deepEqual(await put(now + 1000), keysAt(now + 1000));
    assert.deepEqual(await put(now - 10), keysAt(now - 10));
    assert.deepEqual(await put(now - 10, 'as old'), keysAt(now - 10, 'as old'));
    assert.deepEqual(await put(now - 20), keysAt(now - 10, 'as old'));
    assert.deepEqual(await put(now + 30), keysAt(now + 30));
    assert.deepEqual(await put(now), keysAt(now + 30), 'a clock may be slightly ahead');
  });

  test('does not make one issuer wait for another', async () => {
    assert.deepEqual((await ask('turns', {})).value, ['fast', 'slow']);
  });

  test('lets the next caller find the keys of the previous caller even if storing is slow', async () => {
    const turns = new Turns();
    let kept;
    const put = async (keys) => {
      await new Promise((resolve) => setTimeout(resolve, 20));
      kept = keys;
    };
    const take = (at) =>
      turns.take(
        0,
        async () => kept,
        put,
        async () => keysAt(at),
      );
    assert.deepEqual(await Promise.all([take(1), take(2)]), [keysAt(1), keysAt(1)]);
  });
});

const token = (tokenId, expiresAt = START + 300, iss = ISSUER) => ({ tokenId, expiresAt, claims: { iss } });
const accept = (token, options = {}) => ask('accept', { token, options });
const ofObject = (first, method, ...args) => ask('object', { name: `replay ${first} ${ISSUER}`, method, args });
const stateOf = async (first) => (await ofObject(first, 'state')).value;
const first = { value: null };
const replayed = { code: 'ERR_JWT_CLAIM_VALIDATION_FAILED', claim: 'jti', reason: 'check_failed' };
const unavailable = { code: 'ERR_REPLAY_UNAVAILABLE', category: 'unavailable', status: 503, retryable: true };
const sleep = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

describe('replay guard', () => {
  test('accepts a token once', async () => {
    assert.deepEqual(await accept(token('A1')), first);
    for (let i = 0; i < 3; i += 1) {
      const { error } = await accept(token('A1'));
      const { code, claim, reason } = error;
      assert.deepEqual({ code, claim, reason }, replayed);
    }
    assert.deepEqual(await accept(token('A2')), first);
  });

  test('accepts only one of twenty simultaneous uses', async () => {
    const said = await Promise.all(Array.from({ length: 20 }, () => accept(token('B1'))));
    assert.equal(said.filter(({ error }) => !error).length, 1);
  });

  test('remembers a token for as long as a verifier may accept it', async () => {
    const { error } = await accept(token('C1', START - 301));
    assert.equal(error.claim, 'jti');
    const late = token('C2', Math.floor(Date.now() / 1000) - 200);
    assert.deepEqual(await accept(late), first);
    assert.equal((await accept(late)).error.claim, 'jti');
  });

  test('accepts a token only once, even if the tolerance changes', async () => {
    const tolerances = [60, 0, 300, 30, 86_400, 60];
    for (const [index, clockTolerance] of tolerances.entries()) {
      const { error } = await accept(token('I1'), { clockTolerance });
      assert.equal(error?.claim, index === 0 ? undefined : 'jti', `${clockTolerance}`);
    }
  });

  test('rejects a used token after its entry was removed, even with a larger tolerance', async () => {
    const soon = token('J1', Date.now() / 1000 + 1);
    assert.deepEqual(await accept(soon, { clockTolerance: 0 }), first);
    await sleep(2100);
    await ofObject('J', 'sweep');
    assert.deepEqual((await stateOf('J')).tokens, []);
    await ofObject('J', 'sweep');
    for (const clockTolerance of [0, 300]) assert.equal((await accept(soon, { clockTolerance })).error.claim, 'jti');
    assert.deepEqual(await accept(token('J2'), { clockTolerance: 300 }), first);
  });

  test('keeps every entry for the largest tolerance with which any token was accepted', async () => {
    const soon = token('K1', Date.now() / 1000 + 1);
    assert.deepEqual(await accept(soon, { clockTolerance: 300 }), first);
    assert.deepEqual(await accept(token('K2'), { clockTolerance: 0 }), first);
    await sleep(1100);
    await ofObject('K', 'sweep');
    assert.deepEqual((await stateOf('K')).tokens, ['K1', 'K2']);
    assert.equal((await accept(soon, { clockTolerance: 300 })).error.claim, 'jti');
  });

  test('rejects a token without exp, or with an exp too far ahead', async () => {
    const without = (await accept({ tokenId: 'D1', claims: { iss: ISSUER } })).error;
    assert.deepEqual([without.claim, without.reason], ['exp', 'missing']);
    const late = (await accept(token('D2', START + 90_000))).error;
    assert.deepEqual([late.claim, late.reason], ['exp', 'check_failed']);
  });

  test('applies its options', async () => {
    const asked = [];
    const namespace = {
      idFromName: (name) => name,
      get: (name) => ({ accept: async (...given) => asked.push([name, ...given]) && true }),
    };
    const now = () => Date.now() / 1000;
    for (const [options, expiresAt, tolerance] of /** @type {any[][]} */ ([
      [{}, now() + 86_390, 300],
      [{}, now() + 86_500],
      [{ clock: () => 1000 }, 87_400, 300],
      [{ clock: () => 1000 }, 87_401],
      [{ clock: () => 1000, maxLifetime: 60, clockTolerance: 5 }, 1060, 5],
      [{ clock: () => 1000, maxLifetime: 60, clockTolerance: 5 }, 1061],
    ])) {
      const accepted = replayGuard(namespace, options).accept(token('D3', expiresAt));
      if (tolerance === undefined) await assert.rejects(accepted, { claim: 'exp', reason: 'check_failed' });
      else await accepted;
      const calls = tolerance === undefined ? [] : [[`replay D ${ISSUER}`, 'D3', expiresAt, tolerance]];
      assert.deepEqual(asked.splice(0), calls);
    }
    for (const now of [START * 1000, NaN]) {
      const guard = replayGuard(namespace, { clock: () => now });
      await assert.rejects(guard.accept(token('D4')), { code: 'ERR_OPTIONS_INVALID', message: /"clock".*seconds/ });
    }
    for (const clockTolerance of [-1, 86_401, NaN]) {
      const accepted = async () => replayGuard(namespace, { clockTolerance }).accept(token('D5'));
      await assert.rejects(accepted, { code: 'ERR_OPTIONS_INVALID', message: /"clockTolerance"/ });
    }
    assert.deepEqual(asked, []);
  });

  test('rejects anything but a verified token, and reads only own members', async () => {
    const names = [];
    const guard = replayGuard({
      idFromName: (name) => names.push(name) && name,
      get: () => ({ accept: async () => true }),
    });
    const invalid = { code: 'ERR_OPTIONS_INVALID', message: /"claims"/ };
    const { claims, ...rest } = token('M1');
    for (const odd of /** @type {any[]} */ ([
      undefined,
      null,
      'M1',
      rest,
      { ...rest, claims: undefined },
      { ...rest, claims: null },
      { ...rest, claims: 'claims' },
      { ...rest, claims: [] },
      { ...rest, claims: { iss: 5 } },
      Object.create({ ...rest, claims }),
      { ...rest, claims, tokenId: 5 },
      { ...rest, claims, expiresAt: '5' },
    ])) {
      await assert.rejects(guard.accept(odd), invalid);
    }
    const inherited = /** @type {any} */ (Object.prototype);
    Object.assign(inherited, { expiresAt: START + 300, iss: 'https://other.example.test', claims: {} });
    try {
      await assert.rejects(guard.accept(/** @type {any} */ (rest)), invalid);
      await assert.rejects(guard.accept(/** @type {any} */ ({ tokenId: 'M1', claims })), { claim: 'exp' });
      await guard.accept({ ...rest, claims: {} });
    } finally {
      for (const name of ['expiresAt', 'iss', 'claims']) delete inherited[name];
    }
    assert.deepEqual(names, ['replay M ']);
  });

  test('limits its storage, and rejects further tokens as unavailable', async () => {
    for (const id of ['E1', 'E2', 'E3']) assert.deepEqual(await accept(token(id)), first);
    const { code, category, status, retryable, message } = (await accept(token('E4'))).error;
    assert.deepEqual({ code, category, status, retryable }, unavailable);
    assert.match(message, /full/);
    assert.equal((await accept(token('E1'))).error.claim, 'jti');
    assert.equal((await stateOf('E')).standard, 100_000);
  });

  test('accepts tokens of other issuers if the guard is full for one issuer', async () => {
    for (const id of ['L1', 'L2', 'L3']) assert.deepEqual(await accept(token(id)), first);
    assert.equal((await accept(token('L4'))).error.code, 'ERR_REPLAY_UNAVAILABLE');
    const other = token('L5', START + 300, 'https://other.example.test');
    assert.deepEqual(await accept(other), first);
    assert.equal((await accept(other)).error.claim, 'jti');
  });

  test('reports a failing storage as a JwtError, and accepts nothing', async () => {
    const failure = new Error('the storage is broken');
    const throws = () => {
      throw failure;
    };
    const rejects = async () => throws();
    for (const namespace of [
      { idFromName: throws, get: () => {} },
      { idFromName: () => 5, get: throws },
      { idFromName: () => 5, get: () => ({ accept: throws }) },
      { idFromName: () => 5, get: () => ({ accept: rejects }) },
    ]) {
      const { cause, message, ...error } = await replayGuard(namespace)
        .accept(token('M1'))
        .catch((error) => ({ ...error, cause: error.cause, message: error.message }));
      assert.deepEqual({ ...unavailable, ...error }, error);
      assert.equal(cause, failure);
      assert.match(message, /the storage is broken/);
    }
    for (const answer of [undefined, 1, 'true']) {
      const namespace = { idFromName: () => 5, get: () => ({ accept: async () => answer }) };
      await assert.rejects(replayGuard(namespace).accept(token('M2')), replayed);
    }
  });

  test('removes expired entries automatically', async () => {
    const soon = Date.now() / 1000 + 1.5;
    for (const id of ['F1', 'F2']) assert.deepEqual(await accept(token(id, soon), { clockTolerance: 0 }), first);
    const { alarm } = await stateOf('F');
    assert.ok(alarm > Date.now() && alarm <= Date.now() + 60_000, 'an alarm is set');
    assert.deepEqual(await accept(token('F3'), { clockTolerance: 0 }), first);
    const before = await stateOf('F');
    assert.deepEqual([before.tokens.length, before.alarm], [3, alarm], 'further tokens do not delay the alarm');
    await sleep(2600);
    await ofObject('F', 'sweep');
    const after = await stateOf('F');
    assert.ok(after.alarm >= alarm + 2000, 'the next alarm is not immediate');
    assert.deepEqual(after.tokens, ['F3']);
    for (const id of ['F4', 'F5']) assert.deepEqual(await accept(token(id), { clockTolerance: 0 }), first);
    assert.equal((await accept(token('F6'))).error.code, 'ERR_REPLAY_UNAVAILABLE');
  });

  test('removes every expired entry', async () => {
    const expiresAt = Date.now() / 1000 + 1;
    assert.deepEqual(await accept(token('G1', expiresAt), { clockTolerance: 0 }), first);
    let tokens;
    do {
      await sleep(100);
      await ofObject('G', 'sweep');
      ({ tokens } = await stateOf('G'));
      if (Date.now() / 1000 < expiresAt) assert.equal(tokens.length, 1, 'entries that have not expired remain');
    } while (tokens.length > 0 && Date.now() / 1000 < expiresAt + 2);
    assert.deepEqual(tokens, []);
    const { alarm } = await stateOf('G');
    const seconds = (alarm - Date.now()) / 1000;
    assert.ok(seconds > 86_000 && seconds < 86_500, 'the summary is removed a day later');
  });

  test('removes more entries than one storage call can delete', async () => {
    await ofObject('H', 'fill', 300, 1);
    assert.equal((await stateOf('H')).tokens.length, 300);
    await sleep(2100);
    assert.equal((await ofObject('H', 'sweep')).value, 300 - 128);
    for (let i = 0; i < 20 && (await stateOf('H')).tokens.length > 0; i += 1) await sleep(100);
    assert.deepEqual((await stateOf('H')).tokens, []);
  });
});
