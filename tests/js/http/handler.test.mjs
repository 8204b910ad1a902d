// Tests `sts-jwt/handler` and `sts-jwt/hono` with the same requests: who is accepted, and how the others are answered.
import assert from 'node:assert/strict';
import test, { describe } from 'node:test';
import { Hono } from 'hono';
import { createVerifier, JwtError } from 'sts-jwt';
import { protect, refuse } from 'sts-jwt/handler';
import { stsJwt } from 'sts-jwt/hono';
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
    app.get('/', (c) => c.text(c.get('token')?.claims.sub ?? 'anonymous'));
    return (request) => app.fetch(request);
  },
};

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

      test(`rethrows errors of defects and configuration mistakes`, async () => {
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

  test('sets the Retry-After of a JwtError in refuse(), and rethrows other errors', async () => {
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

  test('passes extra arguments to the handler and the verifier factory', async () => {
    const service = /** @type {any} */ (protect)(
      (env) => env.verifier,
      (request, token, env, context) => Response.json([request.url, token.alg, env.name, context]),
    );
    const response = await service(bearer(tokens.RS256), { verifier, name: 'env' }, 5);
    assert.deepEqual(await response.json(), ['https://service.example.test/', 'RS256', 'env', 5]);
  });
});
