// Tests `sts-jwt/handler` and `sts-jwt/hono` with the same requests: which callers are accepted, and the responses to all others.
import assert from 'node:assert/strict';
import test, { describe } from 'node:test';
import { Hono } from 'hono';
import { createVerifier, JwtError } from 'sts-jwt';
import { authenticate, protect, refuse } from 'sts-jwt/handler';
import { stsJwt } from 'sts-jwt/hono';
import { createRemoteVerifier } from 'sts-jwt/remote';
import { createFixtures } from '../fixtures.mjs';

const { issuer, audience, jwks, tokens, awsTokens, claims } = createFixtures();
const verifier = createVerifier({ issuer, audience, jwks });
const strict = createVerifier({ issuer, audience, jwks, aws: { accounts: ['999988887777'] } });
const away = createVerifier({ issuer, audience });
const remote = { verify: async (token) => verifier.verify(token) };
const broken = {
  verify() {
    throw new TypeError('a defect');
  },
};

/** The same service on `sts-jwt/handler` and on `sts-jwt/hono`. It answers with the caller's `sub`, or "anonymous". */
const SERVICES = {
  handler: (given, options) => {
    const answer = (_, token) => new Response(token?.claims.sub ?? 'anonymous');
    return protect(given, answer, options);
  },
  hono: (given, options) => {
    /** @type {Hono<any>} */
    const app = new Hono();
    app.onError((error) => {
      throw error;
    });
    app.use(stsJwt(given, options));
    app.all('/', (c) => c.text(c.get('token')?.claims.sub ?? 'anonymous'));
    return (request, ...rest) => app.fetch(request, ...rest);
  },
};

/** The context of a Worker. */
const CTX = { waitUntil() {}, passThroughOnException() {} };

const request = (headers) => new Request('https://service.example.test/', { headers });
const bearer = (token) => request({ authorization: `Bearer ${token}` });

