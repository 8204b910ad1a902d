// Tests `sts-jwt/remote` with stores: the keys that isolates share, and the faults of a store.
import assert from 'node:assert/strict';
import test, { describe } from 'node:test';
import { cacheStore, kvStore, memoryStore } from 'sts-jwt/stores';
import {
  createWorld,
  errorOf,
  good,
  HOUR,
  ISSUER,
  json,
  jwksOf,
  NEW,
  OLD,
  outage,
  rotated,
  SAME,
  START,
  sameKid,
  UNAVAILABLE,
  UNKNOWN,
  URI,
  WRONG,
} from '../support/remote.mjs';

describe('remote verifier with a store', () => {
  for (const [store, most] of [
    [undefined, 100],
    [memoryStore(), 1],
  ]) {
    const limit = store ? 'once with a store that has load()' : '100 times without a store';
    test(`fetches at most ${limit}, for 100 cold requests`, async () => {
      const world = createWorld(store ? { store } : {});
      world.answer = () => new Promise((resolve) => setTimeout(resolve, 20, json(jwksOf(OLD))));
      const said = await Promise.all(Array.from({ length: 100 }, () => world.say(good)));
      assert.deepEqual(new Set(said), new Set(['good']));
      assert.ok(world.requests.length <= most, `${world.requests.length} requests`);
    });
  }

  test('reports an outage to 100 cold requests, and counts it as one failure', async () => {
    for (const store of [undefined, memoryStore()]) {
      const world = createWorld({ answer: outage, ...(store && { store }) });
      const errors = await Promise.all(Array.from({ length: 100 }, () => errorOf(world.verifier.verify(good))));
      for (const { code, retryAfter, cause } of errors) {
        assert.deepEqual([code, retryAfter, cause.message], [UNAVAILABLE, 1, 'status 500']);
      }
      if (store) assert.equal(world.requests.length, 1);
    }
  });

  test('reports the original cause, with and without a store that has load()', async () => {
    for (const store of [undefined, memoryStore()]) {
      const failure = new TypeError('fetch failed');
      const world = createWorld({ answer: () => Promise.reject(failure), ...(store && { store }) });
      assert.equal((await errorOf(world.verifier.verify(good))).cause, failure);
    }
  });

  test('shares a failure between isolates with a store that has load()', async () => {
    const world = createWorld({ answer: outage, store: memoryStore() });
    const isolates = Array.from({ length: 20 }, () => world.isolate());
    const said = await Promise.all(isolates.map((verifier) => world.say(good, verifier)));
    assert.deepEqual(new Set(said), new Set([UNAVAILABLE]));
    assert.equal(world.requests.length, 1);
    world.answer = () => json(jwksOf(OLD));
    world.now += 1;
    assert.equal(await world.say(good), 'good', 'fetches again after the pause');
  });

  test('does not make one issuer wait for another in a memory store', async () => {
    const store = memoryStore();
    void store.load('https://a.example.test', 0, () => new Promise(() => {}));
    const keys = { jwks: 'b', fetchedAt: 1 };
    assert.deepEqual(await store.load('https://b.example.test', 0, async () => keys), keys);
    assert.equal(await store.get('https://a.example.test'), undefined);
  });

  test('lets the next request fetch if the first is aborted', async () => {
    const world = createWorld({ store: memoryStore() });
    let calls = 0;
    world.answer = async () => {
      if (calls++ === 0) throw new DOMException('The operation was aborted', 'AbortError');
      return json(jwksOf(OLD));
    };
    const said = await Promise.all(Array.from({ length: 5 }, () => world.say(good)));
    assert.deepEqual(said, [UNAVAILABLE, 'good', 'good', 'good', 'good']);
    assert.equal(world.requests.length, 2);
  });

  test('serves callers that waited for the fetch of another verifier, even if that fetch times out', async () => {
    const store = memoryStore();
    const world = createWorld({ store, timing: { timeout: 2 } });
    world.answer = (_url, { signal }) =>
      new Promise((resolve, reject) => {
        setTimeout(resolve, 100, json(jwksOf(OLD)));
        signal.addEventListener('abort', () => reject(signal.reason));
      });
    const hasty = world.isolate({ timing: { timeout: 0.03 } });
    const failed = errorOf(hasty.verify(good));
    await new Promise(setImmediate);
    const said = await Promise.all(Array.from({ length: 20 }, () => world.say(good)));
    assert.equal((await failed).kind, 'timeout');
    assert.deepEqual(new Set(said), new Set(['good']));
    assert.equal(world.requests.length, 2, 'one further request for all waiting callers');
  });

  for (const kind of ['timeout', 'network']) {
    test(`does not make 100 callers load one after the other if each load fails: ${kind}`, async () => {
      const { load } = memoryStore();
      let [running, rounds, calls] = [0, 0, 0];
      const fail = async () => {
        calls += 1;
        if (running++ === 0) rounds += 1;
        await new Promise((resolve) => setTimeout(resolve, 5));
        running -= 1;
        return { problem: 'down', kind };
      };
      const said = /** @type {any[]} */ (
        await Promise.all(Array.from({ length: 100 }, () => load('a', 0, /** @type {any} */ (fail))))
      );
      assert.deepEqual(new Set(said.map(({ kind }) => kind)), new Set([kind]));
      assert.equal(calls, 100, 'each caller makes an attempt of its own');
      assert.equal(rounds, 3);
    });
  }

  test('fetches once for 100 cold requests to one verifier if the network is down', async () => {
    const world = createWorld({ answer: () => Promise.reject(new TypeError('fetch failed')), store: memoryStore() });
    const errors = await Promise.all(Array.from({ length: 100 }, () => errorOf(world.verifier.verify(good))));
    assert.deepEqual(new Set(errors.map(({ kind }) => kind)), new Set(['network']));
    assert.equal(world.requests.length, 1);
  });

  test('lets another isolate use the keys of a store without a fetch', async () => {
    const world = createWorld({ store: memoryStore() });
    await world.verifier.verify(good);
    await world.settle();
    world.now += 200;
    assert.equal(await world.say(good, world.isolate()), 'good');
    assert.equal(world.requests.length, 1);
  });

  /** Creates a store with only the required methods. */
  function plainStore() {
    const { get, put } = memoryStore();
    return { get, put };
  }

  test('works with a store without load()', async () => {
    const world = createWorld({ store: plainStore() });
    await world.verifier.verify(good);
    assert.equal(world.behind.length, 3, 'the get and the fetch, and the put after the response');
    await world.settle();
    const other = world.isolate();
    assert.equal(await world.say(good, other), 'good');
    assert.equal(world.requests.length, 1);
    world.now += 301;
    for (const verifier of [world.verifier, other]) {
      await verifier.verify(good);
      await world.settle();
    }
    assert.equal(world.requests.length, 2, 'a renewal asks the store first');
  });

  test('ignores the keys of a slow fetch if newer keys arrive first, in memory and in the store', async () => {
    const world = createWorld({ store: plainStore() });
    let release;
    world.answer = () => new Promise((resolve) => (release = () => resolve(json(jwksOf(OLD)))));
    const slow = world.say(rotated);
    await new Promise(setImmediate);
    world.now += 1;
    world.answer = () => json(jwksOf(NEW));
    assert.equal(await world.say(rotated), 'good');
    release();
    assert.equal(await slow, 'good');
    await world.settle();
    for (const verifier of [world.verifier, world.isolate()]) assert.equal(await world.say(rotated, verifier), 'good');
    assert.equal(world.requests.length, 2);
  });

  test("uses a store's old keys only if fetching fails", async () => {
    const world = createWorld({ store: memoryStore() });
    await world.verifier.verify(good);
    await world.settle();
    world.now += HOUR + 1;
    assert.equal(await world.say(good, world.isolate()), 'good');
    assert.equal(world.requests.length, 2);
    await world.settle();
    world.answer = outage;
    world.now += HOUR + 1;
    assert.equal(await world.say(good, world.isolate()), 'good');
    world.now += 86_400;
    assert.equal(await world.say(good, world.isolate()), UNAVAILABLE);
  });

  test('asks the store for newer keys before fetching again', async () => {
    const store = memoryStore();
    const world = createWorld({ store });
    const other = world.isolate();
    for (const verifier of [world.verifier, other]) await verifier.verify(good);
    assert.equal(world.requests.length, 1);
    world.now += 60;
    world.answer = () => json(jwksOf(NEW));
    assert.equal(await world.say(rotated), 'good');
    assert.equal(await world.say(rotated, other), 'good');
    assert.equal(world.requests.length, 2);
    world.now += 301;
    await world.verifier.verify(rotated);
    await world.settle();
    await other.verify(rotated);
    await world.settle();
    assert.equal(world.requests.length, 3);
  });

  const hanging = () => new Promise(() => {});
  const rejecting = async () => {
    throw new Error('the store is broken');
  };
  const throwing = () => {
    throw new Error('the store is broken');
  };
  const holding = (value) => ({ get: async () => value, put: async () => {} });
  const stored = (more) => holding({ jwks: jwksOf(OLD), fetchedAt: START - 1, ...more });

  for (const [name, store] of Object.entries({
    throws: { get: throwing, put: throwing },
    rejects: { get: rejecting, put: rejecting },
    hangs: { get: hanging, put: hanging },
    'throws in load()': { ...memoryStore(), load: throwing },
    'rejects in load()': { ...memoryStore(), load: rejecting },
    'hangs in load()': { ...memoryStore(), load: hanging },
    'returns nothing from load()': { ...memoryStore(), load: async () => undefined },
    'returns invalid keys from load()': { ...memoryStore(), load: async () => ({ jwks: 5 }) },
    'contains null': holding(null),
    'contains a string': holding('keys'),
    'contains keys without a time': holding({ jwks: jwksOf(OLD) }),
    'contains a time without keys': holding({ fetchedAt: START }),
    'contains keys from the future': stored({ fetchedAt: START + 1000 }),
    'contains truncated keys': stored({ jwks: jwksOf(OLD).slice(0, -5) }),
    'contains keys with a maxAge that is a BigInt': stored({ maxAge: 5n }),
    'contains keys with a maxAge that is a string': stored({ maxAge: '5' }),
    'contains keys with a maxAge that is an object': stored({ maxAge: { valueOf: throwing } }),
    'contains keys over the size limit': stored({ jwks: ' '.repeat(300_000) }),
  })) {
    test(`ignores a store that ${name}`, async () => {
      const world = createWorld({ store, timing: { timeout: 0.1 } });
      assert.equal(await world.say(good), 'good');
      assert.equal(world.requests.length, 1);
      await world.settle();
      world.now += 60;
      world.answer = () => json(jwksOf(NEW));
      assert.equal(await world.say(rotated), 'good');
    });
  }

  test('ignores a negative maxAge from a store', async () => {
    const world = createWorld({ store: stored({ maxAge: -1 }) });
    assert.equal(await world.say(good), 'good');
    assert.equal(world.requests.length, 0);
    world.now += 300;
    await world.verifier.verify(good);
    await world.settle();
    assert.equal(world.requests.length, 1);
  });

  /** Creates each kind of store, in memory. */
  const kinds = {
    memoryStore,
    'memoryStore without load': plainStore,
    cacheStore() {
      const kept = new Map();
      const match = async (url) => kept.get(url)?.clone();
      return cacheStore({ cache: { match, put: async (url, response) => void kept.set(url, response) } });
    },
    kvStore() {
      const kept = new Map();
      const get = async (key) => (kept.has(key) ? JSON.parse(kept.get(key)) : null);
      return kvStore({ get, put: async (key, value) => void kept.set(key, value) });
    },
  };
  const DOCUMENT = `${ISSUER}/.well-known/openid-configuration`;
  const FORGED = 'https://tenant.example.test/keys';

  /** A network with forged keys at one URL. `named` is the `jwks_uri` of the discovery document. */
  const network =
    (named = URI) =>
    (url) => {
      if (url === DOCUMENT) return json(JSON.stringify({ issuer: ISSUER, jwks_uri: named }));
      return json(jwksOf(url === FORGED ? SAME : OLD));
    };
  /** Pairs of verifiers that share a store: the options of an honest verifier, and of a verifier that plants forged keys. */
  const pairs = {
    'the default URL against a jwksUri': [{}, { jwksUri: FORGED }],
    'discovery against a jwksUri': [{ discovery: true }, { jwksUri: FORGED }],
    'discovery against another discovery document': [
      { discovery: true },
      { discovery: true, fetch: async (url) => network(FORGED)(url) },
    ],
    'the default URL against discovery': [{}, { discovery: true, fetch: async (url) => network(FORGED)(url) }],
  };

  for (const [kind, create] of Object.entries(kinds)) {
    for (const [name, [honest, forger]] of Object.entries(pairs)) {
      test(`separates verifiers that share a ${kind}: ${name}`, async () => {
        const world = createWorld({ store: create(), answer: network() });
        const victim = world.isolate(honest);
        const other = world.isolate(forger);
        const judge = async (verifier) => {
          const said = [await world.say(good, verifier), await world.say(sameKid, verifier)];
          await world.settle();
          return said;
        };
        assert.deepEqual(await judge(other), [WRONG, 'good'], 'the forger uses its keys and stores them');
        for (let round = 0; round < 3; round += 1) {
          for (const verifier of [victim, world.isolate(honest)]) {
            assert.deepEqual(await judge(verifier), ['good', WRONG], "uses the issuer's keys");
          }
          for (const verifier of [other, world.isolate(forger)]) {
            assert.deepEqual(await judge(verifier), [WRONG, 'good'], 'uses the forged keys');
          }
          world.now += [301, HOUR + 1, 0][round];
        }
        assert.equal(await world.say(good, victim), 'good');
      });
    }

    test(`fetches with discovery if the keys in a ${kind} do not include the key of the first token`, async () => {
      const world = createWorld({ store: create(), answer: network(), discovery: true });
      assert.equal(await world.say(good), 'good');
      await world.settle();
      world.now += 60;
      world.answer = (url) => (url === URI ? json(jwksOf(NEW)) : network()(url));
      assert.equal(await world.say(rotated, world.isolate()), 'good');
      assert.equal(world.requests.length, 4);
    });

    test(`shares keys through a ${kind} between verifiers with the same discovery document`, async () => {
      const world = createWorld({ store: create(), answer: network(), discovery: true });
      assert.equal(await world.say(good), 'good');
      await world.settle();
      assert.equal(await world.say(good, world.isolate()), 'good');
      assert.deepEqual(world.requests, [DOCUMENT, URI, DOCUMENT]);
    });
  }

  test('uses one place and one queue of a store even if the discovery document names a new jwks_uri each time', async () => {
    const places = new Set();
    const inner = memoryStore();
    const note =
      (method) =>
      (/** @type {any[]} */ ...[place, ...given]) => {
        places.add(place);
        return inner[method](place, ...given);
      };
    const world = createWorld({ store: { get: note('get'), put: note('put'), load: note('load') }, discovery: true });
    let documents = 0;
    let stored = 0;
    world.answer = (url) => {
      if (url === DOCUMENT) return network(`${ISSUER}/keys/${(documents += 1)}`)(url);
      return ++stored % 2 === 0 ? outage() : json(jwksOf(OLD));
    };
    for (let i = 0; i < 20; i += 1) {
      await world.say(sameKid);
      await world.settle();
      world.now += 100;
    }
    assert.ok(documents > 5, `${documents} documents`);
    assert.equal(places.size, 1);
    const kept = await inner.get([...places][0]);
    assert.match(kept.jwksUri, new RegExp(`^${ISSUER}/keys/\\d+$`));
  });

  for (const kind of ['get', 'load']) {
    test(`takes keys and failures from ${kind}() only if they come from the URL that the discovery document names`, async () => {
      for (const [jwksUri, requests] of /** @type {any[][]} */ ([
        [URI, 1],
        [FORGED, 2],
        [undefined, 2],
      ])) {
        for (const result of [
          { jwks: jwksOf(OLD), fetchedAt: START },
          ...(kind === 'load' ? [{ problem: 'status 404', kind: 'status' }] : []),
        ]) {
          const give = async () => ({ ...result, jwksUri });
          const store = { get: give, put: async () => {}, ...(kind === 'load' && { get: async () => {}, load: give }) };
          const world = createWorld({ store, answer: network(), discovery: true });
          assert.equal(await world.say(good), requests === 1 && result.problem ? UNAVAILABLE : 'good');
          assert.equal(world.requests.length, requests);
        }
      }
    });
  }

  test('does not read the discovery document again during the back-off', async () => {
    const world = createWorld({ store: memoryStore(), answer: outage, discovery: true });
    for (let i = 0; i < 10; i += 1) {
      const { code, cause } = await errorOf(world.verifier.verify(good));
      assert.deepEqual([code, cause.message], [UNAVAILABLE, 'status 500']);
    }
    assert.deepEqual(world.requests, [DOCUMENT]);
    world.answer = network();
    world.now += 1;
    assert.equal(await world.say(good), 'good');
  });

  for (const [name, more] of Object.entries({
    'an empty key set': { jwks: '{"keys":[]}' },
    'a set of unusable keys': { jwks: '{"keys":[{"kty":"oct","k":"AAAA"}]}' },
  })) {
    for (const kind of ['get', 'load']) {
      test(`fetches even if ${kind}() of a store returns ${name} that is fresh`, async () => {
        const world = createWorld();
        const fresh = async () => ({ jwks: more.jwks, fetchedAt: world.now });
        const store = { get: fresh, put: async () => {}, ...(kind === 'load' && { load: fresh }) };
        const verifier = world.isolate({ store });
        assert.equal(await world.say(good, verifier), 'good');
        world.answer = () => json(jwksOf(NEW));
        world.now += 60;
        assert.equal(await world.say(rotated, verifier), 'good');
        assert.equal(await world.say(good, verifier), UNKNOWN);
        world.now += 301;
        await world.say(rotated, verifier);
        await world.settle();
        assert.equal(world.requests.length, 3);
      });
    }
  }
});
