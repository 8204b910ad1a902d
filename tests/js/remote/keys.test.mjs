// Tests `sts-jwt/remote` in Node with a simulated network and clock: the age of keys, outages, rotation, and
// concurrent requests.
import assert from 'node:assert/strict';
import test, { describe } from 'node:test';
import { memoryStore } from 'sts-jwt/stores';
import {
  AUDIENCE,
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
  tokenOf,
  UNAVAILABLE,
  UNKNOWN,
  URI,
  WRONG,
} from '../support/remote.mjs';

describe('remote verifier: refresh and rotation', () => {
  test('fetches once at a cold start, and not again while keys are fresh', async () => {
    const world = createWorld();
    const verified = await world.verifier.verify(good);
    assert.equal(verified.claims.iss, ISSUER);
    for (let i = 0; i < 100; i += 1) await world.verifier.verify(tokenOf(OLD, START));
    world.now += 299;
    await world.verifier.verify(good);
    assert.deepEqual([world.requests, world.behind.length], [[URI], 1]);
  });

  test('requests JSON, does not follow redirects, and passes a signal', async () => {
    let given;
    const world = createWorld({ answer: (_url, init) => ((given = init), json(jwksOf(OLD))) });
    await world.verifier.verify(good);
    assert.equal(given.redirect, 'manual');
    assert.equal(given.headers.accept, 'application/json');
    assert.ok(given.signal instanceof AbortSignal);
  });

  test('does not fetch new keys for a token that is rejected regardless of the keys', async () => {
    const world = createWorld();
    const other = tokenOf(OLD, START, { iss: 'https://other.example.test' });
    assert.equal(await world.say(other), 'ERR_JWT_ISSUER_UNKNOWN');
    assert.equal(await world.say('no token'), 'ERR_JWS_INVALID');
    assert.equal(await world.say(undefined), 'ERR_JWS_INVALID');
    assert.deepEqual(world.requests, []);
    assert.equal(await world.say(tokenOf(OLD, START - 2 * HOUR)), 'ERR_JWT_EXPIRED');
    assert.equal(await world.say(tokenOf(OLD, START, { aud: 'other' })), 'ERR_JWT_CLAIM_VALIDATION_FAILED');
    world.now += 60;
    assert.equal(await world.say(tokenOf(OLD, START, { aud: 'other' })), 'ERR_JWT_CLAIM_VALIDATION_FAILED');
    assert.deepEqual(world.requests, [URI]);
  });

  test('refreshes keys after the response if they are past the soft age', async () => {
    const world = createWorld();
    await world.verifier.verify(good);
    world.now += 301;
    let release;
    world.answer = () => new Promise((resolve) => (release = () => resolve(json(jwksOf(OLD, NEW)))));
    for (let i = 0; i < 20; i += 1) await world.verifier.verify(good);
    assert.equal(world.requests.length, 2);
    assert.equal(world.behind.length, 2, 'the first fetch and the renewal');
    release();
    await world.settle();
    assert.equal(await world.say(rotated), 'good');
    assert.equal(world.requests.length, 2);
  });

  test("needs only a Worker's ctx to refresh keys after the response", async () => {
    const world = createWorld();
    const ctx = new (class {
      #promises = [];
      waitUntil(promise) {
        this.#promises.push(promise);
      }
      settle() {
        return Promise.all(this.#promises);
      }
    })();
    await world.verifier.verify(good, ctx);
    world.now += 301;
    await world.verifier.verify(good, ctx);
    await ctx.settle();
    world.now += 299;
    await world.verifier.verify(good, ctx);
    assert.deepEqual([world.requests.length, world.behind.length], [2, 0]);
  });

  test('tolerates a waitUntil that returns a rejecting promise', async () => {
    const unhandled = [];
    const note = (reason) => unhandled.push(reason);
    process.on('unhandledRejection', note);
    const waitUntil = async () => {
      throw new Error('the promise of waitUntil');
    };
    for (const [options, call] of /** @type {any[][]} */ ([
      [{ waitUntil }, undefined],
      [{}, { waitUntil }],
    ])) {
      const world = createWorld(options);
      await world.verifier.verify(good, call);
      world.now += 400;
      await world.verifier.verify(good, call);
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
    process.off('unhandledRejection', note);
    assert.deepEqual(unhandled, []);
  });

  test('passes every fetch and every call of the store to waitUntil, so an aborted request cannot stop them', async () => {
    const store = { get: async () => undefined, put: async () => {} };
    for (const options of [{}, { store }]) {
      const world = createWorld(options);
      const kept = [];
      await world.verifier.verify(good, { waitUntil: (promise) => kept.push(promise) });
      assert.ok(kept.length >= ('store' in options ? 2 : 1), `${kept.length} promises`);
    }
  });

  test('tolerates a missing or throwing waitUntil', async () => {
    const throws = () => {
      throw new Error('no request');
    };
    for (const waitUntil of [throws, undefined]) {
      const world = createWorld({ waitUntil });
      await world.verifier.verify(good);
      world.now += 301;
      assert.equal(await world.say(good), 'good');
      assert.equal(world.requests.length, 2);
    }
  });

  test('varies the soft age by up to 10 % either way', async () => {
    for (const [random, seconds] of [
      [0, 270],
      [1, 330],
    ]) {
      const world = createWorld({ random: () => random });
      await world.verifier.verify(good);
      for (const requests of [1, 2]) {
        world.now = START + seconds + requests - 1;
        await world.verifier.verify(good);
        assert.equal(world.requests.length, requests);
      }
    }
  });

  test('repeats an interrupted refresh after the interval', async () => {
    const world = createWorld();
    await world.verifier.verify(good);
    world.now += 301;
    world.answer = () => new Promise(() => {});
    await world.verifier.verify(good);
    world.answer = () => json(jwksOf(OLD));
    world.now += 9;
    await world.verifier.verify(good);
    assert.equal(world.requests.length, 2);
    world.now += 1;
    await world.verifier.verify(good);
    assert.equal(world.requests.length, 3);
  });

  test('lets Cache-Control shorten the soft age, but never lengthen it', async () => {
    for (const [header, seconds] of /** @type {any[][]} */ ([
      ['public, max-age=60', 60],
      ['max-age=100000', 300],
      ['s-maxage=5', 300],
      ['x-max-age=5', 300],
      ['no-store', 10],
      ['private, No-Cache', 10],
      ['no-cache="set-cookie", max-age=200', 10],
      ['max-age=60, x-no-store, no-storey', 60],
      ['max-age=0', 10],
    ])) {
      const world = createWorld({ answer: () => json(jwksOf(OLD), { 'cache-control': header }) });
      await world.verifier.verify(good);
      world.now += seconds;
      await world.verifier.verify(good);
      assert.equal(world.requests.length, 1, header);
      world.now += 1;
      await world.verifier.verify(good);
      assert.equal(world.requests.length, 2, header);
    }
  });

  test('fetches before it answers if keys are past the hard age, so a withdrawn key is rejected', async () => {
    const world = createWorld();
    await world.verifier.verify(good);
    world.now += HOUR + 1;
    world.answer = () => json(jwksOf(NEW));
    assert.equal(await world.say(good), UNKNOWN);
    assert.equal(world.requests.length, 2);
  });

  test('accepts tokens during an outage until staleIfError, and retries ever less often', async () => {
    const world = createWorld();
    await world.verifier.verify(good);
    world.answer = outage;
    for (let second = 0; second < HOUR; second += 1) {
      world.now += 1;
      assert.equal(await world.say(good), 'good');
      await world.settle();
    }
    const inFirstHour = world.requests.length;
    assert.ok(inFirstHour > 50 && inFirstHour < 75, `${inFirstHour} requests`);
    world.now = START + 86_400;
    assert.equal(await world.say(good), 'good');
  });

  test('rejects with 503, retryAfter and the cause after staleIfError, then recovers', async () => {
    const world = createWorld();
    await world.verifier.verify(good);
    world.answer = outage;
    world.now += 86_401;
    const error = await errorOf(world.verifier.verify(good));
    const { code, status, retryable, category, issuer, jwksUri, retryAfter, cause } = error;
    assert.deepEqual(
      { code, status, retryable, category, issuer, jwksUri, retryAfter },
      {
        code: UNAVAILABLE,
        status: 503,
        retryable: true,
        category: 'unavailable',
        issuer: ISSUER,
        jwksUri: URI,
        retryAfter: 1,
      },
    );
    assert.match(cause.message, /status 500/);
    assert.equal(error.challenge(), 'Bearer');
    world.answer = () => json(jwksOf(OLD));
    assert.equal(await world.say(good), UNAVAILABLE);
    assert.equal(world.requests.length, 2);
    world.now += 1;
    assert.equal(await world.say(good), 'good');
  });

  test('applies the configured staleIfError', async () => {
    const world = createWorld({ timing: { staleIfError: 2 * HOUR } });
    await world.verifier.verify(good);
    world.answer = outage;
    world.now += 2 * HOUR + 1;
    assert.equal(await world.say(good), UNAVAILABLE);
  });

  test('does not fetch while backing off, and reports the last cause', async () => {
    const world = createWorld({ answer: outage });
    for (const [after, retryAfter, requests] of [
      [0, 1, 1],
      [0.5, 1, 1],
      [0.5, 2, 2],
      [2, 4, 3],
      [1, 3, 3],
      [3, 8, 4],
    ]) {
      world.now += after;
      const error = await errorOf(world.verifier.verify(good));
      assert.deepEqual([error.code, error.retryAfter, world.requests.length], [UNAVAILABLE, retryAfter, requests]);
      assert.match(error.cause.message, /status 500/);
    }
  });

  test('accepts old and new tokens during a rotation with overlap', async () => {
    const world = createWorld();
    await world.verifier.verify(good);
    world.answer = () => json(jwksOf(OLD, NEW));
    world.now += 301;
    await world.verifier.verify(good);
    await world.settle();
    assert.deepEqual([await world.say(good), await world.say(rotated)], ['good', 'good']);
    assert.equal(world.requests.length, 2);
  });

  test('fetches once for a rotation without overlap', async () => {
    const world = createWorld();
    await world.verifier.verify(good);
    world.now += 60;
    world.answer = () => json(jwksOf(NEW));
    assert.equal(await world.say(rotated), 'good');
    assert.equal(await world.say(good), UNKNOWN);
    assert.equal(world.requests.length, 2);
  });

  test('fetches once for a new key under the same kid, and rejects the old key', async () => {
    const world = createWorld();
    await world.verifier.verify(good);
    world.now += 60;
    world.answer = () => json(jwksOf(SAME));
    assert.equal(await world.say(sameKid), 'good');
    assert.equal(world.requests.length, 2);
    world.now += 10;
    assert.equal(await world.say(good), WRONG);
  });

  test('answers 401 for an unknown kid or a wrong signature even if the refresh fails', async () => {
    for (const [token, code] of [
      [rotated, UNKNOWN],
      [sameKid, WRONG],
    ]) {
      const world = createWorld();
      await world.verifier.verify(good);
      world.now += 60;
      world.answer = outage;
      const error = await errorOf(world.verifier.verify(token));
      assert.deepEqual([error.code, error.status, error.issuer, world.requests.length], [code, 401, ISSUER, 2]);
    }
  });

  test('fetches at most six times for 10 000 random kids in a minute', async () => {
    const world = createWorld();
    await world.verifier.verify(good);
    const header = (kid) => Buffer.from(JSON.stringify({ alg: 'ES384', kid })).toString('base64url');
    const [, payload, signature] = good.split('.');
    const codes = new Set();
    for (let i = 0; i < 10_000; i += 100) {
      const tokens = Array.from({ length: 100 }, (_, j) => `${header(`random-${i + j}`)}.${payload}.${signature}`);
      for (const code of await Promise.all(tokens.map((token) => world.say(token)))) codes.add(code);
      world.now += 0.6;
    }
    assert.deepEqual([...codes], [UNKNOWN]);
    assert.ok(world.requests.length <= 6, `${world.requests.length} requests`);
    assert.equal(await world.say(good), 'good');
  });

  test('does not wait for the endless fetch of another request', async () => {
    const world = createWorld({ timing: { timeout: 0.2 } });
    let calls = 0;
    world.answer = () => (calls++ === 0 ? new Promise(() => {}) : json(jwksOf(OLD)));
    const first = world.say(good);
    assert.equal(await world.say(good), 'good');
    // The first request times out, but by then there are keys.
    assert.equal(await first, 'good');
    assert.equal(world.requests.length, 2);
  });

  test('does not back off after an aborted request', async () => {
    const world = createWorld();
    world.answer = () => Promise.reject(new DOMException('The operation was aborted', 'AbortError'));
    const error = await errorOf(world.verifier.verify(good));
    assert.deepEqual([error.code, error.cause.name], [UNAVAILABLE, 'AbortError']);
    world.answer = () => json(jwksOf(OLD));
    assert.equal(await world.say(good), 'good');
  });

  test('tolerates a clock that is a minute ahead or behind', async () => {
    for (const skew of [-60, 60]) {
      const store = memoryStore();
      const world = createWorld({ store });
      world.now = START + skew;
      assert.equal(await world.say(good, world.isolate()), 'good');
      await world.settle();
      world.now = START;
      assert.equal(await world.say(good), 'good');
      assert.equal(world.requests.length, 1);
      world.answer = () => json(jwksOf(NEW));
      world.now += 70;
      assert.equal(await world.say(rotated), 'good', 'after a rotation');
    }
  });

  test('fetches once after the clock is turned back, and still follows rotations', async () => {
    const world = createWorld();
    world.now = START + 7 * HOUR;
    assert.equal(await world.say(good), 'good');
    world.now = START;
    for (let i = 0; i < 5; i += 1) assert.equal(await world.say(good), 'good');
    assert.equal(world.requests.length, 2);
    world.now += 60;
    world.answer = () => json(jwksOf(NEW));
    assert.equal(await world.say(rotated), 'good');
    assert.equal(await world.say(good), UNKNOWN);
  });

  test('applies staleIfError to keys that were fetched while the clock was ahead', async () => {
    for (const ahead of [7 * HOUR, 10 * 365 * 24 * HOUR]) {
      for (const restored of [false, true]) {
        let world = createWorld();
        world.now = START + ahead;
        const token = tokenOf(OLD, START, { iat: START, exp: START + 1e9 });
        assert.equal(await world.say(token), 'good');
        if (restored) {
          const snapshot = world.verifier.snapshot();
          world = createWorld();
          world.now = START + ahead;
          world.verifier.restore(snapshot);
        }
        world.answer = outage;
        world.now = START;
        assert.equal(await world.say(token), 'good', 'accepts the token during the outage');
        world.now = START + 86_000;
        assert.equal(await world.say(token), 'good');
        world.now = START + 86_401;
        assert.equal(await world.say(token), UNAVAILABLE);
        world.answer = () => json(jwksOf(OLD));
        world.now += 60;
        assert.equal(await world.say(token), 'good');
        assert.equal(world.verifier.snapshot().issuers[0].fetchedAt, world.now);
      }
    }
  });

  test('rejects a clock that returns milliseconds, or anything but a finite number', async () => {
    for (const [now, message] of /** @type {any[][]} */ ([
      [START * 1000, /seconds, not milliseconds/],
      [NaN, /"clock"/],
      [Infinity, /"clock"/],
      ['5', /"clock"/],
    ])) {
      const world = createWorld();
      world.now = now;
      await assert.rejects(world.verifier.verify(good), { code: 'ERR_OPTIONS_INVALID', message });
      assert.deepEqual(world.requests, []);
    }
  });

  test('keeps the keys of issuers apart', async () => {
    const other = 'https://other.example.test';
    const world = createWorld();
    const verifier = world.isolate({
      issuers: [
        { issuer: ISSUER, audience: AUDIENCE },
        { issuer: other, audience: AUDIENCE, jwksUri: 'https://private.example.test/keys' },
      ],
    });
    const theirs = tokenOf(SAME, START, { iss: other });
    world.answer = (url) => (url === URI ? json(jwksOf(OLD)) : json(jwksOf(SAME)));
    assert.deepEqual([await world.say(good, verifier), await world.say(theirs, verifier)], ['good', 'good']);
    assert.deepEqual(world.requests, [URI, 'https://private.example.test/keys']);
    assert.equal(await world.say(tokenOf(SAME, START), verifier), WRONG);
  });
});
