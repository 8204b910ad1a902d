// Passes odd values to the functions that fetch, store and protect. Checks that these functions throw nothing but a
// JwtError, and that their promises reject with nothing else.
import assert from 'node:assert/strict';
import { register } from 'node:module';
import test, { describe } from 'node:test';
import { createVerifier, JwtError } from 'sts-jwt';
import { stsJwt as connectJwt } from 'sts-jwt/express';
import { stsJwt as fastifyJwt } from 'sts-jwt/fastify';
import { authenticate, isPreflight, protect, protectedResourceMetadata, refuse } from 'sts-jwt/handler';
import { stsJwt } from 'sts-jwt/hono';
import { authorizer } from 'sts-jwt/lambda';
import { createRemoteVerifier } from 'sts-jwt/remote';
import { cacheStore, durableObjectStore, kvStore, memoryStore, replayGuard } from 'sts-jwt/stores';
import { createFixtures } from '../fixtures.mjs';

// The Durable Objects extend a class that exists only in Workers.
const base = 'data:text/javascript,export class DurableObject { constructor(ctx) { this.ctx = ctx; } }';
const hook = `export const resolve = (name, context, next) =>
  name === 'cloudflare:workers' ? { url: ${JSON.stringify(base)}, shortCircuit: true } : next(name, context);`;
register(`data:text/javascript,${encodeURIComponent(hook)}`);
const { KeysObject, ReplayObject } = await import('sts-jwt/durable-objects');

const { issuer, audience, jwks, tokens } = createFixtures();
const text = typeof jwks === 'string' ? jwks : JSON.stringify(jwks);
const verifier = createVerifier({ issuer, audience, jwks });
const good = tokens.ES384;

const fail = () => {
  throw new RangeError('hostile');
};
const revoked = (target) => {
  const { proxy, revoke } = Proxy.revocable(target, {});
  revoke();
  return proxy;
};
/** Returns a rejected promise that does not have to be handled. */
const rejected = () => {
  const promise = Promise.reject(new RangeError('hostile'));
  promise.catch(() => {});
  return promise;
};
const cyclic = () => {
  const object = {};
  object.self = object;
  return object;
};
const TRAPS = ['get', 'has', 'ownKeys', 'getPrototypeOf', 'getOwnPropertyDescriptor', 'apply', 'construct'];

/** Values that no caller should pass, created again for each call. */
const ODD = {
  undefined: () => undefined,
  null: () => null,
  true: () => true,
  false: () => false,
  0: () => 0,
  '-1': () => -1,
  0.5: () => 0.5,
  '1e400': () => Infinity,
  NaN: () => NaN,
  'a BigInt': () => 5n,
  'a symbol': () => Symbol('x'),
  'a known symbol': () => Symbol.iterator,
  'an empty string': () => '',
  'a string': () => 'x',
  'a lone surrogate': () => '\ud800',
  'a NUL': () => '\0\r\n',
  'a long string': () => 'x'.repeat(100_000),
  'an object': () => ({}),
  'an object without a prototype': () => Object.create(null),
  'an array': () => [],
  'a sparse array': () => new Array(5),
  'a cyclic object': cyclic,
  'a cyclic array': () => {
    const array = [];
    array.push(array);
    return array;
  },
  'a toString that throws': () => ({ toString: fail }),
  'a toPrimitive that throws': () => ({ [Symbol.toPrimitive]: fail }),
  'a valueOf that throws': () => ({ valueOf: fail, toString: fail }),
  'a toJSON that throws': () => ({ toJSON: fail }),
  'a then that throws': () => Object.defineProperty({}, 'then', { get: fail }),
  'a thenable that throws': () => Object.defineProperty({}, 'then', { value: fail }),
  'an iterator that throws': () => ({ [Symbol.iterator]: fail }),
  'getters that throw': () =>
    Object.defineProperties(
      {},
      Object.fromEntries(
        [
          'issuer',
          'audience',
          'get',
          'put',
          'verify',
          'now',
          'waitUntil',
          'headers',
          'tokenId',
          'keys',
          'fetchedAt',
        ].map((name) => [name, { get: fail, enumerable: true }]),
      ),
    ),
  'a function': () => () => undefined,
  'a function that throws': () => fail,
  'a function that throws a symbol': () => () => {
    throw Symbol('x');
  },
  'a function that throws a revoked proxy': () => () => {
    throw revoked({});
  },
  'a function that rejects': () => () => rejected(),
  'a class': () => class Odd {},
  'a generator': () => (function* odd() {})(),
  'a promise': () => Promise.resolve(5),
  'a rejected promise': () => rejected(),
  'a date': () => new Date(NaN),
  'a map': () => new Map([['x', 5]]),
  'a WeakMap': () => new WeakMap(),
  bytes: () => new Uint8Array(5),
  'a regular expression': () => /x/,
  'a URL': () => new URL('https://a:b@x.example.test/'),
  'a URL that throws': () => Object.defineProperty(new URL('https://x.example.test'), 'href', { get: fail }),
  headers: () => new Headers({ authorization: 'x' }),
  'a request': () => new Request('https://x.example.test/'),
  'a response': () => new Response('x'),
  'an error': () => new RangeError('hostile'),
  'an error with a message that throws': () => Object.defineProperty(new Error('x'), 'message', { get: fail }),
  'a forged JwtError': () => Object.create(JwtError.prototype),
  'a boxed string': () => Object('x'),
  'a boxed symbol': () => Object(Symbol('x')),
  'a revoked proxy': () => revoked({}),
  'a revoked array': () => revoked([]),
  'a revoked function': () => revoked(() => {}),
  'a frozen object': () => Object.freeze({ x: 1 }),
  'a deep object': () => {
    let object = {};
    for (let i = 0; i < 50_000; i += 1) object = { object };
    return object;
  },
  ...Object.fromEntries(
    TRAPS.flatMap((trap) =>
      [
        ['an object', {}],
        ['an array', []],
        ['a function', () => {}],
      ].map(([name, target]) => [
        `a proxy of ${name} whose ${trap} throws`,
        () => new Proxy(/** @type {any} */ (target), { [trap]: fail }),
      ]),
    ),
  ),
  'a proxy that has every member': () => new Proxy({}, { get: () => () => undefined }),
  'a proxy with methods that throw': () => new Proxy({}, { get: () => fail }),
};

