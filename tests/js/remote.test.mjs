// `sts-jwt/remote` in Node, with a network and a clock that the tests command.
import assert from 'node:assert/strict';
import test, { afterEach, beforeEach } from 'node:test';
import { JwtError } from 'sts-jwt';
import { memoryStore } from 'sts-jwt/stores';
import { AUDIENCE, ISSUER, NEW, OLD, SAME, START, URI, createWorld, json, jwksOf, tokenOf } from './support/remote.mjs';

const HOUR = 3600;
const UNAVAILABLE = 'ERR_JWKS_UNAVAILABLE';
const UNKNOWN = 'ERR_JWKS_NO_MATCHING_KEY';
const WRONG = 'ERR_JWS_SIGNATURE_VERIFICATION_FAILED';

const good = tokenOf(OLD, START - 100, { exp: START + 1e6 });
const rotated = tokenOf(NEW, START - 100, { exp: START + 1e6 });
const sameKid = tokenOf(SAME, START - 100, { exp: START + 1e6 });
const outage = () => new Response('', { status: 500 });

// Node does not wait for the limit of a request alone.
let waiting;
beforeEach(() => (waiting = setInterval(() => {}, 1000)));
afterEach(() => clearInterval(waiting));

/** What a rejection holds. */
async function errorOf(promise) {
  const error = await promise.then(
    () => assert.fail('it was accepted'),
    (error) => error,
  );
  assert.ok(error instanceof JwtError, String(error));
  return error;
}

test('remote: a cold start fetches once, then nothing for as long as keys are fresh', async () => {
  const world = createWorld();
  const verified = await world.verifier.verify(good);
  assert.equal(verified.claims.iss, ISSUER);
  for (let i = 0; i < 100; i += 1) await world.verifier.verify(tokenOf(OLD, START));
  world.now += 299;
  await world.verifier.verify(good);
  assert.deepEqual([world.requests, world.behind], [[URI], []]);
});

test('remote: the request asks for JSON, takes no redirect and can be aborted', async () => {
  let given;
  const world = createWorld({ answer: (url, init) => ((given = init), json(jwksOf(OLD))) });
  await world.verifier.verify(good);
  assert.equal(given.redirect, 'manual');
  assert.equal(given.headers.accept, 'application/json');
  assert.ok(given.signal instanceof AbortSignal);
});

