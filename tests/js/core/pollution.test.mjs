// Checks that no public function reads an option from a polluted Object.prototype, and that all functions reject unknown options.
import assert from 'node:assert/strict';
import test, { describe } from 'node:test';
import { Hono } from 'hono';
import { createVerifier, explain, JwtError, KeySet, Verifier, verify } from 'sts-jwt';
import { awsOutbound } from 'sts-jwt/aws';
import { stsJwt as connectJwt } from 'sts-jwt/express';
import { stsJwt as fastifyJwt } from 'sts-jwt/fastify';
import { authenticate, isPreflight, protect, protectedResourceMetadata, refuse } from 'sts-jwt/handler';
import { stsJwt } from 'sts-jwt/hono';
import { authorizer } from 'sts-jwt/lambda';
import { createRemoteVerifier } from 'sts-jwt/remote';
import { cacheStore, durableObjectStore, kvStore, memoryStore, replayGuard } from 'sts-jwt/stores';
import { createTestIssuer } from 'sts-jwt/testing';
import { createFixtures } from '../fixtures.mjs';
import { VERIFY } from '../suite/hostile.mjs';

const { issuer, audience, jwks, tokens } = createFixtures();
const text = typeof jwks === 'string' ? jwks : JSON.stringify(jwks);
const now = Date.now() / 1000;
const other = 'https://other.example.test';
const expectations = { issuer, audience };
const testIssuer = await createTestIssuer({ issuer: other, now: () => now });
const verifier = createVerifier({ issuer, audience, jwks });
const verified = verifier.verify(tokens.ES384);
const unavailable = /** @type {any} */ ({
  code: 'ERR_JWKS_UNAVAILABLE',
  category: 'unavailable',
  retryable: true,
  status: 503,
});

/** The content of a hostile store. No function may use this content. */
const planted = { jwks: '{"keys":[]}', fetchedAt: now + 1e6, maxAge: 1e9 };
const store = { get: async () => planted, put: async () => {}, load: async () => planted };
const kv = () => {
  const kept = new Map();
  return {
    kept,
    get: async (key) => JSON.parse(kept.get(key) ?? 'null'),
    put: async (key, value, options) => void kept.set(key, value).set('options', options),
  };
};
const namespace = () => {
  const names = [];
  const object = { get: async () => undefined, accept: async (...given) => names.push(given) > 0 };
  return { names, idFromName: (name) => names.push(name), get: () => object };
};

const ISSUER = { ...VERIFY, jwks: '{"keys":[]}', jwksUri: `${other}/keys` };
const VERIFIER = { ...ISSUER, maxCachedTokens: 0, maxKeyAge: 1, allowLoopbackHttp: true, issuers: [] };
const TIMING = {
  softAge: 1,
  hardAge: 1,
  staleIfError: 1,
  refetchInterval: 1,
  timeout: 0.01,
  backoff: 1,
  maxBackoff: 1,
};
const REMOTE = {
  ...VERIFIER,
  discovery: true,
  fetch: () => assert.fail('the polluted fetch was called'),
  store,
  waitUntil: () => assert.fail('the polluted waitUntil was called'),
  clock: () => 1,
  random: () => 2,
  timing: TIMING,
  ...TIMING,
};
const PROTECT = {
  cookie: 'session',
  header: 'x-polluted',
  allowCrossSite: true,
  optional: true,
  realm: 'polluted',
  resourceMetadata: other,
  challengeScope: 'polluted',
  retryAfter: 5,
  onRefused: () => new Response('polluted'),
  // The names of members that the code itself creates, for decisions and for values that it has read.
  isIn: true,
  token: verified,
  response: new Response('polluted'),
  authorization: `Bearer ${tokens.ES384}`,
  reason: 'missing',
  claim: 'origin',
};
const AUTHORIZER = {
  ...PROTECT,
  version: '2.0',
  type: 'TOKEN',
  authorizationToken: `Bearer ${tokens.ES384}`,
  methodArn: `arn:aws:execute-api:eu-west-1:123456789012:polluted/prod/GET/`,
  headers: { authorization: `Bearer ${tokens.ES384}` },
  multiValueHeaders: { authorization: [`Bearer ${tokens.ES384}`] },
  cookies: [`session=${tokens.ES384}`],
  requestContext: { http: { method: 'GET' } },
  response: 'simple',
  resources: '*',
  context: () => ({ polluted: 1 }),
  aws: { account: 'polluted', principal: { arn: 'polluted' } },
};
const METADATA = {
  resource: other,
  authorization_servers: [other],
  scopes_supported: ['polluted'],
  resource_name: 'polluted',
  status: 500,
};
const CALL = { now: 1, waitUntil: () => assert.fail('the polluted waitUntil was called'), issuer: other };
const SNAPSHOT = { version: 1, issuers: [], jwks, fetchedAt: now, digest: 'x', issuer };
const KEYS = { fetchedAt: 1e12, maxAge: 1, problem: 'polluted' };
const TEST_CLAIMS = {
  audience: 'polluted',
  caller: 'root',
  principal: 'polluted',
  lifetime: 5,
  issuedAt: 5,
  aws: { polluted: 1 },
  claims: { polluted: 1 },
};
const AWS = {
  issuer: other,
  accountIssuers: { 111122223333: other },
  audience: null,
  ...Object.fromEntries(
    ['accounts', 'organizations', 'organizationalUnits', 'principals', 'regions', 'lambdaFunctions'].map((name) => [
      name,
      ['x'],
    ]),
  ),
  ec2Instances: ['x'],
  vpcs: ['x'],
  sourceIdentities: ['x'],
  principalTags: { x: 'x' },
  issuerSuffixes: { x: 'x' },
  maxLifetime: 1,
};

