// Sends the same requests to a service on every framework: which callers are accepted, the responses to all others, and
// the options `header`, `onRefused`, `resourceMetadata` and `challengeScope`.
import assert from 'node:assert/strict';
import net from 'node:net';
import test, { describe } from 'node:test';
import fastify from 'fastify';
import { createVerifier, JwtError } from 'sts-jwt';
import { stsJwt as connectJwt } from 'sts-jwt/express';
import { stsJwt as fastifyJwt } from 'sts-jwt/fastify';
import { authenticate, isPreflight, protect, refuse } from 'sts-jwt/handler';
import { createFixtures } from '../fixtures.mjs';
import { listen, SERVICES } from '../support/services.mjs';

const { issuer, audience, jwks, tokens, awsTokens, claims } = createFixtures();
const verifier = createVerifier({ issuer, audience, jwks });
const strict = createVerifier({ issuer, audience, jwks, aws: { accounts: ['999988887777'] } });
const away = createVerifier({ issuer, audience });
const good = tokens.ES384;
const any = (value) => value;
const ACCESS = 'cf-access-jwt-assertion';
const METADATA = 'https://service.example.test/.well-known/oauth-protected-resource';
const PAGE = 'https://page.example.test';

/** Starts a service, uses it, and stops it. */
async function using(start, use) {
  const service = await start;
  try {
    await use(service);
  } finally {
    await service.stop();
  }
}

/** Sends a request of HTTP/1.1 as text, which may repeat headers. Returns the status. */
async function statusOfRaw(port, ...headers) {
  const socket = net.connect(port, '127.0.0.1');
  const lines = ['GET / HTTP/1.1', 'host: service.example.test', 'connection: close', ...headers, '', ''];
  socket.write(lines.join('\r\n'));
  let text = '';
  for await (const chunk of socket) text += chunk;
  return Number(/^HTTP\/1\.1 (\d+)/.exec(text)?.[1]);
}

