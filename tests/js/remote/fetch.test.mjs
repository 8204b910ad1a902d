// Tests the fetches of `sts-jwt/remote`: invalid responses, timeouts, Retry-After, and discovery.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import test, { describe } from 'node:test';
import { promisify } from 'node:util';
import { memoryStore } from 'sts-jwt/stores';
import { PROJECT } from '../support/paths.mjs';
import {
  AUDIENCE,
  createWorld,
  errorOf,
  good,
  HOUR,
  ISSUER,
  json,
  jwksOf,
  OLD,
  outage,
  START,
  UNAVAILABLE,
  URI,
} from '../support/remote.mjs';

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

const DOCUMENT = `${ISSUER}/.well-known/openid-configuration`;

/** Returns an error like the errors of `fetch` in Node, which state the reason only in `cause`. */
const failed = (...causes) => {
  const [first, ...others] = causes;
  return new TypeError('fetch failed', { cause: others.length > 0 ? new AggregateError(causes) : first });
};
const coded = (code, message) => Object.assign(new Error(message), { code });

/**
 * Responses without usable keys: the response, the kind of the error, and a pattern for its message.
 *
 * @type {Record<string, any>}
 */
const answers = {
  'status 404': [() => new Response('{}', { status: 404 }), 'status', /status 404; check "jwksUri" and "discovery"$/],
  'status 204': [() => new Response(null, { status: 204 }), 'status', /status 204; check "jwksUri"/],
  'a partial response': [
    () => new Response(jwksOf(OLD), { status: 206, headers: { 'content-type': 'application/json' } }),
    'status',
    /status 206/,
  ],
  'an outage': [outage, 'status', /status 500$/],
  'an error of Cloudflare for a Worker that fetches itself': [
    () => new Response('error code: 1042', { status: 404 }),
    'status',
    /status 404 \(error 1042\); a Worker cannot fetch itself: use a service binding or global_fetch_strictly_public$/,
  ],
  'a redirect': [
    () => new Response(null, { status: 302, headers: { location: `${URI}/moved` } }),
    'redirect',
    new RegExp(`status 302, redirect not followed: to ${URI}/moved; set "jwksUri"$`),
  ],
  'a redirect with keys': [
    () => new Response(jwksOf(OLD), { status: 302, headers: { 'content-type': 'application/json', location: '/k' } }),
    'redirect',
    /status 302, redirect not followed: to \/k;/,
  ],
  'a redirect with a status that the browser hides': [
    () => Object.defineProperties(new Response(null), { status: { value: 0 }, type: { value: 'opaqueredirect' } }),
    'redirect',
    /status 0, redirect not followed: to \(hidden\)/,
  ],
  HTML: [
    () => new Response('<html>', { headers: { 'content-type': 'text/html; charset=utf-8' } }),
    'content_type',
    /content type text\/html; charset=utf-8; serve application\/json, or rewrite the header in `fetch`$/,
  ],
  'a content type that only resembles JSON': [
    () => json('', { 'content-type': 'application/jsonp' }),
    'content_type',
    /content type application\/jsonp;/,
  ],
  'no content type': [() => new Response(new Uint8Array(2)), 'content_type', /content type \(none\);/],
  'no body': [
    () => new Response(null, { headers: { 'content-type': 'application/json' } }),
    'body',
    /the response has no body$/,
  ],
  'no body and no content type': [() => new Response(null), 'body', /the response has no body$/],
  'an empty body': [() => json(''), 'body', /the response has no body$/],
  'one MB': [() => json(jwksOf(OLD) + ' '.repeat(1024 * 1024)), 'too_large', /over 262144 bytes$/],
  'one MB with a small Content-Length': [
    () => json(' '.repeat(1024 * 1024), { 'content-length': '10' }),
    'too_large',
    /over 262144 bytes$/,
  ],
  'bytes that are not UTF-8': [
    () => json(Buffer.from('{"keys":[],"a":"\xff"}', 'latin1')),
    'body',
    /the body is not UTF-8$/,
  ],
  'a byte order mark': [() => json(`\ufeff${jwksOf(OLD)}`), 'jwks', /JWK Set|JSON|expected/i],
  'JSON that is not a JWK Set': [() => json('[]'), 'jwks', /./],
  'a set without keys': [() => json('{"keys":[]}'), 'jwks', /the JWK Set has no usable key$/],
  'a set without a usable key': [() => json('{"keys":[{"kty":"oct","k":"AAAA"}]}'), 'jwks', /no usable key$/],
  'cut off JSON': [() => json(jwksOf(OLD).slice(0, -5)), 'jwks', /./],
  'a network error': [
    () => Promise.reject(failed()),
    'network',
    /: fetch failed; check that the server can be reached/,
  ],
  'a name without an address': [
    () => Promise.reject(failed(coded('ENOTFOUND', 'getaddrinfo ENOTFOUND keys.example.test'))),
    'network',
    /: getaddrinfo ENOTFOUND keys\.example\.test; check the host name$/,
  ],
  'a refused connection': [
    () => Promise.reject(failed(coded('ECONNREFUSED', 'connect ECONNREFUSED ::1:1'), coded('ECONNREFUSED', 'x'))),
    'network',
    /: connect ECONNREFUSED ::1:1; check that the server runs$/,
  ],
  'a certificate that is not trusted': [
    () => Promise.reject(failed(coded('DEPTH_ZERO_SELF_SIGNED_CERT', 'self-signed certificate'))),
    'network',
    /: self-signed certificate \(DEPTH_ZERO_SELF_SIGNED_CERT\); check the server's certificate$/,
  ],
  'an error that fetch throws synchronously': [
    () => {
      throw new Error('no network here');
    },
    'network',
    /: no network here; check/,
  ],
  'an error without a message': [() => Promise.reject(coded('ECONNRESET', '')), 'network', /ECONNRESET/],
  'an error that is its own cause': [
    () => {
      const error = new Error('round');
      error.cause = error;
      throw error;
    },
    'network',
    /: round; check/,
  ],
  'no response': [() => undefined, 'network', /./],
};