/** Each value alone, in an array, and as the member of an object. */
const VALUES = Object.entries(ODD).flatMap(([name, make]) => [
  [name, make],
  [`${name} in an array`, () => [make()]],
  [`${name} as a member`, () => ({ x: make(), keys: make(), jwks: make() })],
  [`${name} as members of keys`, () => ({ jwks: make(), fetchedAt: make(), maxAge: make(), problem: make() })],
  [
    `${name} as members of a token`,
    () => ({ tokenId: make(), expiresAt: make(), claims: make(), header: make(), key: make() }),
  ],
  [`${name} as methods`, () => Object.fromEntries(METHODS.map((method) => [method, make()]))],
  [`${name} as results of methods`, () => Object.fromEntries(METHODS.map((method) => [method, () => make()]))],
]);
const METHODS = ['get', 'put', 'load', 'match', 'idFromName', 'accept', 'waitUntil'];

const START = 1_800_000_000;
const json = () => new Response(text, { headers: { 'content-type': 'application/json' } });
const remote = (more = {}) =>
  createRemoteVerifier(
    /** @type {any} */ ({ issuer, audience, fetch: async () => json(), timing: { timeout: 0.01 }, ...more }),
  );
const within = (more) => {
  const made = remote(more);
  return made.verify(good);
};
const request = (headers = {}) => new Request('https://service.example.test/', { headers });
const bearer = () => request({ authorization: `Bearer ${good}` });
const members = (names, call) =>
  Object.fromEntries(names.map((name) => [`.${name}`, (value) => call({ [name]: value })]));
const storage = () => ({ get: async () => undefined, put: async () => {}, getAlarm: async () => null, setAlarm() {} });
const namespace = () => ({ idFromName: (name) => name, get: () => ({ accept: async () => true }) });
const kv = () => ({ get: async () => null, put: async () => {} });
const token = { tokenId: 'x', expiresAt: Date.now() / 1000 + 60, claims: { iss: issuer } };

/** @type {(value: any) => any} */
const any = (value) => /** @type {any} */ (value);

/** Calls of a store: one for each parameter of its methods, and one for the result of `load`. */
const storeCalls = (make) => ({
  get: (value) => make().get(value),
  'put place': (value) => make().put(value, { jwks: text, fetchedAt: START }),
  'put keys': (value) => make().put('x', value),
  'load place': (value) => make().load?.(value, 0, async () => ({ jwks: text, fetchedAt: START })),
  'load since': (value) => make().load?.('x', value, async () => ({ jwks: text, fetchedAt: START })),
  'load load': (value) => make().load?.('x', 0, value),
  'load loaded': (value) => make().load?.('x', 0, async () => value),
});