for (const [name, serve] of Object.entries(SERVICES)) {
  describe(`a service on ${name}`, () => {
    const ask = (service, headers = {}, init = {}) => service.ask('/', { headers, ...init });
    const bearer = (token) => ({ authorization: `Bearer ${token}` });

    test('accepts no caller if the verifier rejects with a value that is not an error', async () => {
      for (const reason of [undefined, null, false, 0, '', 'route', 'router', {}]) {
        const broken = { verify: () => Promise.reject(reason) };
        await using(serve(any(broken)), async (service) => {
          const { status } = await ask(service, bearer(good)).catch(() => ({ status: 500 }));
          assert.ok(status >= 400, `${String(reason)}: ${status}`);
        });
      }
    });

    test('accepts a verified caller and rejects all others', async () => {
      await using(serve(verifier), async (service) => {
        const accepted = await ask(service, bearer(good));
        assert.deepEqual([accepted.status, await accepted.text()], [200, claims.sub]);
        for (const [headers, body, challenge] of any([
          [{}, { error: 'no bearer token' }, /^Bearer$/],
          [bearer(tokens.expired), { error: 'ERR_JWT_EXPIRED' }, /^Bearer error="invalid_token", error_description="/],
          [{ authorization: `Bearer ${good} x` }, { error: 'ERR_JWS_INVALID' }, /^Bearer error="invalid_token"/],
        ])) {
          const {
            status,
            headers: sent,
            ...response
          } = await ask(service, headers).then(async (response) => ({
            status: response.status,
            headers: response.headers,
            body: await response.json(),
          }));
          assert.deepEqual([status, response.body, sent.get('cache-control')], [401, body, 'no-store']);
          assert.match(sent.get('www-authenticate'), challenge);
          assert.match(sent.get('content-type'), /^application\/json/);
        }
      });
      await using(serve(strict), async (service) => {
        const denied = await ask(service, bearer(awsTokens.role));
        assert.deepEqual([denied.status, await denied.json()], [403, { error: 'ERR_POLICY_DENIED' }]);
      });
      await using(serve(away, { retryAfter: 60 }), async (service) => {
        const unavailable = await ask(service, bearer(good));
        assert.deepEqual([unavailable.status, unavailable.headers.get('retry-after')], [503, '60']);
      });
    });

    test('answers a HEAD request without a body', async () => {
      await using(serve(verifier), async (service) => {
        const response = await ask(service, {}, { method: 'HEAD' });
        assert.deepEqual([response.status, response.headers.get('www-authenticate')], [401, 'Bearer']);
      });
    });

    test('lets callers without a token in if optional, and rejects bad tokens', async () => {
      await using(serve(verifier, { optional: true }), async (service) => {
        assert.equal(await (await ask(service)).text(), 'anonymous');
        assert.equal(await (await ask(service, bearer(good))).text(), claims.sub);
        assert.equal((await ask(service, bearer(tokens.expired))).status, 401);
      });
    });

    test('rethrows errors that are not about the token', async () => {
      const broken = {
        verify() {
          throw new TypeError('a defect');
        },
      };
      await using(serve(broken), async (service) => {
        const response = await ask(service, bearer(good));
        assert.deepEqual([response.status, await response.json()], [500, { thrown: 'TypeError' }]);
      });
      await using(serve({ verify: async () => undefined }), async (service) => {
        const response = await ask(service, bearer(good));
        assert.deepEqual([response.status, await response.json()], [500, { thrown: 'ERR_OPTIONS_INVALID' }]);
      });
    });

    test('reads a cookie, and rejects cross-site requests with it', async () => {
      await using(serve(verifier, { cookie: 'session' }), async (service) => {
        const cookie = `a=b; session=${good}`;
        assert.equal((await ask(service, { cookie })).status, 200);
        const forged = await ask(service, { cookie, origin: PAGE }, { method: 'POST' });
        assert.deepEqual([forged.status, await forged.json()], [403, { error: 'cross-site request' }]);
      });
    });

    test('reads the token from "header", and only from it', async () => {
      await using(serve(verifier, { header: 'Cf-Access-Jwt-Assertion' }), async (service) => {
        const accepted = await ask(service, { [ACCESS]: good });
        assert.deepEqual([accepted.status, await accepted.text()], [200, claims.sub]);
        for (const [value, error] of [
          [tokens.expired, 'ERR_JWT_EXPIRED'],
          [`Bearer ${good}`, 'ERR_JWS_INVALID'],
          [`${good}, ${good}`, 'ERR_JWS_INVALID'],
          [`${good},`, 'ERR_JWS_INVALID'],
          [`${good} ${good}`, 'ERR_JWS_INVALID'],
          ['', 'ERR_JWS_INVALID'],
          ['"x"', 'ERR_JWS_INVALID'],
        ]) {
          const response = await ask(service, { [ACCESS]: value, ...bearer(good), cookie: `${ACCESS}=${good}` });
          assert.deepEqual([response.status, await response.json()], [401, { error }], value.slice(0, 10));
        }
        for (const headers of [bearer(good), { cookie: `${ACCESS}=${good}` }, {}]) {
          const response = await ask(service, headers);
          assert.deepEqual([response.status, await response.json()], [401, { error: 'no bearer token' }]);
        }
      });
      await using(serve(verifier, { header: ACCESS, optional: true }), async (service) => {
        assert.equal(await (await ask(service, bearer(good))).text(), 'anonymous');
        for (const value of ['', `${good}, ${good}`, tokens.expired])
          assert.equal((await ask(service, { [ACCESS]: value })).status, 401);
      });
    });

    test('rejects a cross-site request with the token in "header", unless allowed', async () => {
      for (const [options, status] of any([
        [{}, 403],
        [{ allowCrossSite: true }, 200],
      ])) {
        await using(serve(verifier, { header: ACCESS, ...options }), async (service) => {
          const headers = { [ACCESS]: good, 'sec-fetch-site': 'cross-site' };
          assert.equal((await ask(service, headers, { method: 'POST' })).status, status);
          assert.equal((await ask(service, headers)).status, 200);
        });
      }
    });

    test('passes onRefused the request and the reason for its rejection', async () => {
      const seen = [];
      const onRefused = (error, request, refusal) => {
        assert.ok(error instanceof JwtError);
        const method = request.method ?? request.raw.method;
        seen.push([error.code, error.reason, error.claim, refusal.status, method]);
        refusal.headers.set('x-changed', '1');
      };
      await using(serve(verifier, { onRefused, cookie: 'session' }), async (service) => {
        const headers = [{}, bearer(tokens.expired), { authorization: 'Bearer' }, bearer(good)];
        for (const each of headers) {
          const response = await ask(service, each);
          assert.equal(response.headers.get('x-changed'), null);
        }
        await ask(service, { cookie: `session=${good}`, origin: PAGE }, { method: 'POST' });
      });
      await using(serve(strict, { onRefused }), (service) => ask(service, bearer(awsTokens.role)));
      await using(serve(away, { onRefused }), (service) => ask(service, bearer(good)));
      assert.deepEqual(seen, [
        ['ERR_JWS_INVALID', 'missing', undefined, 401, 'GET'],
        ['ERR_JWT_EXPIRED', 'check_failed', 'exp', 401, 'GET'],
        ['ERR_JWS_INVALID', undefined, undefined, 401, 'GET'],
        ['ERR_POLICY_DENIED', 'check_failed', 'origin', 403, 'POST'],
        ['ERR_POLICY_DENIED', 'check_failed', 'accounts', 403, 'GET'],
        ['ERR_JWKS_KEYS_NEEDED', 'missing', undefined, 503, 'GET'],
      ]);
    });

    test('sends the response that onRefused returns', async () => {
      const login = () => {
        const headers = new Headers({ location: '/login', 'content-type': 'text/plain' });
        for (const cookie of ['a=1', 'b=2']) headers.append('set-cookie', cookie);
        return new Response('log in', { status: 302, headers });
      };
      for (const onRefused of [login, async () => login()]) {
        await using(serve(verifier, { onRefused }), async (service) => {
          const response = await ask(service);
          assert.deepEqual([response.status, await response.text()], [302, 'log in']);
          assert.equal(response.headers.get('location'), '/login');
          assert.deepEqual(response.headers.getSetCookie(), ['a=1', 'b=2']);
        });
      }
    });

    test('rejects the request with its own response if onRefused fails or returns anything else', async () => {
      const results = [
        () => {
          throw new TypeError('a defect');
        },
        () => Promise.reject(new TypeError('a defect')),
        ...[undefined, null, true, 200, 'x', {}, { status: 200 }, new Headers(), { token: {} }].map(
          (value) => () => value,
        ),
        // biome-ignore lint/suspicious/noThenProperty: a hostile thenable
        () => ({ then: () => assert.fail('a hostile promise') }),
        () => verifier.verify(good),
        () => new Proxy({}, { getPrototypeOf: () => assert.fail('a hostile proxy') }),
        (error) => Promise.resolve(error),
      ];
      for (const onRefused of results) {
        await using(serve(verifier, { onRefused }), async (service) => {
          const response = await ask(service, bearer(tokens.expired));
          assert.deepEqual([response.status, await response.json()], [401, { error: 'ERR_JWT_EXPIRED' }]);
        });
      }
    });

    test('names the resource metadata and the scope in the challenge', async () => {
      const options = { realm: 'the "edge"', resourceMetadata: METADATA, challengeScope: ['read', 'write:all'] };
      await using(serve(verifier, options), async (service) => {
        const challengeOf = async (headers) => (await ask(service, headers)).headers.get('www-authenticate');
        const rest = `scope="read write:all", resource_metadata="${METADATA}"`;
        assert.equal(await challengeOf({}), `Bearer realm="the \\"edge\\"", ${rest}`);
        const challenge = await challengeOf(bearer(tokens.expired));
        assert.ok(challenge.startsWith('Bearer realm="the \\"edge\\"", error="invalid_token", error_description="'));
        assert.ok(challenge.endsWith(`", ${rest}`), challenge);
      });
      await using(serve(strict, { ...options, resourceMetadata: new URL(METADATA) }), async (service) => {
        const { headers } = await ask(service, bearer(awsTokens.role));
        const challenge = headers.get('www-authenticate');
        assert.match(challenge, /error="insufficient_scope"/);
        assert.ok(challenge.endsWith(`", resource_metadata="${METADATA}"`), challenge);
        assert.ok(!challenge.includes(', scope='), challenge);
      });
    });

    test('rejects CORS preflights, and never calls the handler for one', async () => {
      const preflight = {
        origin: PAGE,
        'access-control-request-method': 'GET',
        'access-control-request-headers': 'authorization',
      };
      for (const options of [{}, { cookie: 'session' }, { header: ACCESS }]) {
        await using(serve(verifier, options), async (service) => {
          const response = await ask(service, preflight, { method: 'OPTIONS' });
          assert.deepEqual([response.status, await response.json()], [401, { error: 'no bearer token' }]);
        });
      }
      await using(serve(verifier, { optional: true }), async (service) => {
        assert.equal(await (await ask(service, preflight, { method: 'OPTIONS' })).text(), 'anonymous');
      });
    });

    test('lets the CORS middleware of the framework answer preflights', { skip: name === 'handler' }, async () => {
      await using(serve(verifier, {}, { allowOrigin: PAGE }), async (service) => {
        const headers = { origin: PAGE, 'access-control-request-method': 'GET' };
        const response = await ask(service, headers, { method: 'OPTIONS' });
        assert.equal(response.status, 204);
        assert.equal(response.headers.get('access-control-allow-origin'), PAGE);
        for (const [given, status] of any([
          [bearer(good), 200],
          [{}, 401],
        ])) {
          const answer = await ask(service, { origin: PAGE, ...given });
          assert.deepEqual([answer.status, answer.headers.get('access-control-allow-origin')], [status, PAGE]);
        }
      });
    });

    test('rejects a header that was sent twice', {
      skip: !['express', 'connect', 'fastify'].includes(name.split(' ')[0]),
    }, async () => {
      await using(serve(verifier, { optional: true }), async ({ port }) => {
        const header = `Authorization: Bearer ${good}`;
        assert.equal(await statusOfRaw(port, header), 200);
        assert.equal(await statusOfRaw(port, header, header), 401);
        assert.equal(await statusOfRaw(port, header, `authorization: Bearer ${tokens.expired}`), 401);
        assert.equal(await statusOfRaw(port, header, 'AUTHORIZATION: Basic abc'), 401);
      });
      await using(serve(verifier, { header: ACCESS, optional: true }), async ({ port }) => {
        assert.equal(await statusOfRaw(port, `${ACCESS}: ${good}`), 200);
        assert.equal(await statusOfRaw(port, `${ACCESS}: ${good}`, `CF-Access-JWT-Assertion: ${good}`), 401);
      });
    });
  });
}

describe('options of protect() and all frameworks', () => {
  const rejects = (options, message) => {
    const isInvalid = { name: 'JwtError', code: 'ERR_OPTIONS_INVALID', message };
    assert.throws(() => protect(verifier, () => new Response(), options), isInvalid);
    assert.throws(() => connectJwt(verifier, options), isInvalid);
    assert.throws(() => refuse(undefined, options), isInvalid);
  };

  test('rejects a "header" that is not the name of a header with the token', () => {
    for (const header of ['', ' ', 'a b', 'a:', 'a\r\nb', 'ä', 5, null, ['x'], true]) {
      rejects({ header }, /^"header" must be the name of a header/);
    }
    for (const header of ['authorization', 'Authorization']) rejects({ header }, /"header".*leave the option out/);
    rejects({ header: 'Cookie' }, /"header".*use the option "cookie"/);
    rejects({ header: 'x-token', cookie: 'session' }, /"header" and "cookie" cannot be combined/);
  });

  test('rejects an "onRefused" that is not a function', () => {
    for (const onRefused of [null, true, 'x', {}]) rejects({ onRefused }, /^"onRefused" must be a function/);
  });

  test('rejects a "resourceMetadata" that is not a URL', () => {
    for (const resourceMetadata of [
      ...[
        '',
        'x',
        '/.well-known/oauth-protected-resource',
        'http://service.example.test/',
        'ftp://service.example.test/',
      ],
      ...[
        'https://user@service.example.test/',
        'https://service.example.test/#x',
        'https://service.example.test/#',
        5,
        null,
      ],
    ]) {
      rejects({ resourceMetadata }, /^"resourceMetadata" must be an https URL/);
    }
  });

  test('escapes a "resourceMetadata" with quotes and backslashes', async () => {
    const handler = protect(verifier, () => new Response(), { resourceMetadata: `${METADATA}?a="\\b"` });
    const { headers } = await handler(new Request('https://service.example.test/'));
    assert.equal(headers.get('www-authenticate'), `Bearer resource_metadata="${METADATA}?a=%22\\\\b%22"`);
  });

  test('rejects a "challengeScope" that is not a list of scopes', () => {
    for (const challengeScope of ['', ' ', 'a  b', ' a', 'a"', 'a\\', 'ä', 'a\nb', [], [''], ['a', 5], 5, null, {}]) {
      rejects({ challengeScope }, /^"challengeScope" must be one or more scopes/);
    }
  });

  test('accepts undefined for each option', async () => {
    const options = { header: undefined, onRefused: undefined, resourceMetadata: undefined, challengeScope: undefined };
    const outcome = await authenticate(verifier, new Headers({ authorization: `Bearer ${good}` }), options);
    assert.ok(outcome && 'claims' in outcome);
  });

  test('names the missing scope instead of the challengeScope', async () => {
    const missing = new JwtError(
      any({
        code: 'ERR_POLICY_DENIED',
        category: 'policy',
        retryable: false,
        status: 403,
        claim: 'scope',
        expected: ['admin'],
        message: 'x',
      }),
    );
    const { headers } = refuse(missing, { challengeScope: 'read', resourceMetadata: METADATA });
    assert.equal(
      headers.get('www-authenticate'),
      `Bearer error="insufficient_scope", error_description="x", scope="admin", resource_metadata="${METADATA}"`,
    );
  });

  test('passes onRefused of authenticate() the request, and returns its response', async () => {
    const request = new Request('https://service.example.test/');
    const other = new Response('log in', { status: 302 });
    const onRefused = (_error, given) => {
      assert.equal(given, request);
      return other;
    };
    assert.equal(await authenticate(verifier, request, { onRefused }), other);
  });
});

describe('isPreflight()', () => {
  const request = (method, headers) => new Request('https://service.example.test/', { method, headers });
  const headers = { origin: PAGE, 'access-control-request-method': 'POST' };
  test('recognises a CORS preflight, whatever its other headers', () => {
    assert.equal(isPreflight(request('OPTIONS', headers)), true);
    assert.equal(isPreflight(request('OPTIONS', { ...headers, authorization: `Bearer ${good}` })), true);
  });
  test('does not recognise any other request', () => {
    assert.equal(isPreflight(request('OPTIONS', { origin: PAGE })), false);
    assert.equal(isPreflight(request('OPTIONS', { 'access-control-request-method': 'POST' })), false);
    for (const method of ['GET', 'POST', 'HEAD', 'PUT']) assert.equal(isPreflight(request(method, headers)), false);
  });
  test('throws only a JwtError for other values', () => {
    for (const value of [
      undefined,
      null,
      5,
      {},
      new Headers(),
      { headers: {}, method: 'OPTIONS' },
      { headers: { get: () => 5 }, method: 'OPTIONS' },
    ])
      assert.throws(() => isPreflight(any(value)), { name: 'JwtError', code: 'ERR_OPTIONS_INVALID' });
  });
});

describe('a request of Node', () => {
  test('is judged by its headers after earlier middleware has changed them', async () => {
    const middleware = connectJwt(verifier);
    const service = await listen((req, res) => {
      const change = new URL(any(req.url), 'http://x').searchParams;
      if (change.has('access_token')) req.headers.authorization = `Bearer ${change.get('access_token')}`;
      if (change.has('remove')) delete req.headers.authorization;
      middleware(req, res, () => void res.end('in'));
    });
    await using(service, async () => {
      assert.equal((await service.ask(`/?access_token=${good}`)).status, 200);
      const headers = { authorization: `Bearer ${good}` };
      assert.equal((await service.ask('/?remove', { headers })).status, 401);
      assert.equal((await service.ask('/', { headers })).status, 200);
    });
  });

  test('may have no rawHeaders, arrays of values, or the pseudo-headers of HTTP/2', async () => {
    const ask = async (request, options) => {
      let isIn = false;
      const res = any({ setHeader() {}, end() {} });
      await connectJwt(verifier, options)({ method: 'GET', url: '/', ...request }, res, () => void (isIn = true));
      return isIn ? 200 : res.statusCode;
    };
    const authorization = `Bearer ${good}`;
    assert.equal(await ask({ headers: { authorization } }), 200);
    assert.equal(await ask({ headers: { authorization }, rawHeaders: [] }), 200);
    assert.equal(await ask({ headers: { authorization: [authorization, authorization] } }), 401);
    assert.equal(await ask({ headers: Object.create({ authorization }) }), 401);
    const cookie = `session=${good}`;
    const origin = 'https://service.example.test';
    const post = (authority) => ({ method: 'POST', headers: { ':authority': authority, cookie, origin } });
    assert.equal(await ask(post('service.example.test'), { cookie: 'session' }), 200);
    assert.equal(await ask(post('other.example.test'), { cookie: 'session' }), 403);
  });

  test('with TLS is rejected if it comes from the same host without TLS', async () => {
    const ask = async (origin, encrypted, host = 'service.example.test') => {
      const headers = { host, origin, cookie: `session=${good}` };
      const req = { method: 'POST', url: '/', headers, socket: { encrypted } };
      let status;
      const res = any({ setHeader() {}, end() {} });
      await connectJwt(verifier, { cookie: 'session' })(req, res, () => void (status = 200));
      return status ?? res.statusCode;
    };
    assert.equal(await ask('http://service.example.test', true), 403);
    assert.equal(await ask('https://service.example.test', true), 200);
    assert.equal(await ask('https://service.example.test', true, 'service.example.test:443'), 200);
    assert.equal(await ask('https://service.example.test:8443', true, 'service.example.test:8443'), 200);
    assert.equal(await ask('https://other.example.test', true), 403);
    // A proxy may have removed the TLS.
    assert.equal(await ask('https://service.example.test', undefined), 200);
    assert.equal(await ask('http://service.example.test', undefined), 200);
  });

  test('passes a JwtError to next() if it cannot be read', async () => {
    for (const request of [{}, { headers: null }, { headers: { authorization: 5 } }, undefined, null]) {
      let thrown;
      await connectJwt(verifier)(any(request), any({}), (error) => void (thrown = error));
      assert.ok(thrown instanceof JwtError, String(thrown));
      assert.equal(thrown.code, 'ERR_OPTIONS_INVALID');
    }
  });

  test('replaces an "auth" that the request already has', async () => {
    const req = any({ headers: {}, auth: 'forged' });
    await connectJwt(verifier, { optional: true })(req, any({}), () => {});
    assert.equal(req.auth, undefined);
  });
});

describe('a request of Node with a polluted Object.prototype', () => {
  const polluted = async (name, descriptor, run) => {
    Object.defineProperty(Object.prototype, name, any({ __proto__: null, configurable: true, ...descriptor }));
    try {
      return await run();
    } finally {
      delete Object.prototype[name];
    }
  };

  test('gets the verified token, whatever accessor "auth" exists', async () => {
    const accessor = { get: () => 'forged', set() {} };
    const headers = { authorization: `Bearer ${good}` };
    for (const [given, subject] of any([
      [{}, undefined],
      [headers, claims.sub],
    ])) {
      const req = any({ headers: given, method: 'GET', url: '/' });
      let auth;
      const next = () => void (auth = req.auth);
      await polluted('auth', accessor, () => connectJwt(verifier, { optional: true })(req, any({}), next));
      assert.equal(auth?.claims.sub, subject);
      let hook;
      const instance = { hasRequestDecorator: () => true, addHook: (_, given) => void (hook = given) };
      await fastifyJwt(any(instance), { verifier, optional: true });
      const request = any({ raw: { headers: given, method: 'GET', url: '/' } });
      auth = await polluted('auth', accessor, () => hook(request, {}).then(() => request.auth));
      assert.equal(auth?.claims.sub, subject);
    }
  });

  test('is not mistaken for headers because of an accessor "get"', async () => {
    const req = any({ headers: { authorization: 'Bearer bad' }, method: 'GET', url: '/' });
    const res = any({ setHeader() {}, end() {} });
    let outcome;
    const next = (error) => void (outcome = error ?? 'in');
    await polluted('get', { get: () => () => undefined, set() {} }, () =>
      connectJwt(verifier, { optional: true })(req, res, next),
    );
    // The Response class of Node may fail with such an accessor. Then the error goes to next().
    assert.ok(outcome instanceof Error || res.statusCode === 401, String(outcome));
  });
});

describe('the plugin of Fastify', () => {
  test('protects all routes of the instance on which it is registered, and no others', async () => {
    const app = fastify();
    app.get('/open', (request) => ({ auth: request.auth === undefined }));
    await app.register(async (scope) => {
      await scope.register(fastifyJwt, { verifier });
      scope.get('/closed', (request) => ({ sub: request.auth?.claims.sub }));
      await scope.register(async (inner) => void inner.get('/inner', () => ({})));
    });
    const statusOf = async (url, headers = {}) => (await app.inject({ url, headers })).statusCode;
    assert.deepEqual([await statusOf('/open'), await statusOf('/closed'), await statusOf('/inner')], [200, 401, 401]);
    const headers = { authorization: `Bearer ${good}` };
    assert.deepEqual((await app.inject({ url: '/closed', headers })).json(), { sub: claims.sub });
  });

  test('protects all routes of the application, even unknown ones, if registered on the application', async () => {
    const app = fastify();
    await app.register(fastifyJwt, { verifier });
    await app.register(async (scope) => void scope.get('/closed', () => ({})));
    for (const url of ['/closed', '/unknown']) assert.equal((await app.inject({ url })).statusCode, 401);
  });

  test('may be registered for several scopes, each with its own verifier', async () => {
    const app = fastify();
    for (const [path, given] of any([
      ['/a', verifier],
      ['/b', strict],
    ])) {
      await app.register(async (scope) => {
        await scope.register(fastifyJwt, { verifier: given });
        scope.get(path, () => ({}));
      });
    }
    const headers = { authorization: `Bearer ${awsTokens.role}` };
    const statuses = [];
    for (const url of ['/a', '/b']) statuses.push((await app.inject({ url, headers })).statusCode);
    assert.deepEqual(statuses, [200, 403]);
  });

  test('fails at registration if an option is invalid', async () => {
    for (const options of [{}, { verifier: {} }, { verifier, optinal: true }, { verifier, realm: 5 }]) {
      await assert.rejects(async () => void (await fastify().register(fastifyJwt, any(options))), {
        name: 'JwtError',
        code: 'ERR_OPTIONS_INVALID',
      });
    }
  });
});
