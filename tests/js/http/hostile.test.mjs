// Tests `sts-jwt/handler` and `sts-jwt/hono` with the same hostile headers and the same mistakes in the configuration.
import assert from 'node:assert/strict';
import test, { describe } from 'node:test';
import { Hono } from 'hono';
import { createVerifier, JwtError } from 'sts-jwt';
import { authenticate, protect, refuse } from 'sts-jwt/handler';
import { stsJwt } from 'sts-jwt/hono';
import { createFixtures } from '../fixtures.mjs';
import { SHAPES, textOf, unreadable } from '../suite/hostile.mjs';
import { assertLinear } from '../support/cost.mjs';

const { issuer, audience, jwks, tokens, claims } = createFixtures();
const verifier = createVerifier({ issuer, audience, jwks });
const good = tokens.ES384;

/** The same service on `sts-jwt/handler` and on `sts-jwt/hono`. It answers with the caller's `sub`, or "anonymous". */
const SERVICES = {
  handler: (given, options) =>
    protect(given, (_, token) => new Response(token?.claims.sub ?? 'anonymous'), /** @type {any} */ (options)),
  hono: (given, options) => {
    /** @type {Hono<any>} */
    const app = new Hono();
    app.onError((error) => {
      throw error;
    });
    app.use(stsJwt(given, options));
    app.get('/', (c) => c.text(c.get('token')?.claims.sub ?? 'anonymous'));
    return (request) => app.fetch(request);
  },
};

const request = (headers) => new Request('https://service.example.test/', { headers });