const fetchKeys = async () => new Response(text, { headers: { 'content-type': 'application/json' } });
const remote = (config = {}) => createRemoteVerifier({ issuer, audience, fetch: fetchKeys, ...config });
const request = (headers) => new Request('https://service.example.test/', { headers });
const answerOf = async (response) => [response.status, [...response.headers], await response.text()];
const REQUESTS = [
  {},
  { authorization: 'Bearer' },
  { cookie: `session=${tokens.ES384}` },
  { authorization: `Bearer ${tokens.ES384}` },
];
const answersOf = (handler) => Promise.all(REQUESTS.map(async (headers) => answerOf(await handler(request(headers)))));
const away = createVerifier({ issuer, audience });

/**
 * For every public function with options: hostile values for the options, and a callback that calls the function. The
 * callback receives further options as `more`; if the function accepts such options, the callback passes them on.
 */
const FUNCTIONS = {
  'verify()': [VERIFY, (more) => verify(tokens.ES384, jwks, { ...expectations, ...more })],
  'verify() without issuer': [VERIFY, () => verify(tokens.ES384, jwks, /** @type {any} */ ({ audience }))],
  'verify() without audience': [VERIFY, () => verify(tokens.ES384, jwks, /** @type {any} */ ({ issuer }))],
  'verify() of an expired token': [VERIFY, () => verify(tokens.expired, jwks, expectations)],
  'explain()': [VERIFY, (more) => explain(tokens.ES384, jwks, { ...expectations, ...more, now })],
  'createVerifier()': [VERIFIER, (more) => createVerifier({ issuer, audience, jwks, ...more }).verify(tokens.ES384)],
  'createVerifier() without keys': [VERIFIER, () => createVerifier({ issuer, audience }).verify(tokens.ES384)],
  'createVerifier() without issuer': [VERIFIER, () => createVerifier(/** @type {any} */ ({ audience }))],
  'createVerifier() without audience': [VERIFIER, () => createVerifier(/** @type {any} */ ({ issuer }))],
  'createVerifier() with http': [VERIFIER, () => createVerifier({ issuer: 'http://localhost', audience })],
  'createVerifier() with issuers': [
    VERIFIER,
    (more) => new Verifier({ issuers: [{ issuer, audience, jwks, ...more }] }).verify(tokens.ES384),
  ],
  'setKeys()': [
    KEYS,
    (more) => {
      const verifier = createVerifier({ issuer, audience });
      verifier.setKeys(issuer, jwks, more);
      assert.ok(verifier.snapshot().issuers[0].fetchedAt < now + 1e5);
    },
  ],
  'Verifier.verify()': [CALL, (more) => verifier.verify(tokens.ES384, more)],
  'Verifier.safeVerify()': [CALL, (more) => verifier.safeVerify(tokens.ES384, more)],
  'Verifier.explain()': [CALL, (more) => verifier.explain(tokens.expired, more).code],
  'Verifier.restore()': [SNAPSHOT, (more) => createVerifier(expectations).restore(verifier.snapshot(), more)],
  'Verifier.restore() of an empty object': [
    SNAPSHOT,
    () => createVerifier(expectations).restore(/** @type {any} */ ({})),
  ],
  'Verifier.restore() of an empty entry': [
    SNAPSHOT,
    () => createVerifier(expectations).restore(/** @type {any} */ ({ version: 1, issuers: [{ issuer }] })),
  ],
  'createRemoteVerifier()': [REMOTE, (more) => remote(more).verify(tokens.ES384)],
  'createRemoteVerifier() with issuers': [
    REMOTE,
    (more) => createRemoteVerifier({ fetch: fetchKeys, issuers: [{ issuer, audience, ...more }] }).verify(tokens.ES384),
  ],
  'createRemoteVerifier() with timing': [REMOTE, (timing) => remote({ timing }).verify(tokens.ES384)],
  'createRemoteVerifier() with a store': [
    { ...REMOTE, ...KEYS },
    async () => {
      for (const store of [memoryStore(), kvStore(kv())]) {
        await remote({ store }).verify(tokens.ES384);
        await remote({ store }).verify(tokens.RS256);
      }
    },
  ],
  'createRemoteVerifier() with discovery': [
    { ...REMOTE, jwks_uri: `${other}/keys` },
    () => remote({ discovery: true, fetch: async () => Response.json({}) }).verify(tokens.ES384),
  ],
  'RemoteVerifier.verify()': [CALL, (more) => remote().verify(tokens.ES384, more)],
  'RemoteVerifier.verify() of an unknown issuer': [CALL, () => remote().verify(tokens.issuerOther)],
  'RemoteVerifier.explain()': [CALL, (more) => remote().explain(tokens.ES384, more).code],
  'RemoteVerifier.restore()': [SNAPSHOT, () => remote().restore(/** @type {any} */ ({}))],
  'protect()': [PROTECT, (more) => answersOf(protect(verifier, (_, token) => Response.json(token?.claims.sub), more))],
  'protect() without keys': [PROTECT, () => answersOf(protect(away, () => new Response('in')))],
  'stsJwt()': [
    PROTECT,
    (more) => {
      const app = new Hono().use(stsJwt(verifier, more)).get('/', (c) => c.text('in'));
      return answersOf((request) => app.fetch(request));
    },
  ],
  'authenticate()': [
    PROTECT,
    async (more) => answerOf(/** @type {any} */ (await authenticate(verifier, new Headers(), more))),
  ],
  'stsJwt() of Express': [
    PROTECT,
    (more) =>
      Promise.all(
        REQUESTS.map(async (headers) => {
          const seen = [];
          const res = /** @type {any} */ ({
            setHeader: (...header) => seen.push(header),
            end: (body) => seen.push(res.statusCode, String(body)),
          });
          const req = /** @type {any} */ ({ method: 'GET', url: '/', headers, rawHeaders: [] });
          await connectJwt(verifier, more)(req, res, (error) => seen.push('next', String(error), req.auth?.tokenId));
          return seen;
        }),
      ),
  ],
  'stsJwt() of Fastify': [
    PROTECT,
    async (more) => {
      const hooks = [];
      const instance = /** @type {any} */ ({
        hasRequestDecorator: () => true,
        addHook: (_, hook) => hooks.push(hook),
      });
      await fastifyJwt(instance, /** @type {any} */ ({ verifier, ...more }));
      return Promise.all(
        REQUESTS.map(async (headers) => {
          const seen = [];
          const reply = {
            code: (code) => seen.push(code),
            header: (...h) => seen.push(h),
            send: (body) => seen.push(`${body}`),
          };
          const request = /** @type {any} */ ({ raw: { method: 'GET', url: '/', headers, rawHeaders: [] } });
          await hooks[0](request, reply);
          return [...seen, Object.hasOwn(request, 'auth') && request.auth?.tokenId];
        }),
      );
    },
  ],
  'authorizer()': [
    AUTHORIZER,
    async (more) => {
      const routeArn = 'arn:aws:execute-api:eu-west-1:123456789012:api/prod/GET/';
      const events = REQUESTS.map((headers) => ({ version: '2.0', type: 'REQUEST', routeArn, headers }));
      const answers = [];
      for (const response of /** @type {const} */ (['simple', 'policy'])) {
        for (const event of [...events, { version: '2.0', routeArn }]) {
          answers.push(await authorizer(verifier, { response, ...more })(event).catch(({ message }) => message));
        }
      }
      answers.push(await authorizer(verifier)({}).catch(({ message }) => message));
      return answers;
    },
  ],
  'protectedResourceMetadata()': [
    METADATA,
    async (more) => {
      const metadata = protectedResourceMetadata({ resource: issuer, ...more });
      return answerOf(/** @type {any} */ (metadata({ method: 'GET', url: metadata.path })));
    },
  ],
  'isPreflight()': [
    { method: 'OPTIONS', origin: other, 'access-control-request-method': 'GET' },
    () => REQUESTS.map((headers) => isPreflight(request(headers))),
  ],
  'refuse()': [PROTECT, (more) => answerOf(refuse(new JwtError({ ...unavailable, message: 'x' }), more))],
  'new JwtError()': [
    { errors: [{ ...unavailable, message: 'polluted' }], claim: 'x', retryAfter: 5 },
    () => JSON.stringify(new JwtError({ ...unavailable, message: 'x' })),
  ],
  'awsOutbound()': [AWS, (more) => awsOutbound({ issuer, audience, ...more })],
  'awsOutbound() with accounts': [AWS, () => awsOutbound({ audience, accountIssuers: { 444455556666: issuer } })],
  'cacheStore()': [
    { cache: { match: async () => Response.json(planted), put: async () => {} }, prefix: 'x', maxAge: 1 },
    async (more) => {
      const keys = { jwks: text, fetchedAt: 5 };
      const kept = [];
      const cache = {
        match: async (url) => void kept.push(url),
        put: async (url, { headers }) => void kept.push(url, ...headers),
      };
      const store = cacheStore({ cache, ...more });
      await store.put(issuer, keys);
      await store.get(issuer);
      await cacheStore().get(issuer);
      return kept;
    },
  ],
  'kvStore()': [
    { prefix: 'x', expirationTtl: 1 },
    async (more) => {
      const namespace = kv();
      await kvStore(namespace, more).put(issuer, { jwks: text, fetchedAt: 5 });
      return [...namespace.kept];
    },
  ],
  'durableObjectStore()': [
    { name: 'polluted' },
    async (more) => {
      const given = namespace();
      await durableObjectStore(given, more).get(issuer);
      return given.names;
    },
  ],
  'replayGuard()': [
    { clockTolerance: 1, maxLifetime: 1, clock: () => 1, expiresAt: now + 5 },
    async (more) => {
      const given = namespace();
      await replayGuard(given, more).accept(verified);
      return given.names;
    },
  ],
  'createTestIssuer()': [
    {
      account: '444455556666',
      partition: 'aws-cn',
      region: 'x',
      issuer: 'https://polluted.example.test',
      now: () => 1,
      rsaAlg: true,
      headers: { x: 'x' },
    },
    async (more) => {
      const { account, partition, region, jwks, issuer } = await createTestIssuer(more);
      return [account, partition, region, issuer.length, Object.keys(jwks.keys[0])];
    },
    TypeError,
  ],
  'TestIssuer.claims()': [TEST_CLAIMS, (more) => ({ ...testIssuer.claims({ audience, ...more }), jti: '' }), TypeError],
  'TestIssuer.claims() without audience': [TEST_CLAIMS, () => testIssuer.claims(/** @type {any} */ ({})), TypeError],
  'TestIssuer.token()': [
    { ...TEST_CLAIMS, alg: 'RS256', key: testIssuer.key('RS256'), header: { polluted: 1 } },
    async (more) => {
      const [header, payload] = (await testIssuer.token({ audience, ...more })).split('.');
      return [header, { ...JSON.parse(Buffer.from(payload, 'base64url').toString()), jti: '' }];
    },
    TypeError,
  ],
  'TestIssuer.sign()': [
    { header: {}, claims: {}, key: testIssuer.key('RS256'), alg: 'RS256' },
    async (more) => (await testIssuer.sign({ header: {}, claims: {}, ...more })).length,
    TypeError,
  ],
  'TestIssuer.rotate()': [
    { mode: 'overlap', alg: 'RS256' },
    async (more) => {
      const issuer = await createTestIssuer();
      await issuer.rotate(more);
      return issuer.jwks.keys.map(({ kid }) => kid);
    },
    TypeError,
  ],
  'TestIssuer.outage()': [
    { requests: 1, document: 'configuration' },
    async (more) => {
      const issuer = await createTestIssuer();
      issuer.outage(503, more);
      return [(await issuer.fetch(issuer.jwksUri)).status, (await issuer.fetch(issuer.jwksUri)).status];
    },
    TypeError,
  ],
};