describe('remote verifier: fetching', () => {
  const documents = (configuration) => (url) => {
    if (url === `${ISSUER}/.well-known/openid-configuration`) return json(JSON.stringify(configuration));
    return url === 'https://keys.example.test/jwks' ? json(jwksOf(OLD)) : new Response('', { status: 404 });
  };

  for (const [name, [answer, kind, message]] of Object.entries(answers)) {
    test(`answers 503 for ${name}, with kind, URL and cause, and keeps the current keys`, async () => {
      const world = createWorld({ answer });
      const error = await errorOf(world.verifier.verify(good));
      assert.deepEqual([error.code, error.status, error.retryable], [UNAVAILABLE, 503, true]);
      assert.deepEqual([error.kind, error.jwksUri, error.issuer], [kind, URI, ISSUER]);
      assert.match(error.message, message);
      assert.ok(error.message.startsWith(`the keys of ${ISSUER} cannot be fetched from ${URI}: `), error.message);
      assert.ok(error.cause instanceof Error);
      const later = await errorOf(world.verifier.verify(good));
      assert.deepEqual([later.kind, later.jwksUri, later.message], [kind, URI, error.message]);
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

  test('stops reading endless empty chunks, so that other work continues', async () => {
    const body = new ReadableStream({ pull: (controller) => controller.enqueue(new Uint8Array(0)) });
    const script = `
      import { createRemoteVerifier } from 'sts-jwt/remote';
      const body = new ReadableStream({ pull: (controller) => controller.enqueue(new Uint8Array(0)) });
      const fetch = async () => new Response(body, { headers: { 'content-type': 'application/json' } });
      const verifier = createRemoteVerifier({ issuer: '${ISSUER}', audience: '${AUDIENCE}', fetch, timing: { timeout: 0.5 } });
      const { kind } = await verifier.verify('${good}').catch((error) => error);
      console.log(kind);
    `;
    await body.cancel();
    const options = { cwd: PROJECT, timeout: 20_000 };
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script], options);
    assert.match(stdout, /^(too_large|timeout)$/m);
  });

  test('counts a chunk of a body as at least 64 bytes', async () => {
    const bodyOf = (count) => {
      const chunks = [jwksOf(OLD), ...Array.from({ length: count }, () => ' ')].map((text) => Buffer.from(text));
      const body = new ReadableStream({
        pull: (controller) => (chunks.length ? controller.enqueue(chunks.shift()) : controller.close()),
      });
      return new Response(body, { headers: { 'content-type': 'application/json' } });
    };
    assert.equal(await createWorld({ answer: () => bodyOf(1000) }).say(good), 'good');
    const error = await errorOf(createWorld({ answer: () => bodyOf(5000) }).verifier.verify(good));
    assert.equal(error.kind, 'too_large');
  });

  test('rejects a response if fetch followed a redirect to get it', async () => {
    const answer = () => Object.defineProperty(json(jwksOf(OLD)), 'redirected', { value: true });
    const error = await errorOf(createWorld({ answer }).verifier.verify(good));
    assert.deepEqual([error.kind, error.jwksUri], ['redirect', URI]);
    assert.match(error.message, /status 200, redirect not followed: to \(hidden\); set "jwksUri"$/);
  });

  test('ignores an inherited member "wait" of a failure, and a Retry-After that is not a string', async () => {
    const inherited = /** @type {any} */ (Object.prototype);
    for (const wait of [
      '3600',
      Symbol('wait'),
      {
        toString() {
          throw new Error('odd');
        },
      },
    ]) {
      const world = createWorld({ answer: () => Promise.reject(new TypeError('fetch failed')) });
      Object.defineProperty(inherited, 'wait', { value: wait, configurable: true, writable: true });
      const error = await errorOf(world.verifier.verify(good)).finally(() => delete inherited.wait);
      assert.deepEqual([error.kind, error.retryAfter], ['network', 1]);
      const headers = new Map(Object.entries({ 'content-type': 'application/json', 'retry-after': wait }));
      const odd = createWorld({ answer: () => ({ status: 503, body: null, headers }) });
      assert.equal((await errorOf(odd.verifier.verify(good))).retryAfter, wait === '3600' ? 60 : 1);
    }
  });

  test('shows at most 200 characters of a text from a server or store, and no control or format characters', async () => {
    const nasty = `x\n\u001b[31m\u202e${'y'.repeat(1000)}`;
    const found = new RegExp('y'.repeat(201));
    const store = {
      get: async () => undefined,
      put: async () => {},
      load: async () => ({ problem: nasty, kind: 'status' }),
    };
    const headers = (/** @type {object} */ given) =>
      new Map(Object.entries({ 'content-type': 'application/json', ...given }));
    for (const options of /** @type {any[]} */ ([
      { discovery: true, answer: documents({ issuer: nasty }) },
      { discovery: true, answer: documents({ issuer: ISSUER, jwks_uri: nasty }) },
      { discovery: true, answer: () => json(nasty) },
      { answer: () => ({ status: 302, body: null, headers: headers({ location: nasty }) }) },
      { answer: () => ({ status: 200, body: new Response('x').body, headers: headers({ 'content-type': nasty }) }) },
      { store },
    ])) {
      const { message } = await errorOf(createWorld(options).verifier.verify(good));
      assert.doesNotMatch(message, /[\p{Cc}\p{Cf}]/u);
      assert.doesNotMatch(message, found);
    }
  });

  test('normalizes a jwks_uri, and rejects one with more than 2048 characters', async () => {
    const named = async (/** @type {string} */ uri) => {
      const world = createWorld({ discovery: true });
      world.answer = (url) => (url === DOCUMENT ? json(JSON.stringify({ issuer: ISSUER, jwks_uri: uri })) : outage());
      return errorOf(world.verifier.verify(good));
    };
    assert.equal((await named(' https://KEYS.example.test:443/a\n/../b')).jwksUri, 'https://keys.example.test/b');
    const error = await named(`https://keys.example.test/${'a'.repeat(2048)}`);
    assert.deepEqual([error.kind, error.jwksUri], ['discovery', DOCUMENT]);
    assert.ok(error.message.length < 600, `${error.message.length} characters`);
  });

  test('cancels a body that it does not need', async () => {
    const { response, isCancelled } = endless();
    const world = createWorld({ answer: () => response('text/html') });
    assert.equal(await world.say(good), UNAVAILABLE);
    assert.ok(isCancelled());
  });

  test('limits a request to 3 s by default', async (t) => {
    const { mock } = t.mock.method(globalThis, 'setTimeout');
    for (const timing of [{}, { timeout: 5 }]) await createWorld({ timing }).verifier.verify(good);
    assert.deepEqual(
      mock.calls.map((call) => call.arguments[1]),
      [3000, 5000],
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
      assert.deepEqual([error.code, error.kind, error.jwksUri], [UNAVAILABLE, 'timeout', URI]);
      assert.equal(error.cause.name, 'TimeoutError');
      assert.match(error.message, /: no answer within 0\.1 seconds; check the server or "timing\.timeout"$/);
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

  test('forgets Retry-After if the next failure has no Retry-After', async () => {
    const world = createWorld({ answer: refusing(503, '40') });
    await world.say(good);
    world.now += 40;
    world.answer = outage;
    assert.equal((await errorOf(world.verifier.verify(good))).retryAfter, 2);
  });

  test('needs only two members of a discovery document, and repeats discovery after the hard age or a failure', async () => {
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

  test('reports the status even if the body never arrives', async () => {
    const body = new ReadableStream({ pull: () => new Promise(() => {}) });
    const world = createWorld({ answer: () => new Response(body, { status: 404 }), timing: { timeout: 0.2 } });
    assert.equal((await errorOf(world.verifier.verify(good))).kind, 'status');
  });

  test('reports a fetch that was aborted', async () => {
    const world = createWorld({ answer: () => Promise.reject(new DOMException('stopped', 'AbortError')) });
    const error = await errorOf(world.verifier.verify(good));
    assert.deepEqual([error.kind, error.jwksUri], ['aborted', URI]);
  });

  test('reports the URL of the failed request', async () => {
    const KEYS = 'https://keys.example.test/jwks';
    for (const [options, answer, asked] of /** @type {any[][]} */ ([
      [{ jwksUri: KEYS }, outage, KEYS],
      [{ jwksUri: new URL(KEYS) }, outage, KEYS],
      [{ discovery: true }, outage, DOCUMENT],
      [{ discovery: true }, documents({ issuer: 'https://a.example.test', jwks_uri: KEYS }), DOCUMENT],
      [
        { discovery: true },
        (url) => (url === DOCUMENT ? json(JSON.stringify({ issuer: ISSUER, jwks_uri: KEYS })) : outage()),
        KEYS,
      ],
    ])) {
      for (const store of [undefined, memoryStore()]) {
        const world = createWorld({ ...options, answer, ...(store && { store }) });
        const errors = await Promise.all([1, 2, 3].map(() => errorOf(world.verifier.verify(good))));
        errors.push(await errorOf(world.verifier.verify(good)));
        for (const error of errors) assert.equal(error.jwksUri, asked);
        assert.ok(world.requests.includes(asked));
      }
    }
  });

  test('reports the kind of a failed fetch to all waiting requests', async () => {
    const world = createWorld({ answer: () => new Response('{}', { status: 404 }), store: memoryStore() });
    const isolates = [world.isolate(), world.isolate()];
    const errors = await Promise.all(isolates.map((verifier) => errorOf(verifier.verify(good))));
    assert.deepEqual(
      errors.map(({ kind, jwksUri }) => [kind, jwksUri]),
      [
        ['status', URI],
        ['status', URI],
      ],
    );
    assert.equal(errors[0].message, errors[1].message);
  });

  for (const [name, [document, message]] of Object.entries({
    'another issuer': [
      { issuer: `${ISSUER}/`, jwks_uri: 'https://keys.example.test/jwks' },
      `"issuer" of the discovery document is "${ISSUER}/", not "${ISSUER}"; configure the issuer that it names`,
    ],
    'no jwks_uri': [{ issuer: ISSUER }, '"jwks_uri" of the discovery document is undefined, not an https URL'],
    'a jwks_uri with http': [
      { issuer: ISSUER, jwks_uri: 'http://keys.example.test/jwks' },
      '"jwks_uri" of the discovery document is "http://keys.example.test/jwks", not an https URL; set "jwksUri"',
    ],
    'a jwks_uri with a password': [
      { issuer: ISSUER, jwks_uri: 'https://a:b@keys.example.test/jwks' },
      '"jwks_uri" of the discovery document',
    ],
    'a jwks_uri that is not a string': [
      { issuer: ISSUER, jwks_uri: [5] },
      'discovery document is [5], not an https URL',
    ],
    nothing: [null, `"issuer" of the discovery document is undefined, not "${ISSUER}"`],
  })) {
    test(`rejects a discovery document with ${name}`, async () => {
      const world = createWorld({ discovery: true, answer: documents(document) });
      const error = await errorOf(world.verifier.verify(good));
      assert.deepEqual([error.kind, error.jwksUri], ['discovery', DOCUMENT]);
      assert.ok(error.message.includes(message), error.message);
      assert.equal(world.requests.length, 1);
    });
  }

  test('allows http on this machine only if allowLoopbackHttp is true', async () => {
    const answer = documents({ issuer: ISSUER, jwks_uri: 'http://localhost:1/keys' });
    for (const allowLoopbackHttp of /** @type {any[]} */ (['false', 'true', 1, {}])) {
      const verify = async () => createWorld({ discovery: true, answer, allowLoopbackHttp }).verifier.verify(good);
      const { code, kind } = await errorOf(verify());
      assert.ok(code === 'ERR_OPTIONS_INVALID' || kind === 'discovery', `${allowLoopbackHttp}: ${code}, ${kind}`);
    }
    const { jwksUri } = await errorOf(
      createWorld({ discovery: true, answer, allowLoopbackHttp: true }).verifier.verify(good),
    );
    assert.equal(jwksUri, 'http://localhost:1/keys');
  });

  test('rejects a discovery document that is not JSON, or is nested too deeply to be shown', async () => {
    for (const text of ['<html>', `{"issuer":${'['.repeat(9e4)}${']'.repeat(9e4)}}`]) {
      const world = createWorld({ discovery: true, answer: () => json(text) });
      const error = await errorOf(world.verifier.verify(good));
      assert.deepEqual([error.kind, error.jwksUri], ['discovery', DOCUMENT]);
    }
  });

  test('keeps Node running until the timeout of a fetch that never answers', async () => {
    const config = { issuer: ISSUER, audience: AUDIENCE, timing: { timeout: 0.3 } };
    const program = `
      import { createRemoteVerifier } from 'sts-jwt/remote';
      const config = { ...${JSON.stringify(config)}, clock: () => ${START}, fetch: () => new Promise(() => {}) };
      const verifier = createRemoteVerifier(config);
      const started = Date.now();
      const error = await verifier.verify(${JSON.stringify(good)}).catch((error) => error);
      console.log(error.kind, Date.now() - started >= 290);
    `;
    const options = { cwd: PROJECT, timeout: 20_000 };
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', program], options);
    assert.equal(stdout, 'timeout true\n');
  });

  test('does not keep Node running after an answer', async () => {
    const program = `
      import { createRemoteVerifier } from 'sts-jwt/remote';
      const fetch = async () => new Response('', { status: 500 });
      const config = { issuer: '${ISSUER}', audience: null, timing: { timeout: 30 }, clock: () => ${START}, fetch };
      await createRemoteVerifier(config).verify(${JSON.stringify(good)}).catch(() => {});
    `;
    await promisify(execFile)(process.execPath, ['--input-type=module', '-e', program], {
      cwd: PROJECT,
      timeout: 15_000,
    });
  });
});