const EVENT = any({
  version: '2.0',
  type: 'REQUEST',
  routeArn: 'arn:aws:execute-api:eu-west-1:123456789012:api/prod/GET/',
  headers: { authorization: `Bearer ${good}` },
});
/** Calls the middleware of Express, and throws what it passes to `next()`. */
const inNode = (request) =>
  new Promise((resolve, reject) => {
    const res = any({ setHeader() {}, end: resolve });
    connectJwt(verifier, { cookie: 'session' })(any(request), res, (error) => (error ? reject(error) : resolve('in')));
  });
const registered = (options) => fastifyJwt(any({ hasRequestDecorator: () => true, addHook() {} }), options);
const OPTIONS = [
  ...['cookie', 'header', 'allowCrossSite', 'optional', 'realm', 'resourceMetadata', 'challengeScope', 'retryAfter'],
  'onRefused',
];

/** @type {Record<string, Record<string, (value: any) => unknown>>} */
const FUNCTIONS = {
  'createRemoteVerifier()': {
    config: (value) => createRemoteVerifier(value),
    issuers: (value) => createRemoteVerifier({ issuers: value }),
    'issuers[0]': (value) => createRemoteVerifier({ issuers: [value] }),
    'a member that is not known': (value) => remote({ x: value }),
    ...members(
      ['issuer', 'audience', 'jwks', 'jwksUri', 'discovery', 'algorithms', 'clockTolerance', 'aws', 'subject'],
      within,
    ),
    ...members(['fetch', 'store', 'waitUntil', 'clock', 'random', 'timing', 'maxCachedTokens', 'maxKeyAge'], within),
    ...members(['softAge', 'hardAge', 'timeout', 'backoff', 'maxBackoff'], (timing) => within({ timing })),
    'result of fetch': (value) => within({ fetch: () => value }),
    'result of clock': (value) => within({ clock: () => value }),
    'result of random': (value) => within({ random: () => value }),
    'headers of the response': (value) => within({ fetch: async () => ({ status: 200, headers: value, body: value }) }),
    'body of the response': (value) =>
      within({ fetch: async () => ({ status: 200, headers: json().headers, body: value }) }),
    'rejection of fetch': (value) => within({ fetch: () => Promise.reject(value) }),
    'result of a store': (value) => within({ store: { get: () => value, put: () => value, load: () => value } }),
    'rejection of a store': (value) =>
      within({ store: { get: () => Promise.reject(value), put: () => Promise.reject(value), load: fail } }),
    'verify() token': (value) => remote().verify(value),
    'verify() call': (value) => remote().verify(good, value),
    'verify() waitUntil': (value) => remote().verify(good, { waitUntil: value }),
    'explain() token': (value) => remote().explain(value),
    'explain() at': (value) => remote().explain(good, value),
    'restore()': (value) => remote().restore(value),
    'restore() issuers': (value) => remote().restore({ version: 1, issuers: value }),
    'restore() entry': (value) => remote().restore({ version: 1, issuers: [value] }),
    ...members(['issuer', 'jwksUri', 'jwks', 'fetchedAt', 'digest'], (entry) =>
      remote().restore(any({ version: 1, issuers: [{ issuer, ...entry }] })),
    ),
  },
  'protect()': {
    // Sends a request only if the value is a function: errors of the function become a JwtError, but errors of a
    // verifier are rethrown.
    verifier: (value) => {
      const handler = protect(value, () => new Response());
      return typeof value === 'function' ? handler(bearer()) : undefined;
    },
    'result of the function': (value) =>
      protect(
        () => value,
        () => new Response(),
      )(bearer()),
    'rejection of the function': (value) =>
      protect(
        () => Promise.reject(value),
        () => new Response(),
      )(bearer()),
    'members of the result of verify()': (value) =>
      protect(
        any({ verify: () => ({ header: value, claims: value, key: value, tokenId: value }) }),
        () => new Response(),
      )(bearer()),
    handler: (value) => void protect(verifier, value),
    options: (value) => protect(verifier, () => new Response(), value)(bearer()),
    ...members(OPTIONS, (options) => protect(verifier, () => new Response(), options)(bearer())),
    request: (value) => protect(verifier, () => new Response())(value),
    'headers of the request': (value) => protect(verifier, () => new Response())(any({ headers: value })),
    'values of headers': (value) =>
      protect(verifier, () => new Response(), { cookie: 'x' })(any({ headers: { get: () => value } })),
    'method and URL': (value) =>
      protect(verifier, () => new Response(), { cookie: 'x' })(
        any({ method: value, url: value, headers: new Headers({ cookie: `x=${good}`, origin: 'x' }) }),
      ),
    env: (value) =>
      any(
        protect(
          () => verifier,
          () => new Response(),
        ),
      )(bearer(), value, value),
  },
  'stsJwt()': {
    verifier: (value) => void stsJwt(value),
    options: (value) => void stsJwt(verifier, value),
    ...members(OPTIONS, (options) => void stsJwt(verifier, options)),
    'result of the function': (value) => any(stsJwt(() => value))({ req: { raw: bearer() }, set() {} }, () => {}),
    env: (value) => any(stsJwt(() => verifier))({ req: { raw: bearer() }, set() {}, env: value }, () => {}),
    request: (value) => any(stsJwt(verifier))({ req: { raw: value }, set() {} }, () => {}),
  },
  'authenticate()': {
    verifier: (value) => authenticate(value, new Headers()),
    request: (value) => authenticate(verifier, value),
    options: (value) => authenticate(verifier, bearer(), value),
    call: (value) => authenticate(remote(), bearer(), {}, value),
  },
  'refuse()': {
    options: (value) => refuse(new JwtError(any({ code: 'ERR_JWT_EXPIRED', status: 401, message: 'x' })), value),
    retryAfter: (value) =>
      refuse(new JwtError(any({ code: 'ERR_JWKS_UNAVAILABLE', status: 503, message: 'x', retryAfter: value }))),
  },
  'onRefused()': {
    result: (value) =>
      protect(verifier, () => new Response(), { onRefused: () => value })(any({ headers: new Headers() })),
    rejection: (value) =>
      protect(verifier, () => new Response(), { onRefused: () => Promise.reject(value) })(
        any({ headers: new Headers() }),
      ),
  },
  'isPreflight()': {
    request: (value) => isPreflight(value),
    headers: (value) => isPreflight(any({ method: 'OPTIONS', headers: value })),
    method: (value) => isPreflight(any({ method: value, headers: new Headers() })),
  },
  'protectedResourceMetadata()': {
    metadata: (value) => void protectedResourceMetadata(value),
    ...members(
      [
        'resource',
        'authorization_servers',
        'scopes_supported',
        'resource_name',
        'dpop_bound_access_tokens_required',
        'x',
      ],
      (more) => void protectedResourceMetadata({ resource: issuer, ...more }),
    ),
    request: (value) => protectedResourceMetadata({ resource: issuer })(value),
    url: (value) => protectedResourceMetadata({ resource: issuer })({ method: 'GET', url: value }),
    method: (value) => protectedResourceMetadata({ resource: issuer })({ method: value, url: '/' }),
  },
  'stsJwt() of Express': {
    verifier: (value) => void connectJwt(value),
    options: (value) => void connectJwt(verifier, value),
    ...members(OPTIONS, (options) => void connectJwt(verifier, options)),
    request: (value) => inNode(value),
    ...members(['headers', 'rawHeaders', 'method', 'url'], (more) => inNode({ headers: {}, ...more })),
    header: (value) => inNode({ headers: { authorization: value } }),
    rawHeader: (value) => inNode({ headers: { authorization: `Bearer ${good}` }, rawHeaders: [value, value] }),
  },
  'stsJwt() of Fastify': {
    options: (value) => registered(value),
    verifier: (value) => registered({ verifier: value }),
    ...members(OPTIONS, (options) => registered({ verifier, ...options })),
  },
  'authorizer()': {
    verifier: (value) => void authorizer(value),
    options: (value) => void authorizer(verifier, value),
    ...members(
      ['cookie', 'header', 'allowCrossSite', 'response', 'resources', 'context'],
      (options) => void authorizer(verifier, options),
    ),
    event: (value) => authorizer(verifier)(value),
    ...members(
      ['version', 'type', 'routeArn', 'methodArn', 'headers', 'multiValueHeaders', 'cookies', 'authorizationToken'],
      (more) => authorizer(verifier)(any({ ...EVENT, ...more })),
    ),
    'result of context': (value) => authorizer(verifier, { context: () => value })(EVENT),
    'member of the context': (value) => authorizer(verifier, { context: () => ({ value }) })(EVENT),
    'result of resources': (value) => authorizer(verifier, { response: 'policy', resources: () => value })(EVENT),
  },
  'memoryStore()': storeCalls(memoryStore),
  'kvStore()': {
    namespace: (value) => kvStore(value).get('x'),
    options: (value) => kvStore(kv(), value).get('x'),
    ...members(['prefix', 'expirationTtl'], (options) => kvStore(kv(), options).get('x')),
    'result of get': (value) => kvStore({ ...kv(), get: () => value }).get('x'),
    'rejection of put': (value) => kvStore({ ...kv(), put: () => Promise.reject(value) }).put('x', any({})),
    ...storeCalls(() => kvStore(kv())),
  },
  'cacheStore()': {
    options: (value) => cacheStore(value).get('x'),
    ...members(['cache', 'prefix', 'maxAge'], (options) => cacheStore(options).get('x')),
    ...storeCalls(() => cacheStore({ cache: { match: async () => undefined, put: async () => {} } })),
  },
  'durableObjectStore()': {
    namespace: (value) => durableObjectStore(value).get('x'),
    options: (value) => durableObjectStore(namespace(), value).get('x'),
    name: (value) => durableObjectStore(namespace(), { name: value }).get('x'),
    object: (value) => durableObjectStore({ ...namespace(), get: () => value }).get('x'),
    ...storeCalls(() => durableObjectStore({ ...namespace(), get: () => memoryStore() })),
  },
  'replayGuard()': {
    namespace: (value) => replayGuard(value).accept(token),
    options: (value) => replayGuard(namespace(), value).accept(token),
    ...members(['clockTolerance', 'maxLifetime', 'clock'], (options) =>
      replayGuard(namespace(), options).accept(token),
    ),
    'result of clock': (value) => replayGuard(namespace(), { clock: () => value }).accept(token),
    token: (value) => replayGuard(namespace()).accept(value),
    ...members(['tokenId', 'expiresAt', 'claims'], (more) => replayGuard(namespace()).accept({ ...token, ...more })),
    iss: (value) => replayGuard(namespace()).accept({ ...token, claims: { iss: value } }),
    'result of the object': (value) =>
      replayGuard({ ...namespace(), get: () => ({ accept: () => value }) }).accept(token),
  },
  KeysObject: storeCalls(() => new (any(KeysObject))({ storage: storage() }, {})),
  ReplayObject: Object.fromEntries(
    [0, 1, 2].map((index) => [
      `argument ${index} of accept`,
      (value) => {
        const object = new (any(ReplayObject))({ storage: { ...storage(), get: async () => new Map() } }, {});
        const given = ['x', token.expiresAt, 5];
        given[index] = value;
        return object.accept(...given);
      },
    ]),
  ),
};