/** The calls that fail, whether or not there is pollution. */
const FAILING = [
  'verify() without issuer',
  'verify() without audience',
  'verify() of an expired token',
  'createVerifier() without keys',
  'createVerifier() without issuer',
  'createVerifier() without audience',
  'createVerifier() with http',
  'Verifier.restore() of an empty object',
  'Verifier.restore() of an empty entry',
  'createRemoteVerifier() with discovery',
  'RemoteVerifier.verify() of an unknown issuer',
  'RemoteVerifier.restore()',
  'TestIssuer.claims() without audience',
];

/** Whether the call accepts no further options. */
const isComplete = (name) => FUNCTIONS[name][1].length === 0;

describe('options and a polluted Object.prototype', () => {
  for (const [name, [polluted, run]] of Object.entries(FUNCTIONS)) {
    test(`does not read polluted options: ${name}`, async () => {
      const expected = await outcomeOf(run);
      assert.equal('error' in expected, FAILING.includes(name), JSON.stringify(expected));
      for (const [option, value] of Object.entries(polluted)) {
        const { outcome, reads } = await whilePolluted(option, value, run);
        assert.deepEqual(reads, [], `reads a polluted ${option}`);
        assert.deepEqual(outcome, expected, `the polluted ${option} changes the result`);
      }
    });
  }

  for (const name of Object.keys(FUNCTIONS).filter((name) => !isComplete(name))) {
    test(`rejects unknown options: ${name}`, async () => {
      const [, run, type = JwtError] = /** @type {any} */ (FUNCTIONS[name]);
      await assert.rejects(
        async () => run({ unknownMember: 1 }),
        (error) => {
          assert.ok(error instanceof type, String(error));
          assert.match(/** @type {Error} */ (error).message, /unknownMember/);
          if (type === JwtError) assert.equal(/** @type {JwtError} */ (error).code, 'ERR_OPTIONS_INVALID');
          return true;
        },
      );
    });
  }

  test('rejects expectations passed as per-call options', async () => {
    const call = /** @type {any} */ ({ audience: 'other' });
    for (const run of [
      () => verifier.verify(tokens.ES384, call),
      () => verifier.safeVerify(tokens.ES384, call),
      () => verifier.explain(tokens.ES384, call),
      () => remote().verify(tokens.ES384, call),
      () => remote().verify(tokens.ES384, /** @type {any} */ ({ now: 5 })),
      () => verifier.verify(tokens.ES384, /** @type {any} */ (null)),
      () => verifier.setKeys(issuer, jwks, /** @type {any} */ (null)),
      () => remote({ store: 5 }),
      () => remote({ store: null }),
      () => remote({ store: {} }),
      () => remote({ issuers: undefined, store: { get() {} } }),
    ])
      await assert.rejects(async () => run(), { name: 'JwtError', code: 'ERR_OPTIONS_INVALID' });
  });

  test('accepts the ctx of a Worker as per-call options', async () => {
    class ExecutionContext {
      props = {};
      other = 5;
      waitUntil() {}
      passThroughOnException() {}
    }
    const plain = { waitUntil() {}, passThroughOnException() {}, props: {} };
    for (const call of [new ExecutionContext(), plain, undefined, {}]) {
      assert.ok(verifier.verify(tokens.ES384, /** @type {any} */ (call)));
      assert.ok(await remote().verify(tokens.ES384, call));
    }
  });
});

