// Tests the fetches of `sts-jwt/remote`: invalid responses, timeouts, Retry-After, and discovery.
import assert from 'node:assert/strict';
import test, { describe } from 'node:test';
import {
  createWorld,
  errorOf,
  good,
  HOUR,
  ISSUER,
  json,
  jwksOf,
  keepAlive,
  OLD,
  outage,
  START,
  UNAVAILABLE,
  URI,
} from '../support/remote.mjs';

keepAlive();

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

/** @type {Record<string, any>} */
const answers = {
  'status 404': [() => new Response('{}', { status: 404 }), /status 404/],
  'status 204': [() => new Response(null, { status: 204 }), /status 204/],
  'a redirect': [() => new Response(null, { status: 302, headers: { location: URI } }), /status 302/],
  'a redirect with keys': [
    () => new Response(jwksOf(OLD), { status: 302, headers: { 'content-type': 'application/json' } }),
    /status 302/,
  ],
  'a partial response': [
    () => new Response(jwksOf(OLD), { status: 206, headers: { 'content-type': 'application/json' } }),
    /status 206/,
  ],
  'a redirect whose status the browser hides': [
    () => Object.defineProperties(new Response(null), { status: { value: 0 }, type: { value: 'opaqueredirect' } }),
    /redirect/,
  ],
  HTML: [
    () => new Response('<html>', { headers: { 'content-type': 'text/html; charset=utf-8' } }),
    /content type text\/html/,
  ],
  'a content type that only resembles JSON': [() => json('', { 'content-type': 'application/jsonp' }), /content type/],
  'no content type': [() => new Response(new Uint8Array(2)), /content type/],
  'no body': [() => new Response(null, { headers: { 'content-type': 'application/json' } }), /./],
  'one MiB': [() => json(jwksOf(OLD) + ' '.repeat(1024 * 1024)), /over 262144 bytes/],
  'one MiB with a small Content-Length': [
    () => json(' '.repeat(1024 * 1024), { 'content-length': '10' }),
    /over 262144 bytes/,
  ],
  'bytes that are not UTF-8': [() => json(Buffer.from('{"keys":[],"a":"\xff"}', 'latin1')), /utf-8/i],
  'a byte order mark': [() => json(`\ufeff${jwksOf(OLD)}`), /JWK Set|JSON|expected/i],
  'JSON that is not a JWK Set': [() => json('[]'), /./],
  'a set without keys': [() => json('{"keys":[]}'), /no usable key/],
  'a set without a usable key': [() => json('{"keys":[{"kty":"oct","k":"AAAA"}]}'), /no usable key/],
  'truncated JSON': [() => json(jwksOf(OLD).slice(0, -5)), /./],
  'a network error': [() => Promise.reject(new TypeError('fetch failed')), /fetch failed/],
  'an error that fetch throws synchronously': [
    () => {
      throw new Error('no network here');
    },
    /no network here/,
  ],
};