describe('odd values', () => {
  for (const [name, parameters] of Object.entries(FUNCTIONS)) {
    test(`throws only a JwtError: ${name}`, async () => {
      const escaped = [];
      for (const [parameter, call] of Object.entries(parameters)) {
        const check = async (/** @type {any[]} */ [value, make]) => {
          try {
            // Some thenables never settle, so each call gets 200 ms.
            await Promise.race([call(make()), new Promise((resolve) => setTimeout(resolve, 200))]);
          } catch (error) {
            if (!isJwtError(error)) escaped.push(`${parameter}: ${value}: ${shown(error)}`);
          }
        };
        for (let i = 0; i < VALUES.length; i += 100) await Promise.all(VALUES.slice(i, i + 100).map(check));
      }
      assert.deepEqual(escaped, []);
    });
  }

  test('rethrows from refuse() everything that is not an error about a token', () => {
    for (const [name, make] of /** @type {[string, () => any][]} */ (VALUES)) {
      const value = make();
      let thrown;
      assert.throws(
        () => {
          refuse(value);
        },
        (error) => {
          thrown = error;
          return true;
        },
        name,
      );
      assert.ok(Object.is(thrown, value), name);
    }
  });
});

function isJwtError(error) {
  try {
    return error instanceof JwtError;
  } catch {
    return false;
  }
}

function shown(error) {
  try {
    return String(error?.stack ?? String(error))
      .split('\n')
      .slice(0, 3)
      .join(' ');
  } catch {
    return 'something that cannot be shown';
  }
}