/** Returns what a call returns or throws, as plain data. */
async function outcomeOf(run) {
  try {
    const result = await run();
    return { result: result === undefined ? undefined : JSON.parse(JSON.stringify(result)) };
  } catch (error) {
    return { error: `${error.name} ${error.code} ${error.message}` };
  }
}

/** Runs a call with a polluted option. Returns its outcome, and the places where the package read the option. */
async function whilePolluted(option, value, run) {
  const reads = [];
  Object.defineProperty(Object.prototype, option, {
    configurable: true,
    get() {
      const [, , caller] = (new Error().stack ?? '').split('\n');
      if (caller?.includes('/sts-jwt/')) reads.push(caller.trim());
      return value;
    },
    set(own) {
      Object.defineProperty(this, option, { value: own, configurable: true, enumerable: true, writable: true });
    },
  });
  try {
    return { outcome: await outcomeOf(run), reads };
  } finally {
    delete Object.prototype[option];
  }
}

describe('functions and accessors on prototypes', () => {
  /** Calls `run` while a prototype has a member. */
  const polluted = (prototype, name, value, run) => {
    Object.defineProperty(prototype, name, { value, configurable: true, writable: true });
    try {
      return run();
    } finally {
      delete prototype[name];
    }
  };

  for (const prototype of [Object.prototype, Array.prototype]) {
    const owner = prototype === Object.prototype ? 'Object' : 'Array';
    for (const written of [null, undefined, {}, '', [], ['other'], 'https://other.example.test']) {
      const toJSON = () => written;
      for (const [kind, descriptor] of /** @type {[string, PropertyDescriptor][]} */ ([
        ['a function', { value: toJSON, writable: true }],
        ['an accessor', { get: () => toJSON, set() {} }],
      ])) {
        test(`follows the options as passed, and rejects key sets, if toJSON of ${owner}.prototype is ${kind} that returns ${JSON.stringify(written)}`, () => {
          const plain = createVerifier({ issuer, audience });
          plain.setKeys(issuer, text);
          const before = plain.snapshot();
          const rejected = {
            name: 'JwtError',
            code: /^ERR_(JWT_CLAIM_VALIDATION_FAILED|POLICY_DENIED|JOSE_ALG_NOT_ALLOWED)$/,
          };
          Object.defineProperty(prototype, 'toJSON', { ...descriptor, configurable: true });
          try {
            for (const options of /** @type {any[]} */ ([
              { issuer, audience: ['other'] },
              { issuer, audience, subject: ['other'] },
              { issuer, audience, aws: { accounts: ['999999999999'] } },
              { issuer, audience, algorithms: ['RS256'] },
            ])) {
              assert.throws(() => verify(tokens.ES384, text, options), rejected);
              assert.throws(() => createVerifier({ ...options, jwks: text }).verify(tokens.ES384), rejected);
            }
            assert.throws(() => new KeySet({ keys: [] }), { name: 'JwtError', code: 'ERR_JWKS_INVALID' });
            assert.deepEqual(plain.snapshot(), before);
          } finally {
            delete (/** @type {any} */ (prototype).toJSON);
          }
        });
      }
    }
  }

  test('fills no hole of a list from a polluted prototype', () => {
    const holes = (...entries) => Object.assign(entries, { length: 2 });
    const attempts = [
      () => verify(tokens.ES384, jwks, { ...expectations, audience: holes('other') }),
      () => verify(tokens.ES384, jwks, { ...expectations, audience: holes() }),
      () => createVerifier({ issuer, audience: holes('other'), jwks }),
      () => createVerifier({ issuer, audience: holes(), jwks }),
    ];
    Object.assign(Object.prototype, { 0: audience, 1: audience });
    try {
      for (const attempt of attempts) assert.throws(attempt, { code: 'ERR_OPTIONS_INVALID' });
      // The same list without holes is in the cache of options, and must not match a list with a hole.
      assert.ok(verify(tokens.ES384, jwks, { ...expectations, audience: ['other', audience] }));
      assert.throws(attempts[0], { code: 'ERR_OPTIONS_INVALID' });
    } finally {
      delete Object.prototype[0];
      delete Object.prototype[1];
    }
  });

  test('drops no condition that a polluted prototype seems to repeat', () => {
    const bare = { issuer, audience };
    for (const [cached, name, value] of /** @type {any[]} */ ([
      [{ ...bare, clockTolerance: 30 }, 'subject', 'other'],
      [{ ...bare, clockTolerance: 30 }, 'scope', 'admin'],
      [{ ...bare, collectAll: true }, 'algorithms', ['RS256']],
      [{ ...bare, aws: { accounts: ['111122223333'] } }, 'requiredClaims', ['other']],
    ])) {
      verify(tokens.ES384, text, cached);
      Object.defineProperty(Object.prototype, name, { value, configurable: true, writable: true });
      try {
        assert.throws(() => verify(tokens.ES384, text, { ...bare, [name]: value }), { name: 'JwtError' });
        const verifier = createVerifier({ ...bare, jwks: text, [name]: value });
        assert.throws(() => verifier.verify(tokens.ES384), { name: 'JwtError' });
      } finally {
        delete Object.prototype[name];
      }
    }
    verify(tokens.ES384, text, { ...bare, aws: { accounts: ['111122223333'] } });
    Object.defineProperty(Object.prototype, 'regions', { value: ['x'], configurable: true, writable: true });
    try {
      assert.throws(() => verify(tokens.ES384, text, { ...bare, aws: { regions: ['x'] } }), {
        code: 'ERR_POLICY_DENIED',
      });
    } finally {
      delete (/** @type {any} */ (Object.prototype).regions);
    }
  });

  test('returns the signed AWS identity even if Object.prototype has accessors', () => {
    const accessor = { get: () => 'polluted', set() {}, configurable: true };
    const seen = verify(tokens.ES384, text, expectations);
    for (const name of ['aws', 'expiresAt']) {
      Object.defineProperty(Object.prototype, name, accessor);
      try {
        assert.equal(verify(tokens.ES384, text, expectations).expiresAt, seen.expiresAt);
      } finally {
        delete Object.prototype[name];
      }
    }
  });

  test('fetches new keys even if Object.prototype has a member "fetched"', async () => {
    Object.defineProperty(Object.prototype, 'fetched', { value: 'x', configurable: true, writable: true });
    try {
      const answer = () => new Response(text, { headers: { 'content-type': 'application/json' } });
      const remote = createRemoteVerifier({ issuer, audience, fetch: async () => answer() });
      assert.equal((await remote.verify(tokens.ES384)).alg, 'ES384');
    } finally {
      delete (/** @type {any} */ (Object.prototype).fetched);
    }
  });

  test('never uses a load() on Object.prototype as the load() of a store', async () => {
    const planted = async () => ({ jwks: '{"keys":[]}', fetchedAt: now, problem: 'planted' });
    Object.defineProperty(Object.prototype, 'load', { value: planted, configurable: true, writable: true });
    try {
      const answer = () => new Response(text, { headers: { 'content-type': 'application/json' } });
      const remote = createRemoteVerifier({
        issuer,
        audience,
        store: kvStore(/** @type {any} */ (kv())),
        fetch: async () => answer(),
      });
      assert.equal((await remote.verify(tokens.ES384)).alg, 'ES384');
    } finally {
      delete (/** @type {any} */ (Object.prototype).load);
    }
  });

  test('does not add inherited members to results', () => {
    const withoutExp = createFixtures();
    assert.ok(withoutExp.tokens.expMissing);
    const options = { issuer: withoutExp.issuer, audience: withoutExp.audience, allowMissingExp: true };
    const later = now + 1e6;
    const result = polluted(Object.prototype, 'exp', later, () =>
      verify(withoutExp.tokens.expMissing, withoutExp.jwks, options),
    );
    assert.ok(!Object.hasOwn(result, 'expiresAt'));
    const explanation = polluted(Object.prototype, 'error', unavailable, () =>
      explain(tokens.ES384, text, expectations),
    );
    assert.ok(!Object.hasOwn(explanation, 'error') && !Object.hasOwn(explanation, 'code'));
  });
});