describe('hostile requests to sts-jwt/handler and sts-jwt/hono', () => {
  for (const [name, serve] of Object.entries(SERVICES)) {
    describe(name, () => {
      test('takes linear time for Authorization headers and cookies of every shape', async () => {
        const services = [{}, { optional: true }, { cookie: 'session' }, { cookie: 'session', optional: true }].map(
          (options) => serve(verifier, options),
        );
        for (const [header, shapes] of Object.entries(SHAPES)) {
          for (const shape of shapes) {
            await assertLinear(JSON.stringify([header, shape]), textOf(shape), async (text) => {
              for (const service of header === 'cookie' ? services.slice(2) : services.slice(0, 3))
                await service(request({ [header]: text }));
            });
          }
        }
      });

      test('rejects an unreadable Bearer header, even if the token is optional or in a cookie', async () => {
        const headers = [...unreadable(good), `Bearer ${good},Bearer ${tokens.RS256}`, `Bearer \xa0${good}`];
        for (const options of [{}, { optional: true }, { cookie: 'session' }, { cookie: 'session', optional: true }]) {
          const service = serve(verifier, options);
          for (const authorization of headers) {
            const response = await service(request({ authorization, cookie: `session=${good}` }));
            assert.deepEqual(
              [response.status, await response.json()],
              [401, { error: 'ERR_JWS_INVALID' }],
              authorization.slice(0, 20),
            );
            assert.match(response.headers.get('www-authenticate'), /^Bearer error="invalid_token", /);
          }
        }
      });

      test('rejects a header that was sent twice', async () => {
        const headers = new Headers();
        headers.append('authorization', `Bearer ${good}`);
        headers.append('authorization', `Bearer ${good}`);
        assert.equal((await serve(verifier, { optional: true })(request(headers))).status, 401);
      });

      test('treats a header with another scheme as a missing token', async () => {
        for (const authorization of [
          '',
          'Basic abc',
          'Bearerx abc',
          'Bearer-Token abc',
          'xBearer abc',
          good,
          'Basic Bearer abc',
        ])
          for (const { expected, cookie = '', ...options } of [
            { expected: [401, '{"error":"no bearer token"}'] },
            { optional: true, expected: [200, 'anonymous'] },
            { cookie: 'session', expected: [200, claims.sub] },
          ]) {
            const headers = { authorization, ...(cookie ? { cookie: `session=${good}` } : {}) };
            const service = serve(verifier, cookie ? { cookie } : options);
            const response = await service(request(headers));
            assert.deepEqual([response.status, await response.text()], expected, authorization.slice(0, 20));
          }
      });

      test('finds a cookie by its exact name', async () => {
        const service = serve(verifier, { cookie: '__Host-session' });
        const of = (cookie) => service(request({ cookie }));
        for (const start of [
          '',
          ' ',
          '\t ',
          'a=b;',
          'a;  ',
          '__host-session=x; ',
          '__Host-session =x;',
          '__Host-sessio=x;',
        ])
          assert.equal((await of(`${start}__Host-session=${good}`)).status, 200, JSON.stringify(start));
        // A page of a subdomain cannot set a `__Host-` cookie, but it can set a cookie whose name begins with one of
        // these characters.
        for (const space of ['\xa0', '\v', '\f', '\x85', '"', '$']) {
          assert.equal((await of(`${space}__Host-session=${good}`)).status, 401, JSON.stringify(space));
          assert.equal(
            (await of(`${space}__Host-session=x; __Host-session=${good}`)).status,
            200,
            JSON.stringify(space),
          );
        }
      });

      test('accepts spaces around the token', async () => {
        for (const authorization of [`Bearer ${good}`, `bEARER    ${good}`, `BEARER ${good}   `])
          assert.equal((await serve(verifier)(request({ authorization }))).status, 200);
      });

      test('throws if the verifier returns anything but a verified token', async () => {
        const verified = verifier.verify(good);
        const { claims: _, ...withoutClaims } = verified;
        for (const returned of [
          undefined,
          null,
          true,
          'x',
          5,
          {},
          [],
          claims,
          { claims },
          { ok: true, token: verified },
          withoutClaims,
          { ...verified, claims: null },
          { ...verified, tokenId: undefined },
          Object.create(verified),
          new Response('in'),
        ])
          for (const options of [{}, { optional: true }])
            for (const verify of [() => returned, async () => returned]) {
              const service = async () => serve({ verify }, options)(request({ authorization: `Bearer ${good}` }));
              await assert.rejects(service, isOptionsInvalid(/returned no verified token/));
            }
      });

      test('rejects invalid options and verifiers at construction', () => {
        for (const [options, message] of [
          [null, /must be a plain object/],
          [5, /must be a plain object/],
          [[], /must be a plain object/],
          [{ optinal: true }, /^"optinal" is unknown$/],
          [{ Cookie: 'session' }, /^"Cookie" is unknown$/],
          [{ [Symbol('x')]: 1 }, /is unknown$/],
          [{ realm: 'a\nb' }, /"realm"/],
          [{ realm: 'ł' }, /"realm"/],
          [{ realm: 5 }, /"realm"/],
          [{ realm: null }, /"realm"/],
          [{ retryAfter: -1 }, /"retryAfter"/],
          [{ retryAfter: 1.5 }, /"retryAfter"/],
          [{ retryAfter: NaN }, /"retryAfter"/],
          [{ retryAfter: Infinity }, /"retryAfter"/],
          [{ retryAfter: '10' }, /"retryAfter"/],
          [{ optional: 'false' }, /"optional"/],
          [{ optional: 1 }, /"optional"/],
          [{ allowCrossSite: 'true' }, /"allowCrossSite"/],
          [{ cookie: '' }, /"cookie"/],
          [{ cookie: 'a=b' }, /"cookie"/],
          [{ cookie: true }, /"cookie"/],
          [
            {
              get realm() {
                throw new TypeError('a defect');
              },
            },
            /cannot be read/,
          ],
        ])
          assert.throws(() => serve(verifier, options), isOptionsInvalid(message));
        for (const mistaken of [undefined, null, 5, {}, { verify: 5 }, Promise.resolve(verifier)])
          assert.throws(() => serve(mistaken), isOptionsInvalid(/"verify"/));
      });

      test('accepts undefined options, and a realm of any characters that a header may contain', async () => {
        const none = { cookie: undefined, optional: undefined, realm: undefined, retryAfter: undefined };
        assert.equal((await serve(verifier, none)(request({}))).headers.get('www-authenticate'), 'Bearer');
        const challenge = (await serve(verifier, { realm: 'a\té "b" \\' })(request({}))).headers.get(
          'www-authenticate',
        );
        assert.equal(challenge, 'Bearer realm="a\té \\"b\\" \\\\"');
      });

      test('rejects a factory that returns no verifier', async () => {
        const service = serve(() => undefined);
        await assert.rejects(async () => service(request({})), isOptionsInvalid(/"verify"/));
      });
    });
  }

  test('ignores cookies whose name begins with Unicode white space', async () => {
    for (const space of ['\u2000', '\u3000', '\ufeff', '\xa0', '\u2028', '\u1680']) {
      const cookie = `${space}session=x; session=${good}${space}`;
      const headers = /** @type {any} */ ({ get: (name) => (name === 'cookie' ? cookie.slice(0, -1) : null) });
      const token = await authenticate(verifier, { headers, method: 'GET', url: '/' }, { cookie: 'session' });
      assert.equal(/** @type {any} */ (token).claims.sub, claims.sub, JSON.stringify(space));
    }
  });

  describe('cross-site requests', () => {
    const forged = { cookie: `session=${good}`, origin: 'https://other.example.test', host: 'service.example.test' };
    const decide = async (given) => {
      const outcome = await authenticate(verifier, given, { cookie: 'session' });
      return outcome instanceof Response ? outcome.status : 200;
    };

    for (const name of ['method', 'url']) {
      test(`are rejected in spite of a polluted ${name}`, async () => {
        const value = name === 'method' ? 'GET' : 'https://other.example.test/';
        Object.defineProperty(Object.prototype, name, { value, configurable: true });
        try {
          assert.equal(await decide(new Headers(forged)), 403);
          assert.equal(await decide({ headers: new Headers(forged) }), 403);
          assert.equal(await decide({ headers: new Headers(forged), method: 'POST' }), 403);
        } finally {
          delete Object.prototype[name];
        }
      });
    }

    test('are recognised by the header Host if the URL is only a path', async () => {
      for (const [origin, status] of /** @type {[string, number][]} */ ([
        ['https://service.example.test', 200],
        ['https://other.example.test', 403],
        ['null', 403],
      ]))
        assert.equal(await decide({ headers: new Headers({ ...forged, origin }), method: 'POST', url: '/x' }), status);
    });

    test('include all requests with an opaque origin', async () => {
      for (const url of ['about:blank', 'data:x', 'https://service.example.test/'])
        assert.equal(await decide({ headers: new Headers({ ...forged, origin: 'null' }), method: 'POST', url }), 403);
    });

    test('are accepted if the option "cookie" is not set', async () => {
      const headers = new Headers({ authorization: `Bearer ${good}`, origin: 'https://other.example.test' });
      const outcome = await authenticate(verifier, { headers, method: 'POST', url: '/x' });
      assert.ok(!(outcome instanceof Response));
    });
  });

  test('rejects invalid arguments of authenticate() and refuse()', async () => {
    const headers = new Headers();
    await assert.rejects(
      authenticate(verifier, headers, /** @type {any} */ ({ optinal: true })),
      isOptionsInvalid(/optinal/),
    );
    await assert.rejects(authenticate(/** @type {any} */ ({}), headers), isOptionsInvalid(/"verify"/));
    assert.throws(() => refuse(undefined, { retryAfter: -1 }), isOptionsInvalid(/"retryAfter"/));
  });

  test('passes on the waitUntil of the context, not of a stub', async () => {
    const seen = [];
    const lasting = {
      verify(token, call) {
        call?.waitUntil(Promise.resolve());
        return verifier.verify(token);
      },
    };
    class Context {
      waitUntil() {
        assert.ok(this instanceof Context);
        seen.push('context');
      }
      passThroughOnException() {}
    }
    const taken = () => seen.push('stub');
    // In workerd, a stub has a function for every name.
    const stub = new Proxy({}, { get: () => taken });
    const own = { waitUntil: taken };
    const service = { waitUntil: taken, fetch() {} };
    const handler = protect(lasting, () => new Response('in'));
    const handle = /** @type {any} */ (handler);
    const call = async (...rest) => {
      seen.length = 0;
      assert.equal((await handle(request({ authorization: `Bearer ${good}` }), ...rest)).status, 200);
      return seen.join();
    };
    assert.equal(await call(stub), '');
    assert.equal(await call(service), '');
    for (const each of [stub, own, service]) {
      assert.equal(await call(each, new Context()), 'context');
      assert.equal(await call({ each }, new Context(), each), 'context');
    }
    assert.equal(await call({}, { waitUntil: () => seen.push('plain') }), 'plain');
  });
});

function isOptionsInvalid(message) {
  return (error) => {
    assert.ok(error instanceof JwtError, String(error));
    assert.equal(error.code, 'ERR_OPTIONS_INVALID');
    assert.match(error.message, message);
    return true;
  };
}