describe('remote verifier: fetching', () => {
  for (const [name, [answer, cause]] of Object.entries(answers)) {
    test(`answers 503 with the cause for ${name} instead of keys, and keeps the current keys`, async () => {
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

  test('stops reading an endless body at the limit', async () => {
    const { response, sent, isCancelled } = endless();
    const world = createWorld({ answer: () => response() });
    assert.match((await errorOf(world.verifier.verify(good))).cause.message, /over 262144 bytes/);
    assert.ok(sent() <= 20, `${sent()} chunks`);
    assert.ok(isCancelled());
  });

  test('cancels a body that it does not need', async () => {
    const { response, isCancelled } = endless();
    const world = createWorld({ answer: () => response('text/html') });
    assert.equal(await world.say(good), UNAVAILABLE);
    assert.ok(isCancelled());
  });

  test('limits a request to 3 s by default', async (t) => {
    const { mock } = t.mock.method(AbortSignal, 'timeout');
    for (const timing of [{}, { timeout: 5 }]) await createWorld({ timing }).verifier.verify(good);
    assert.deepEqual(
      mock.calls.map((call) => call.arguments),
      [[3000], [5000]],
    );
  });

  for (const [name, answer] of Object.entries({
    'a server that does not answer': () => new Promise(() => {}),
    'a body that never arrives': () => json(new ReadableStream({ pull: () => new Promise(() => {}) })),
    'a body that arrives byte by byte': () =>
      json(
        new ReadableStream({
          pull: (to) => new Promise((resolve) => setTimeout(() => resolve(to.enqueue(Buffer.from(' '))), 20)),
        }),
      ),
  })) {
    test(`times out for ${name}`, async () => {
      const world = createWorld({ answer, timing: { timeout: 0.1 } });
      const started = Date.now();
      const error = await errorOf(world.verifier.verify(good));
      assert.deepEqual([error.code, error.cause.name], [UNAVAILABLE, 'TimeoutError']);
      assert.ok(Date.now() - started < 2000);
    });
  }

  test('accepts JSON content types, with parameters', async () => {
    for (const type of [
      'application/json',
      'application/jwk-set+json',
      'Application/JSON; charset=utf-8',
      'application/json ;a=b',
    ]) {
      const world = createWorld({ answer: () => json(jwksOf(OLD), { 'content-type': type }) });
      assert.equal(await world.say(good), 'good', type);
    }
  });

  test('requests keys and discovery documents without compression', async () => {
    const asked = [];
    const world = createWorld({ discovery: true });
    world.answer = (url, init) => {
      asked.push(init.headers['accept-encoding']);
      return documents({ issuer: ISSUER, jwks_uri: 'https://keys.example.test/jwks' })(url);
    };
    assert.equal(await world.say(good), 'good');
    assert.deepEqual(asked, ['identity', 'identity']);
  });

  const refusing = (status, after) => () => new Response('', { status, headers: { 'retry-after': after } });

  test('honours the Retry-After of a 429 or 503, in seconds or as a date, up to maxBackoff', async () => {
    const date = new Date((START + 30) * 1000).toUTCString();
    for (const [status, after, seconds] of /** @type {any[][]} */ ([
      [429, '20', 20],
      [503, '20', 20],
      [503, date, 30],
      [503, '86400', 60],
      [503, '9'.repeat(400), 60],
      [503, '0', 1],
      [503, '-5', 1],
      [503, 'soon', 1],
      [503, '', 1],
      [500, '20', 1],
    ])) {
      const world = createWorld({ answer: refusing(status, after) });
      assert.equal((await errorOf(world.verifier.verify(good))).retryAfter, seconds, `${status} ${after}`);
      world.answer = () => json(jwksOf(OLD));
      world.now += seconds - 0.1;
      assert.equal(await world.say(good), UNAVAILABLE, `${status} ${after}`);
      world.now += 0.1;
      assert.equal(await world.say(good), 'good', `${status} ${after}`);
    }
  });

  test('forgets Retry-After when the next failure has none', async () => {
    const world = createWorld({ answer: refusing(503, '40') });
    await world.say(good);
    world.now += 40;
    world.answer = outage;
    assert.equal((await errorOf(world.verifier.verify(good))).retryAfter, 2);
  });

  const documents = (configuration) => (url) => {
    if (url === `${ISSUER}/.well-known/openid-configuration`) return json(JSON.stringify(configuration));
    return url === 'https://keys.example.test/jwks' ? json(jwksOf(OLD)) : new Response('', { status: 404 });
  };

  test('needs only issuer and jwks_uri, and repeats discovery past the hard age or after a failure', async () => {
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

  test('repeats discovery if the clock is turned back by more than the hard age', async () => {
    const world = createWorld({ discovery: true });
    world.answer = documents({ issuer: ISSUER, jwks_uri: 'https://keys.example.test/jwks' });
    world.now += 7 * HOUR;
    assert.equal(await world.say(good), 'good');
    world.now = START;
    assert.equal(await world.say(good), 'good');
    assert.equal(world.requests.length, 4);
  });

  for (const [name, configuration] of Object.entries({
    'another issuer': { issuer: `${ISSUER}/`, jwks_uri: 'https://keys.example.test/jwks' },
    'no jwks_uri': { issuer: ISSUER },
    'an http jwks_uri': { issuer: ISSUER, jwks_uri: 'http://keys.example.test/jwks' },
    'a jwks_uri with a password': { issuer: ISSUER, jwks_uri: 'https://a:b@keys.example.test/jwks' },
    'null instead of an object': null,
  })) {
    test(`rejects a discovery document with ${name}`, async () => {
      const world = createWorld({ discovery: true, answer: documents(configuration) });
      const error = await errorOf(world.verifier.verify(good));
      assert.match(error.cause.message, /"issuer"/);
      assert.equal(world.requests.length, 1);
    });
  }
});