test('remote: what is refused whatever the keys are never leads to a request', async () => {
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

test('remote: over the soft age the response does not wait, and what comes behind it is there for the next', async () => {
  const world = createWorld();
  await world.verifier.verify(good);
  world.now += 301;
  let release;
  world.answer = () => new Promise((resolve) => (release = () => resolve(json(jwksOf(OLD, NEW)))));
  for (let i = 0; i < 20; i += 1) await world.verifier.verify(good);
  assert.equal(world.requests.length, 2);
  assert.equal(world.behind.length, 1);
  release();
  await world.settle();
  assert.equal(await world.say(rotated), 'good');
  assert.equal(world.requests.length, 2);
});

test("remote: a Worker's ctx is enough to go on behind the response", async () => {
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

test('remote: a waitUntil that throws, or is missing, changes nothing', async () => {
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

test('remote: the soft age is spread over a fifth', async () => {
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

test('remote: a renewal that was cut off is made up for after the interval', async () => {
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

test('remote: Cache-Control shortens the soft age, and does not lengthen it', async () => {
  for (const [header, seconds] of [
    ['public, max-age=60', 60],
    ['max-age=100000', 300],
    ['s-maxage=5', 300],
    ['x-max-age=5', 300],
  ]) {
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

test('remote: over the hard age keys are fetched first: a key that was withdrawn serves no more', async () => {
  const world = createWorld();
  await world.verifier.verify(good);
  world.now += HOUR + 1;
  world.answer = () => json(jwksOf(NEW));
  assert.equal(await world.say(good), UNKNOWN);
  assert.equal(world.requests.length, 2);
});

test('remote: an outage within the bound is not seen, and is asked for ever more seldom', async () => {
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

test('remote: beyond the bound it is 503, retryable, with the cause and when to come back; then all is well again', async () => {
  const world = createWorld();
  await world.verifier.verify(good);
  world.answer = outage;
  world.now += 86_401;
  const error = await errorOf(world.verifier.verify(good));
  const { code, status, retryable, category, issuer, jwksUri, retryAfter, cause } = error;
  assert.deepEqual(
    { code, status, retryable, category, issuer, jwksUri, retryAfter },
    { code: UNAVAILABLE, status: 503, retryable: true, category: 'unavailable', issuer: ISSUER, jwksUri: URI, retryAfter: 1 },
  );
  assert.match(cause.message, /status 500/);
  assert.equal(error.challenge(), 'Bearer');
  world.answer = () => json(jwksOf(OLD));
  assert.equal(await world.say(good), UNAVAILABLE);
  assert.equal(world.requests.length, 2);
  world.now += 1;
  assert.equal(await world.say(good), 'good');
});

test('remote: the bound is that of the configuration', async () => {
  const world = createWorld({ timing: { staleIfError: 2 * HOUR } });
  await world.verifier.verify(good);
  world.answer = outage;
  world.now += 2 * HOUR + 1;
  assert.equal(await world.say(good), UNAVAILABLE);
});

test('remote: while it pauses after failures nothing is fetched, and the error has the last cause', async () => {
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

test('remote: a rotation with overlap is never seen', async () => {
  const world = createWorld();
  await world.verifier.verify(good);
  world.answer = () => json(jwksOf(OLD, NEW));
  world.now += 301;
  await world.verifier.verify(good);
  await world.settle();
  assert.deepEqual([await world.say(good), await world.say(rotated)], ['good', 'good']);
  assert.equal(world.requests.length, 2);
});

test('remote: a rotation without overlap costs one request', async () => {
  const world = createWorld();
  await world.verifier.verify(good);
  world.now += 60;
  world.answer = () => json(jwksOf(NEW));
  assert.equal(await world.say(rotated), 'good');
  assert.equal(await world.say(good), UNKNOWN);
  assert.equal(world.requests.length, 2);
});

test('remote: another key under the same kid costs one request, and the old one serves no more', async () => {
  const world = createWorld();
  await world.verifier.verify(good);
  world.now += 60;
  world.answer = () => json(jwksOf(SAME));
  assert.equal(await world.say(sameKid), 'good');
  assert.equal(world.requests.length, 2);
  world.now += 10;
  assert.equal(await world.say(good), WRONG);
});

test('remote: a failed renewal leaves the 401 of the token as it is', async () => {
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

test('remote: 10 000 random kids in a minute lead to at most six requests', async () => {
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

test('remote: nobody waits for the fetch of another request that never ends', async () => {
  const world = createWorld({ timing: { timeout: 0.2 } });
  let calls = 0;
  world.answer = () => (calls++ === 0 ? new Promise(() => {}) : json(jwksOf(OLD)));
  const first = world.say(good);
  assert.equal(await world.say(good), 'good');
  // The first one ends by its own limit; by then there are keys.
  assert.equal(await first, 'good');
  assert.equal(world.requests.length, 2);
});

test('remote: a request that was aborted makes nobody pause', async () => {
  const world = createWorld();
  world.answer = () => Promise.reject(new DOMException('The operation was aborted', 'AbortError'));
  const error = await errorOf(world.verifier.verify(good));
  assert.deepEqual([error.code, error.cause.name], [UNAVAILABLE, 'AbortError']);
  world.answer = () => json(jwksOf(OLD));
  assert.equal(await world.say(good), 'good');
});

for (const [store, most] of [
  [undefined, 100],
  [memoryStore(), 1],
]) {
  test(`remote: 100 cold requests lead to at most ${most}, ${store ? 'with a store that takes turns' : 'each for itself'}`, async () => {
    const world = createWorld(store ? { store } : {});
    world.answer = () => new Promise((resolve) => setTimeout(resolve, 20, json(jwksOf(OLD))));
    const said = await Promise.all(Array.from({ length: 100 }, () => world.say(good)));
    assert.deepEqual(new Set(said), new Set(['good']));
    assert.ok(world.requests.length <= most, `${world.requests.length} requests`);
  });
}

test('remote: of 100 cold requests in an outage all say so, and the pause is that of one failure', async () => {
  for (const store of [undefined, memoryStore()]) {
    const world = createWorld({ answer: outage, ...(store && { store }) });
    const errors = await Promise.all(Array.from({ length: 100 }, () => errorOf(world.verifier.verify(good))));
    for (const { code, retryAfter, cause } of errors) {
      assert.deepEqual([code, retryAfter, cause.message], [UNAVAILABLE, 1, 'status 500']);
    }
    if (store) assert.equal(world.requests.length, 1);
  }
});

test('remote: the cause is what went wrong itself, with and without a store that takes turns', async () => {
  for (const store of [undefined, memoryStore()]) {
    const failure = new TypeError('fetch failed');
    const world = createWorld({ answer: () => Promise.reject(failure), ...(store && { store }) });
    assert.equal((await errorOf(world.verifier.verify(good))).cause, failure);
  }
});

test('remote: isolates that share a store that takes turns share a failure, too', async () => {
  const world = createWorld({ answer: outage, store: memoryStore() });
  const isolates = Array.from({ length: 20 }, () => world.isolate());
  const said = await Promise.all(isolates.map((verifier) => world.say(good, verifier)));
  assert.deepEqual(new Set(said), new Set([UNAVAILABLE]));
  assert.equal(world.requests.length, 1);
  world.answer = () => json(jwksOf(OLD));
  world.now += 1;
  assert.equal(await world.say(good), 'good', 'but not for ever');
});

test('remote: a store in memory keeps the issuers apart', async () => {
  const store = memoryStore();
  void store.load('https://a.example.test', 0, () => new Promise(() => {}));
  const keys = { jwks: 'b', fetchedAt: 1 };
  assert.deepEqual(await store.load('https://b.example.test', 0, async () => keys), keys);
  assert.equal(await store.get('https://a.example.test'), undefined);
});

test('remote: where the first in turn is aborted, the next one fetches', async () => {
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

const endless = () => {
  let sent = 0;
  let cancelled = false;
  const body = new ReadableStream({
    pull(controller) {
      sent += 1;
      controller.enqueue(new Uint8Array(16 * 1024).fill(0x20));
    },
    cancel: () => void (cancelled = true),
  });
  const response = (type = 'application/json') => new Response(body, { headers: { 'content-type': type } });
  return { response, sent: () => sent, isCancelled: () => cancelled };
};

const answers = {
  'a status': [() => new Response('{}', { status: 404 }), /status 404/],
  'another status than 200': [() => new Response(null, { status: 204 }), /status 204/],
  'a redirect': [() => new Response(null, { status: 302, headers: { location: URI } }), /status 302/],
  'a redirect with keys': [() => new Response(jwksOf(OLD), { status: 302, headers: { 'content-type': 'application/json' } }), /status 302/],
  'a part': [() => new Response(jwksOf(OLD), { status: 206, headers: { 'content-type': 'application/json' } }), /status 206/],
  'a redirect that a browser hides': [
    () => Object.defineProperties(new Response(null), { status: { value: 0 }, type: { value: 'opaqueredirect' } }),
    /redirect/,
  ],
  HTML: [() => new Response('<html>', { headers: { 'content-type': 'text/html; charset=utf-8' } }), /content type text\/html/],
  'JSON of another kind': [() => json('', { 'content-type': 'application/jsonp' }), /content type/],
  'no content type': [() => new Response(new Uint8Array(2)), /content type/],
  'no body': [() => new Response(null, { headers: { 'content-type': 'application/json' } }), /./],
  'one MB': [() => json(jwksOf(OLD) + ' '.repeat(1024 * 1024)), /over 262144 bytes/],
  'one MB that says it is small': [() => json(' '.repeat(1024 * 1024), { 'content-length': '10' }), /over 262144 bytes/],
  'bytes that are no UTF-8': [() => json(Buffer.from('{"keys":[],"a":"\xff"}', 'latin1')), /utf-8/i],
  'a byte order mark': [() => json(`\ufeff${jwksOf(OLD)}`), /JWK Set|JSON|expected/i],
  'what is no JWK Set': [() => json('[]'), /./],
  'cut off JSON': [() => json(jwksOf(OLD).slice(0, -5)), /./],
  'a network error': [() => Promise.reject(new TypeError('fetch failed')), /fetch failed/],
  'what is thrown at once': [
    () => {
      throw new Error('no network here');
    },
    /no network here/,
  ],
};

for (const [name, [answer, cause]] of Object.entries(answers)) {
  test(`remote: ${name} instead of keys is 503 with the cause, and keys at hand stay`, async () => {
    const world = createWorld({ answer });
    const error = await errorOf(world.verifier.verify(good));
    assert.deepEqual([error.code, error.status, error.retryable], [UNAVAILABLE, 503, true]);
    assert.match(error.cause.message, cause);
    assert.ok(error.message.includes(error.cause.message));
    world.answer = () => json(jwksOf(OLD));
    world.now += 1;
    assert.equal(await world.say(good), 'good');
    world.answer = answer;
    world.now += HOUR + 1;
    assert.equal(await world.say(good), 'good');
  });
}

test('remote: of a body without end no more is read than allowed', async () => {
  const { response, sent, isCancelled } = endless();
  const world = createWorld({ answer: () => response() });
  assert.match((await errorOf(world.verifier.verify(good))).cause.message, /over 262144 bytes/);
  assert.ok(sent() <= 20, `${sent()} chunks`);
  assert.ok(isCancelled());
});

test('remote: a body that is not wanted is not left open', async () => {
  const { response, isCancelled } = endless();
  const world = createWorld({ answer: () => response('text/html') });
  assert.equal(await world.say(good), UNAVAILABLE);
  assert.ok(isCancelled());
});

test('remote: the limit of a request is 3 s, unless it is given', async (t) => {
  const { mock } = t.mock.method(AbortSignal, 'timeout');
  for (const timing of [{}, { timeout: 5 }]) await createWorld({ timing }).verifier.verify(good);
  assert.deepEqual(mock.calls.map((call) => call.arguments), [[3000], [5000]]);
});

for (const [name, answer] of Object.entries({
  'a server that does not answer': () => new Promise(() => {}),
  'a body that does not come': () => json(new ReadableStream({ pull: () => new Promise(() => {}) })),
  'a body that drips': () =>
    json(new ReadableStream({ pull: (to) => new Promise((resolve) => setTimeout(() => resolve(to.enqueue(Buffer.from(' '))), 20)) })),
})) {
  test(`remote: ${name} is given up in time`, async () => {
    const world = createWorld({ answer, timing: { timeout: 0.1 } });
    const started = Date.now();
    const error = await errorOf(world.verifier.verify(good));
    assert.deepEqual([error.code, error.cause.name], [UNAVAILABLE, 'TimeoutError']);
    assert.ok(Date.now() - started < 2000);
  });
}

test('remote: content types of JSON, with parameters', async () => {
  for (const type of ['application/json', 'application/jwk-set+json', 'Application/JSON; charset=utf-8', 'application/json ;a=b']) {
    const world = createWorld({ answer: () => json(jwksOf(OLD), { 'content-type': type }) });
    assert.equal(await world.say(good), 'good', type);
  }
});

test('remote: a clock that is a minute ahead or behind harms nobody', async () => {
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

test('remote: a clock that was turned back leads to one request, and rotation goes on', async () => {
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

test('remote: what a store holds serves other isolates at once', async () => {
  const world = createWorld({ store: memoryStore() });
  await world.verifier.verify(good);
  await world.settle();
  world.now += 200;
  assert.equal(await world.say(good, world.isolate()), 'good');
  assert.equal(world.requests.length, 1);
});

/** A store of nothing but what every store must have. */
function plainStore() {
  const { get, put } = memoryStore();
  return { get, put };
}

test('remote: a store need not know of turns', async () => {
  const world = createWorld({ store: plainStore() });
  await world.verifier.verify(good);
  assert.equal(world.behind.length, 1, 'the response does not wait for it');
  await world.settle();
  const other = world.isolate();
  assert.equal(await world.say(good, other), 'good');
  assert.equal(world.requests.length, 1);
  world.now += 301;
  for (const verifier of [world.verifier, other]) {
    await verifier.verify(good);
    await world.settle();
  }
  assert.equal(world.requests.length, 2, 'a renewal asks it first');
});

test('remote: what was slow and overtaken changes neither the keys nor the store', async () => {
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

test('remote: keys of the store that are too old serve only where no others can be had', async () => {
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

test('remote: before anybody fetches again, the store is asked for what others fetched', async () => {
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
  'throws when it lets load': { ...memoryStore(), load: throwing },
  'rejects when it lets load': { ...memoryStore(), load: rejecting },
  'hangs when it lets load': { ...memoryStore(), load: hanging },
  'lets load and gives nothing': { ...memoryStore(), load: async () => undefined },
  'lets load and gives nonsense': { ...memoryStore(), load: async () => ({ jwks: 5 }) },
  'holds null': holding(null),
  'holds a text': holding('keys'),
  'holds no time': holding({ jwks: jwksOf(OLD) }),
  'holds no keys': holding({ fetchedAt: START }),
  'holds a time of the future': stored({ fetchedAt: START + 1000 }),
  'holds cut off keys': stored({ jwks: jwksOf(OLD).slice(0, -5) }),
  'holds keys of too many bytes': stored({ jwks: ' '.repeat(300_000) }),
})) {
  test(`remote: a store that ${name} is as none`, async () => {
    const world = createWorld({ store, timing: { timeout: 0.1 } });
    assert.equal(await world.say(good), 'good');
    assert.equal(world.requests.length, 1);
    await world.settle();
    world.now += 60;
    world.answer = () => json(jwksOf(NEW));
    assert.equal(await world.say(rotated), 'good');
  });
}

test('remote: nonsense beside the keys of a store does not make them last', async () => {
  const world = createWorld({ store: stored({ maxAge: 'x' }) });
  assert.equal(await world.say(good), 'good');
  assert.equal(world.requests.length, 0);
  world.now += 300;
  await world.verifier.verify(good);
  await world.settle();
  assert.equal(world.requests.length, 1);
});

const documents = (configuration) => (url) => {
  if (url === `${ISSUER}/.well-known/openid-configuration`) return json(JSON.stringify(configuration));
  return url === 'https://keys.example.test/jwks' ? json(jwksOf(OLD)) : new Response('', { status: 404 });
};

test('remote: discovery needs only issuer and jwks_uri, and is done again after the hard age or a failure', async () => {
  const world = createWorld({ discovery: true });
  world.answer = documents({ issuer: ISSUER, jwks_uri: 'https://keys.example.test/jwks' });
  assert.equal(await world.say(good), 'good');
  const both = [`${ISSUER}/.well-known/openid-configuration`, 'https://keys.example.test/jwks'];
  assert.deepEqual(world.requests.splice(0), both);
  world.now += 301;
  await world.verifier.verify(good);
  await world.settle();
  assert.deepEqual(world.requests.splice(0), both.slice(1));
  world.now += HOUR + 1;
  await world.verifier.verify(good);
  assert.deepEqual(world.requests.splice(0), both);
  world.answer = outage;
  world.now += 301;
  await world.verifier.verify(good);
  await world.settle();
  world.answer = documents({ issuer: ISSUER, jwks_uri: 'https://keys.example.test/jwks' });
  world.now += 10;
  await world.verifier.verify(good);
  await world.settle();
  assert.deepEqual(world.requests.splice(0), [both[1], ...both]);
});

for (const [name, configuration] of Object.entries({
  'another issuer': { issuer: `${ISSUER}/`, jwks_uri: 'https://keys.example.test/jwks' },
  'no jwks_uri': { issuer: ISSUER },
  'a jwks_uri by http': { issuer: ISSUER, jwks_uri: 'http://keys.example.test/jwks' },
  'a jwks_uri with a password': { issuer: ISSUER, jwks_uri: 'https://a:b@keys.example.test/jwks' },
  nothing: null,
})) {
  test(`remote: discovery refuses a configuration of ${name}`, async () => {
    const world = createWorld({ discovery: true, answer: documents(configuration) });
    const error = await errorOf(world.verifier.verify(good));
    assert.match(error.cause.message, /"issuer"/);
    assert.equal(world.requests.length, 1);
  });
}

test('remote: keys of the configuration, and of a snapshot, are there at once; a snapshot has its age', async () => {
  const world = createWorld({ jwks: jwksOf(OLD), answer: outage });
  assert.equal(await world.say(good), 'good');
  assert.equal(world.requests.length, 1, 'of the configuration nobody knows the age');
  const source = createWorld();
  await source.verifier.verify(good);
  const snapshot = JSON.parse(JSON.stringify(source.verifier.snapshot()));
  const restored = createWorld({ answer: outage });
  restored.now += 200;
  restored.verifier.restore(snapshot);
  assert.equal(await restored.say(good), 'good');
  assert.equal(restored.requests.length, 0);
  restored.now += 101;
  assert.equal(await restored.say(good), 'good');
  assert.equal(restored.requests.length, 1);
  assert.equal(restored.verifier.explain(good).verdict, 'accepted');
});

test('remote: an older snapshot changes nothing; after one of the future rotation goes on', async () => {
  const world = createWorld();
  await world.verifier.verify(good);
  const older = world.verifier.snapshot();
  world.now += 7 * HOUR;
  await world.verifier.verify(good);
  world.verifier.restore(older);
  await world.verifier.verify(good);
  assert.equal(world.requests.length, 2);
  const restored = createWorld({ answer: () => json(jwksOf(NEW)) });
  restored.now = world.now;
  restored.verifier.restore(world.verifier.snapshot());
  restored.now = START;
  assert.equal(await restored.say(rotated), 'good');
});

test('remote: each issuer has its own keys, budget and pause', async () => {
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

const misconfigured = {
  'an issuer with a slash at its end': [{ issuer: `${ISSUER}/` }, /"issuer"/],
  'an issuer with a path': [{ issuer: `${ISSUER}/.well-known/jwks.json` }, /"issuer"/],
  'an issuer by http': [{ issuer: ISSUER.replace('https', 'http') }, /"issuer"/],
  'a jwksUri by http': [{ jwksUri: 'http://keys.example.test/' }, /"jwksUri"/],
  'an empty audience': [{ audience: '' }, /"audience"/],
  'no audience at all': [{ audience: [] }, /"audience"/],
  'the same issuer twice': [
    { issuers: Array(2).fill({ issuer: ISSUER, audience: AUDIENCE }) },
    /"issuers"/,
  ],
  'an unknown option': [{ cooldown: 5 }, /cooldown/],
  'an unknown time': [{ timing: { ttl: 5 } }, /"timing\.ttl"/],
  'a negative time': [{ timing: { softAge: -1 } }, /"timing\.softAge"/],
  'a time in milliseconds': [{ timing: { softAge: 300_000 } }, /"timing\.softAge"/],
  'no time at all': [{ timing: { timeout: 0 } }, /"timing\.timeout"/],
  'too long a time': [{ timing: { timeout: 31 } }, /"timing\.timeout"/],
  'a time that is no number': [{ timing: { timeout: '3' } }, /"timing\.timeout"/],
  'a time that is NaN': [{ timing: { backoff: NaN } }, /"timing\.backoff"/],
  'ages in the wrong order': [{ timing: { softAge: 600, hardAge: 300 } }, /softAge <= hardAge/],
  'a bound below the hard age': [{ timing: { staleIfError: 60 } }, /softAge <= hardAge <= staleIfError/],
  'pauses in the wrong order': [{ timing: { backoff: 30, maxBackoff: 10 } }, /backoff <= maxBackoff/],
  maxKeyAge: [{ maxKeyAge: 60 }, /"maxKeyAge"/],
  'a fetch that is none': [{ fetch: 'https://keys.example.test' }, /"fetch"/],
  'a clock that is none': [{ clock: START }, /"clock"/],
  'a store that is none': [{ store: {} }, /"store"/],
  'a store that keeps nothing': [{ store: { get() {} } }, /"store"/],
  'a store that gives nothing': [{ store: { put() {} } }, /"store"/],
  'discovery beside jwksUri': [{ discovery: true, jwksUri: URI }, /"discovery"/],
  'discovery that is no boolean': [{ discovery: 'yes' }, /"discovery"/],
};

for (const [name, [change, message]] of Object.entries(misconfigured)) {
  test(`remote: refuses ${name} at construction`, () => {
    assert.throws(() => createWorld(change), { code: 'ERR_OPTIONS_INVALID', message });
  });
}

test('remote: refuses what is no configuration', async () => {
  const { createRemoteVerifier } = await import('sts-jwt/remote');
  for (const config of [undefined, null, 'x', {}, { issuers: [] }, { issuers: 5 }, { issuers: [null] }]) {
    assert.throws(() => createRemoteVerifier(config), { code: 'ERR_OPTIONS_INVALID' });
  }
});