describe('sts-jwt/handler and sts-jwt/hono', () => {
  for (const [name, serve] of Object.entries(SERVICES)) {
    describe(name, () => {
      const service = serve(verifier);

      test(`accepts a caller with a valid token`, async () => {
        for (const given of [verifier, remote, () => verifier]) {
          const response = await serve(given)(bearer(tokens.ES384));
          assert.deepEqual([response.status, await response.text()], [200, claims.sub]);
        }
        const response = await service(request({ authorization: `bEARER   ${tokens.RS256} ` }));
        assert.equal(await response.text(), claims.sub);
      });

      test(`challenges a caller without a token`, async () => {
        for (const headers of [
          {},
          { authorization: 'Basic abc' },
          { authorization: tokens.ES384 },
          { cookie: `t=${tokens.ES384}` },
        ]) {
          const response = await service(request(headers));
          assert.deepEqual([response.status, response.headers.get('www-authenticate')], [401, 'Bearer']);
          assert.equal(response.headers.get('cache-control'), 'no-store');
        }
      });

      test(`rejects a bad token with a challenge that gives the reason and no part of the token`, async () => {
        for (const [bad, code] of [
          [tokens.expired, 'ERR_JWT_EXPIRED'],
          [tokens.otherKey, 'ERR_JWS_SIGNATURE_VERIFICATION_FAILED'],
          [tokens.issuerOther, 'ERR_JWT_ISSUER_UNKNOWN'],
          ['x', 'ERR_JWS_INVALID'],
        ]) {
          const response = await service(bearer(bad));
          const text = await response.text();
          const challenge = response.headers.get('www-authenticate');
          assert.deepEqual([response.status, JSON.parse(text)], [401, { error: code }]);
          assert.match(challenge, /^Bearer error="invalid_token", error_description="/);
          for (const piece of bad.match(/[\w-]{16}/g) ?? []) assert.ok(!(text + challenge).includes(piece));
        }
      });

      test(`answers 403 if the policy denies the caller`, async () => {
        const response = await serve(strict)(bearer(awsTokens.role));
        assert.deepEqual([response.status, await response.json()], [403, { error: 'ERR_POLICY_DENIED' }]);
        assert.match(response.headers.get('www-authenticate'), /^Bearer error="insufficient_scope"/);
      });

      test(`answers 503 with Retry-After while keys are missing`, async () => {
        const seen = [];
        for (const options of [{}, { retryAfter: 60 }]) {
          const response = await serve(away, options)(bearer(tokens.ES384));
          seen.push([response.status, response.headers.get('retry-after'), response.headers.get('www-authenticate')]);
        }
        assert.deepEqual(seen, [
          [503, '10', null],
          [503, '60', null],
        ]);
      });

      test(`includes the realm in the challenge`, async () => {
        const service = serve(verifier, { realm: 'the "edge"' });
        const none = await service(request({}));
        assert.equal(none.headers.get('www-authenticate'), 'Bearer realm="the \\"edge\\""');
        const bad = await service(bearer(tokens.expired));
        assert.match(bad.headers.get('www-authenticate'), /^Bearer realm="the \\"edge\\"", error="invalid_token", /);
      });

      test(`reads a cookie if configured`, async () => {
        const service = serve(verifier, { cookie: 'session' });
        const cookies = (cookie, headers = {}) => service(request({ cookie, ...headers }));
        assert.equal((await cookies(`a=b; session=${tokens.ES384}; session=x`)).status, 200);
        assert.equal((await cookies(`xsession=${tokens.ES384}`)).status, 401);
        for (const value of ['x', `${tokens.ES384}=`]) assert.equal((await cookies(`session=${value}`)).status, 401);
        // The Authorization header takes precedence over the cookie.
        assert.equal(
          (await cookies(`session=${tokens.ES384}`, { authorization: `Bearer ${tokens.expired}` })).status,
          401,
        );
      });

      test(`accepts callers without a token if optional, but rejects bad tokens`, async () => {
        const service = serve(verifier, { optional: true });
        assert.equal(await (await service(request({}))).text(), 'anonymous');
        assert.equal(await (await service(bearer(tokens.ES384))).text(), claims.sub);
        assert.equal((await service(bearer(tokens.expired))).status, 401);
      });

      test('rejects a request with a cookie if it comes from another site and may change state', async () => {
        const service = serve(verifier, { cookie: 'session' });
        const cookie = `session=${tokens.ES384}`;
        const origin = 'https://service.example.test';
        for (const [method, headers, status] of /** @type {any[][]} */ ([
          ['POST', { 'sec-fetch-site': 'same-origin' }, 200],
          ['POST', { 'sec-fetch-site': 'none' }, 200],
          ['POST', { 'sec-fetch-site': 'cross-site' }, 403],
          ['POST', { 'sec-fetch-site': 'same-site' }, 403],
          ['POST', { 'sec-fetch-site': '' }, 403],
          ['POST', { 'sec-fetch-site': 'same-origin, cross-site' }, 403],
          // Sec-Fetch-Site takes precedence over Origin.
          ['POST', { 'sec-fetch-site': 'same-origin', origin: 'https://other.example.test' }, 200],
          ['POST', { 'sec-fetch-site': 'cross-site', origin }, 403],
          ['POST', { origin }, 200],
          ['POST', { origin: 'https://other.example.test' }, 403],
          ['POST', { origin: 'https://service.example.test.evil.example' }, 403],
          ['POST', { origin: 'https://service.example.test:8443' }, 403],
          ['POST', { origin: 'http://service.example.test' }, 403],
          ['POST', { origin: 'null' }, 403],
          ['POST', { origin: '' }, 403],
          // The request is not from a browser.
          ['POST', {}, 200],
          ['PUT', { 'sec-fetch-site': 'cross-site' }, 403],
          ['DELETE', { 'sec-fetch-site': 'cross-site' }, 403],
          ['PATCH', { origin: 'https://other.example.test' }, 403],
          ['get', { 'sec-fetch-site': 'cross-site' }, 200],
          ['GET', { 'sec-fetch-site': 'cross-site', origin: 'null' }, 200],
          ['HEAD', { 'sec-fetch-site': 'cross-site' }, 200],
          ['OPTIONS', { 'sec-fetch-site': 'cross-site' }, 200],
          // A WebSocket may change state, and browsers open it without a preflight request.
          ['GET', { upgrade: 'websocket', origin: 'https://other.example.test' }, 403],
          ['GET', { upgrade: 'websocket', origin }, 200],
        ])) {
          const given = (more) => new Request(`${origin}/`, { method, headers: { ...headers, ...more } });
          const response = await service(given({ cookie }));
          const name = `${method} ${JSON.stringify(headers)}`;
          assert.equal(response.status, status, name);
          if (status === 403) {
            assert.deepEqual(await response.json(), { error: 'cross-site request' });
            assert.equal(response.headers.get('cache-control'), 'no-store');
          }
          const isOptional = await serve(verifier, { cookie: 'session', optional: true })(given({ cookie }));
          assert.equal(isOptional.status, status, `${name}, optional`);
          const allowed = await serve(verifier, { cookie: 'session', allowCrossSite: true })(given({ cookie }));
          assert.equal(allowed.status, 200, `${name}, allowed`);
          // A page of another site cannot set this header.
          const bearer = await service(given({ cookie, authorization: `Bearer ${tokens.ES384}` }));
          assert.equal(bearer.status, 200, `${name}, with a header`);
          assert.equal((await service(given({}))).status, 401, `${name}, without a cookie`);
        }
      });

      for (const [kind, wrap] of /** @type {any[][]} */ ([
        ['verifier', (each) => each],
        ['promise', async (each) => each],
      ])) {
        test(`creates one verifier per env if the verifier factory returns a ${kind}`, async () => {
          const asked = [];
          const given = [];
          const of = (argument) => {
            given.push(argument);
            return wrap(
              createRemoteVerifier({
                issuer,
                audience,
                async fetch(url) {
                  asked.push(url);
                  return new Response(JSON.stringify(jwks), { headers: { 'content-type': 'application/json' } });
                },
              }),
            );
          };
          const service = serve(of);
          const [env, other] = [{ name: 'env' }, { name: 'other' }];
          for (let i = 0; i < 20; i += 1) assert.equal((await service(bearer(tokens.ES384), env, CTX)).status, 200);
          assert.deepEqual([asked.length, given], [1, [name === 'hono' ? { env } : env]]);
          await service(bearer(tokens.ES384), other, CTX);
          await service(bearer(tokens.ES384), env, CTX);
          assert.deepEqual([asked.length, given.length], [2, 2]);
        });
      }

      test('makes one verifier for requests that arrive at the same moment', async () => {
        let made = 0;
        const service = serve(() => ((made += 1), verifier));
        const env = {};
        const responses = await Promise.all(Array.from({ length: 20 }, () => service(bearer(tokens.ES384), env, CTX)));
        assert.deepEqual([made, new Set(responses.map(({ status }) => status))], [1, new Set([200])]);
      });

      test('passes only env to the verifier factory', async () => {
        const seen = [];
        const service = serve((...all) => (seen.push(all), verifier));
        const env = {};
        await service(bearer(tokens.ES384), env, CTX);
        assert.deepEqual(seen, [[name === 'hono' ? { env } : env]]);
        assert.deepEqual(Object.keys(seen[0][0]), name === 'hono' ? ['env'] : []);
      });

      test('calls the verifier factory again after it threw, rejected or returned no verifier', async () => {
        const env = {};
        let calls = 0;
        const results = [
          () => {
            throw new Error('no settings');
          },
          () => Promise.reject(new Error('no settings')),
          () => undefined,
          () => verifier,
          () => assert.fail('called again'),
        ];
        const service = serve(() => results[calls++]());
        for (const message of [/no settings/, /no settings/, /"verify"/])
          await assert.rejects(async () => service(bearer(tokens.ES384), env, CTX), {
            code: 'ERR_OPTIONS_INVALID',
            message,
          });
        for (const _ of [1, 2]) assert.equal((await service(bearer(tokens.ES384), env, CTX)).status, 200);
      });

      test(`rethrows errors that a defect or a configuration mistake causes`, async () => {
        await assert.rejects(async () => serve(broken)(bearer(tokens.ES384)), TypeError);
        const mistaken = {
          verify() {
            throw new JwtError({
              code: 'ERR_JWKS_INVALID',
              category: 'key',
              retryable: false,
              status: 500,
              message: 'x',
            });
          },
        };
        await assert.rejects(async () => serve(mistaken)(bearer(tokens.ES384)), JwtError);
      });
    });
  }

  test('passes waitUntil to the verifier', async () => {
    const waiting = [];
    const context = { waitUntil: (promise) => waiting.push(promise), passThroughOnException() {} };
    const lasting = {
      verify(token, call) {
        call?.waitUntil(Promise.resolve());
        return verifier.verify(token);
      },
    };
    const app = new Hono();
    app.use(stsJwt(lasting));
    app.get('/', (c) => c.text('in'));
    const handlers = [
      protect(lasting, () => new Response('in')),
      (request, env, context) => app.fetch(request, env, context),
    ];
    for (const fetch of handlers) assert.equal(await (await fetch(bearer(tokens.ES384), {}, context)).text(), 'in');
    assert.equal(waiting.length, 2);
    for (const fetch of handlers) assert.equal((await fetch(bearer(tokens.ES384), {})).status, 200);
  });

  test('sends the retryAfter of a JwtError as Retry-After in refuse(), and rethrows other errors', async () => {
    /** @type {any} */
    const unavailable = {
      code: 'ERR_JWKS_UNAVAILABLE',
      category: 'unavailable',
      retryable: true,
      status: 503,
      message: 'x',
    };
    const answer = refuse(new JwtError({ ...unavailable, retryAfter: 7 }));
    assert.deepEqual([answer.status, answer.headers.get('retry-after')], [503, '7']);
    assert.throws(() => refuse(new TypeError('a defect')), TypeError);
  });

  test('creates a verifier per request if there is no env', async () => {
    let calls = 0;
    const handler = protect(
      () => (calls++, verifier),
      () => new Response('in'),
    );
    const handle = /** @type {any} */ (handler);
    for (const env of [undefined, null, 5, 'x']) await handle(bearer(tokens.ES384), env);
    assert.equal(calls, 4);
  });

  test('keeps the verifier that is ready first', async () => {
    const made = [];
    const handle = /** @type {any} */ (
      protect(
        async () => {
          const each = { verify: (token) => (made.push(each), verifier.verify(token)) };
          await new Promise((resolve) => setTimeout(resolve, 5));
          return each;
        },
        () => new Response('in'),
      )
    );
    const env = {};
    await Promise.all([1, 2, 3].map(() => handle(bearer(tokens.ES384), env)));
    await handle(bearer(tokens.ES384), env);
    assert.equal(made.length, 4);
    assert.equal(new Set(made).size, 1);
  });

  test('treats headers without a request as a request that may change state', async () => {
    const cookie = `session=${tokens.ES384}`;
    const options = { cookie: 'session' };
    const at = (given) => authenticate(verifier, given, options);
    for (const [headers, status] of /** @type {any[][]} */ ([
      [{ cookie }, undefined],
      [{ cookie, 'sec-fetch-site': 'same-origin' }, undefined],
      [{ cookie, 'sec-fetch-site': 'cross-site' }, 403],
      [{ cookie, origin: 'https://service.example.test', host: 'service.example.test' }, undefined],
      [{ cookie, origin: 'https://other.example.test', host: 'service.example.test' }, 403],
      [{ cookie, origin: 'https://service.example.test' }, 403],
      [{ cookie, origin: 'null', host: 'null' }, 403],
    ])) {
      const outcome = /** @type {any} */ (await at({ get: (name) => headers[name] ?? null }));
      assert.equal(outcome.status, status, JSON.stringify(headers));
    }
    const get = new Request('https://service.example.test/', { headers: { cookie, 'sec-fetch-site': 'cross-site' } });
    assert.equal(/** @type {any} */ (await at(get)).claims.sub, claims.sub);
    const post = new Request(get, { method: 'POST' });
    assert.equal(/** @type {any} */ (await at(post)).status, 403);
  });

  test('passes only env to the verifier factory, and every argument to the handler', async () => {
    const service = /** @type {any} */ (protect)(
      (env) => env.verifier,
      (request, token, env, context) => Response.json([request.url, token.alg, env.name, context]),
    );
    const response = await service(bearer(tokens.RS256), { verifier, name: 'env' }, 5);
    assert.deepEqual(await response.json(), ['https://service.example.test/', 'RS256', 'env', 5]);
  });
});
