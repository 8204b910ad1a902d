// Cases for every runtime, without a test framework: hostile requests, polluted prototypes and odd values. The cost of
// a header is measured from outside, because the clock of a Worker stands still during a request.
import { equal } from './checks.mjs';

/** The shapes of headers: a header begins with the first string, repeats the second up to a length, and ends with the third. */
export const SHAPES = {
  authorization: [
    ['Bearer ', ' ', 'x y'],
    ['Bearer ', ' ', '\tx'],
    ['Bearer x', ' ', 'y'],
    ['Bearer ', 'x', ''],
    ['Bearer ', 'x ', 'y'],
    ['Bearer ', 'x', ' y'],
    ['Bearer ', '.', ''],
    ['Bearer ', 'a.', ' '],
    ['Bearer ', 'ey', ' ey'],
    ['Bearer ', '=', '.'],
    ['Bearer ', '\t', 'x'],
    ['Bearer ', '\t ', 'x'],
    ['Bearer ', '\xa0', 'x'],
    ['Bearer ', 'x, Bearer ', 'y'],
    ['Bearer', 'r', ' x'],
    ['Basic ', ', ', 'x'],
    ['Basic ', ',', 'Bearer x'],
    ['Basic x,', ' ', 'Bearer'],
    ['Basic ', ', bearer', ''],
    ['Basic ', ',\t', 'bearer x'],
    ['Basic ', ',bearer ', 'x'],
    ['Basic ', ' ', 'x y'],
    ['', 'bearer', ''],
    ['', 'x ', 'Bearer x'],
    ['', ',', 'x'],
    ['', '"', 'x'],
  ],
  cookie: [
    ['session', '=', ''],
    ['', ';', 'session=x'],
    ['', ' ', 'x=y'],
    ['', 'session ', '=x'],
    ['', 'a=b; ', 'session=x'],
    ['session=', ' ', 'x y'],
    ['session=x', ' ', ';'],
    ['session=', '=', ' x'],
  ],
};

/** @param {string[]} shape */
export const textOf =
  ([start, middle, end]) =>
  (length) =>
    start + middle.repeat(length / middle.length) + end;

const OPTIONS = [{}, { optional: true }, { cookie: 'session' }, { cookie: 'session', optional: true }];

/** The same service, built once with `protect()` and once with `stsJwt()`. It answers with the caller's `sub`, or "anonymous". */
const SERVICES = {
  handler:
    ({ api }) =>
    (verifier, options) =>
      api.protect(verifier, (_, token) => new Response(token?.claims.sub ?? 'anonymous'), options),
  hono:
    ({ api }) =>
    (verifier, options) => {
      const app = new api.Hono();
      app.onError((error) => {
        throw error;
      });
      app.use(api.stsJwt(verifier, options));
      app.get('/', (c) => c.text(c.get('token')?.claims.sub ?? 'anonymous'));
      return (request) => app.fetch(request);
    },
};

/** @param {HeadersInit} headers */
const request = (headers) => new Request('https://service.example.test/', { headers });

/** Sends a header with a shape and a length to every service that reads this header. Returns the statuses. */
export async function sendHeader(context, { header, shape, length }) {
  const verifier = context.api.createVerifier({
    issuer: 'https://issuer.example.test',
    audience: null,
    jwks: { keys: [] },
  });
  const text = textOf(SHAPES[header][shape])(length);
  const statuses = [];
  for (const serve of Object.values(SERVICES)) {
    for (const options of header === 'cookie' ? OPTIONS.slice(2) : OPTIONS.slice(0, 3)) {
      const { status } = await serve(context)(verifier, options)(request({ [header]: text }));
      statuses.push(status);
    }
  }
  return statuses;
}

/** Runs every case; `context` is `{ api, fixtures }`. Returns the result of each case as JSON, or its error. */
export async function runHostile(context) {
  const results = [];
  for (const { name, run } of hostileCases) {
    try {
      results.push({ name, seen: JSON.stringify(await run(context)) });
    } catch (error) {
      results.push({ name, error: String(error?.stack ?? error) });
    }
  }
  return results;
}

export const hostileCases = [
  ...Object.entries(SERVICES).flatMap(([name, serve]) => [
    {
      name: `rejects a Bearer scheme that cannot be read: ${name}`,
      async run(context) {
        const good = context.fixtures.tokens.ES384;
        for (const options of OPTIONS) {
          const service = serve(context)(verifierOf(context), options);
          for (const authorization of unreadable(good)) {
            const response = await service(request({ authorization, cookie: `session=${good}` }));
            equal(response.status, 401, authorization.slice(0, 20));
            equal(await response.json(), { error: 'ERR_JWS_INVALID' }, authorization.slice(0, 20));
          }
        }
      },
    },
    {
      name: `rejects a header that was sent twice: ${name}`,
      async run(context) {
        const headers = new Headers();
        for (const scheme of ['Bearer', 'Bearer'])
          headers.append('authorization', `${scheme} ${context.fixtures.tokens.ES384}`);
        const response = await serve(context)(verifierOf(context), { optional: true })(request(headers));
        equal(response.status, 401, 'status');
      },
    },
    {
      name: `finds the token in odd but correct headers: ${name}`,
      async run(context) {
        const { tokens, claims } = context.fixtures;
        const good = tokens.ES384;
        for (const headers of [
          { authorization: `Bearer ${good}` },
          { authorization: `bEARER    ${good}` },
          { authorization: `BEARER ${good}   ` },
          { cookie: `session=${good}` },
          { cookie: `;;a=b;  session=${good} ; session=x` },
          { cookie: `sessions=x; xsession=y; session=${good}` },
          { authorization: 'Basic Bearer abc', cookie: `session=${good}` },
        ]) {
          const service = serve(context)(verifierOf(context), { cookie: 'session' });
          const response = await service(request(headers));
          equal([response.status, await response.text()], [200, claims.sub], JSON.stringify(headers).slice(0, 40));
        }
      },
    },
  ]),

  {
    name: 'reads no polluted option',
    async run(context) {
      const seen = {};
      for (const [name, run] of Object.entries(CALLS)) {
        const expected = await outcomeOf(() => run(context));
        for (const [option, value] of Object.entries(POLLUTED)) {
          const outcome = await whilePolluted(option, value, () => run(context));
          equal(outcome, expected, `${name} with a polluted "${option}"`);
        }
        seen[name] = expected;
      }
      return seen;
    },
  },
  {
    name: 'lets no request in if the verifier returns an odd value',
    async run({ api }) {
      for (const [kind, make] of Object.entries(ODD)) {
        const verify = () => make();
        const service = api.protect({ verify }, () => new Response('in'));
        const { result } = await outcomeOf(async () => (await service(request({ authorization: 'Bearer x' }))).status);
        equal(result, undefined, kind);
      }
    },
  },
  {
    name: 'throws only JwtErrors for odd values',
    async run(context) {
      const seen = {};
      const others = [];
      for (const [name, run] of Object.entries(ODD_CALLS)) {
        seen[name] = {};
        for (const [kind, make] of Object.entries(ODD)) {
          const outcome = await outcomeOf(() => run(context, make()));
          if (outcome.error && !outcome.error.startsWith('JwtError ')) {
            others.push(`${name} with ${kind}: ${outcome.error}`);
          }
          seen[name][kind] = outcome.error ? outcome.error.split(' ')[1] : 'returned';
        }
      }
      equal(others, [], 'thrown by odd values');
      return seen;
    },
  },
];

const verifierOf = ({ api, fixtures }) =>
  api.createVerifier({ issuer: fixtures.issuer, audience: fixtures.audience, jwks: fixtures.jwks });

/** Returns values of `Authorization` that contain `Bearer` but not exactly one readable token. */
export const unreadable = (good) => [
  'Bearer',
  'bearer',
  `Bearer\t${good}`,
  `Bearer ${good} ${good}`,
  `Bearer ${good}, Bearer ${good}`,
  `Bearer, ${good}`,
  `Bearer ${good}, Basic abc`,
  `Basic abc, Bearer ${good}`,
  `Basic abc,\t Bearer ${good}`,
  `, Bearer ${good}`,
  `Bearer \t${good}`,
  `Bearer:${good}`,
  `Bearer="${good}"`,
];

const OTHER = 'https://other.example.test';
const fail = () => {
  throw new Error('a polluted function was called');
};
/** Hostile values for the options of a verification. */
export const VERIFY = {
  issuer: OTHER,
  audience: null,
  algorithms: ['RS256'],
  subject: 'x',
  typ: 'x',
  clockTolerance: 1e6,
  maxTokenAge: 0,
  requiredClaims: ['absent'],
  allowMissingExp: true,
  aws: {},
  collectAll: true,
  now: 1,
};
/** A hostile value for each option of each function. */
const POLLUTED = {
  ...VERIFY,
  issuers: [],
  jwks: '{"keys":[]}',
  jwksUri: `${OTHER}/keys`,
  jwks_uri: `${OTHER}/keys`,
  maxCachedTokens: 0,
  maxKeyAge: 1,
  allowLoopbackHttp: true,
  discovery: true,
  fetch: fail,
  store: { get: fail, put: fail, load: fail },
  waitUntil: fail,
  clock: () => 1,
  timing: { timeout: 0.01 },
  timeout: 0.01,
  hardAge: 1,
  cookie: 'session',
  header: 'x-polluted',
  onRefused: fail,
  resourceMetadata: OTHER,
  challengeScope: 'polluted',
  isIn: true,
  token: {},
  response: {},
  optional: true,
  realm: 'polluted',
  retryAfter: 5,
  fetchedAt: 1e12,
  maxAge: 1,
  errors: [{ message: 'polluted' }],
  prefix: 'polluted',
  expirationTtl: 1,
};

const keysResponse = (fixtures) => async () =>
  new Response(JSON.stringify(fixtures.jwks), { headers: { 'content-type': 'application/json' } });
const remoteOf = ({ api, fixtures: { issuer, audience }, fixtures }, options = {}) =>
  api.createRemoteVerifier({ issuer, audience, fetch: keysResponse(fixtures), ...options });
/** Created once, before the pollution, because runtimes read the options of `new Request()` from the prototype as well. */
const REQUESTS = (good) => [
  request({}),
  request({ cookie: `session=${good}` }),
  request({ authorization: `Bearer ${good}` }),
];
const requests = new Map();

async function answersOf({ fixtures }, service) {
  const { ES384 } = fixtures.tokens;
  if (!requests.has(ES384)) requests.set(ES384, REQUESTS(ES384));
  const answers = [];
  for (const each of requests.get(ES384)) {
    const { status, headers } = await service(each);
    answers.push([status, headers.get('www-authenticate'), headers.get('retry-after')]);
  }
  return answers;
}

/**
 * Calls to the public functions. No call passes an option of `POLLUTED`, so only a polluted prototype could supply the
 * option.
 */
const CALLS = {
  'protect()': (context) => answersOf(context, SERVICES.handler(context)(verifierOf(context))),
  'protect() without keys': (context) => {
    const { issuer, audience } = context.fixtures;
    return answersOf(context, SERVICES.handler(context)(context.api.createVerifier({ issuer, audience })));
  },
  'stsJwt()': (context) => answersOf(context, SERVICES.hono(context)(verifierOf(context))),
  'verify()': ({ api, fixtures: { tokens, jwks, issuer, audience } }) =>
    api.verify(tokens.ES384, jwks, { issuer, audience }).tokenId,
  'verify() without issuer': ({ api, fixtures: { tokens, jwks, audience } }) =>
    api.verify(tokens.ES384, jwks, { audience }),
  'verify() of an expired token': ({ api, fixtures: { tokens, jwks, issuer, audience } }) =>
    api.verify(tokens.expired, jwks, { issuer, audience }),
  'createVerifier()': (context) => verifierOf(context).verify(context.fixtures.tokens.ES384).tokenId,
  'createVerifier() without keys': ({ api, fixtures: { tokens, issuer, audience } }) =>
    api.createVerifier({ issuer, audience }).verify(tokens.ES384),
  'createVerifier() without audience': ({ api, fixtures: { issuer } }) => api.createVerifier({ issuer }),
  'setKeys()': ({ api, fixtures: { tokens, jwks, issuer, audience } }) => {
    const verifier = api.createVerifier({ issuer, audience });
    verifier.setKeys(issuer, jwks);
    return verifier.snapshot().issuers[0].fetchedAt < 1e11 && verifier.verify(tokens.ES384).tokenId;
  },
  'restore() of an empty object': (context) => verifierOf(context).restore({}),
  'createRemoteVerifier()': async (context) => (await remoteOf(context).verify(context.fixtures.tokens.ES384)).tokenId,
  'createRemoteVerifier() of another issuer': (context) =>
    remoteOf(context).verify(context.fixtures.tokens.issuerOther),
  'createRemoteVerifier() with a store': async (context) => {
    const store = context.api.memoryStore();
    await remoteOf(context, { store }).verify(context.fixtures.tokens.ES384);
    return (await remoteOf(context, { store, fetch: fail }).verify(context.fixtures.tokens.RS256)).tokenId;
  },
  'createRemoteVerifier() with discovery': (context) =>
    remoteOf(context, {
      discovery: true,
      fetch: async () => new Response('{}', { headers: { 'content-type': 'application/json' } }),
    }).verify(context.fixtures.tokens.ES384),
};

/** Odd values, created again for each call. */
const ODD = {
  undefined: () => undefined,
  null: () => null,
  true: () => true,
  zero: () => 0,
  NaN: () => NaN,
  Infinity: () => Infinity,
  bigint: () => 5n,
  'empty string': () => '',
  'a lone surrogate': () => '\ud800',
  symbol: () => Symbol('x'),
  function: () => () => {},
  class: () => class {},
  array: () => [],
  'nested array': () => [[[]]],
  object: () => ({}),
  'object without prototype': () => Object.create(null),
  map: () => new Map([['issuer', 'x']]),
  'invalid date': () => new Date(NaN),
  bytes: () => new Uint8Array(8),
  headers: () => new Headers(),
  promise: () => Promise.resolve({}),
  'throwing getter': () => ({
    get issuer() {
      throw new TypeError('a defect');
    },
  }),
  'throwing proxy': () => new Proxy({}, { get: fail, has: fail, ownKeys: fail, getPrototypeOf: fail }),
  'revoked proxy': () => {
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    return proxy;
  },
  'array that cannot be read': () => new Proxy([], { get: fail }),
  circular: () => {
    const object = /** @type {any} */ ({ keys: [] });
    object.keys.push(object);
    return object;
  },
};

/** Calls of the public functions, with an odd value for each parameter. */
const ODD_CALLS = {
  'verify(odd)': ({ api, fixtures }, odd) => api.verify(odd, fixtures.jwks, { issuer: null, audience: null }),
  'verify(…, odd)': ({ api, fixtures }, odd) =>
    api.verify(fixtures.tokens.ES384, odd, { issuer: null, audience: null }),
  'verify(…, …, odd)': ({ api, fixtures }, odd) => api.verify(fixtures.tokens.ES384, fixtures.jwks, odd),
  'verify(…, …, { aws: odd })': ({ api, fixtures }, odd) =>
    api.verify(fixtures.tokens.ES384, fixtures.jwks, { issuer: null, audience: null, aws: odd }),
  'decode(odd)': ({ api }, odd) => api.decode(odd),
  'explain(odd, odd, odd)': ({ api }, odd) => api.explain(odd, odd, odd).code,
  'new KeySet(odd)': ({ api }, odd) => new api.KeySet(odd),
  'createVerifier(odd)': ({ api }, odd) => api.createVerifier(odd),
  'createVerifier({ issuers: odd })': ({ api }, odd) => api.createVerifier({ issuers: odd }),
  'createVerifier({ jwks: odd })': ({ api, fixtures: { issuer } }, odd) =>
    api.createVerifier({ issuer, audience: null, jwks: odd }),
  'setKeys(odd)': (context, odd) => verifierOf(context).setKeys(odd, context.fixtures.jwks),
  'setKeys(…, odd)': (context, odd) => verifierOf(context).setKeys(context.fixtures.issuer, odd),
  'setKeys(…, …, odd)': (context, odd) =>
    verifierOf(context).setKeys(context.fixtures.issuer, context.fixtures.jwks, odd),
  'restore(odd)': (context, odd) => verifierOf(context).restore(odd),
  'restore({ issuers: odd })': (context, odd) => verifierOf(context).restore({ version: 1, issuers: odd }),
  'Verifier.verify(odd)': (context, odd) => verifierOf(context).verify(odd),
  'Verifier.verify(…, odd)': (context, odd) => verifierOf(context).verify(context.fixtures.tokens.ES384, odd),
  'createRemoteVerifier(odd)': ({ api }, odd) => api.createRemoteVerifier(odd),
  'createRemoteVerifier({ store: odd })': (context, odd) => remoteOf(context, { store: odd }),
  'createRemoteVerifier({ timing: odd })': (context, odd) => remoteOf(context, { timing: odd }),
  'createRemoteVerifier({ fetch: odd })': (context, odd) => remoteOf(context, { fetch: odd }),
  'createRemoteVerifier({ jwksUri: odd })': (context, odd) => remoteOf(context, { jwksUri: odd }),
  'RemoteVerifier.verify(odd)': (context, odd) => remoteOf(context).verify(odd),
  'RemoteVerifier.verify(…, odd)': (context, odd) => remoteOf(context).verify(context.fixtures.tokens.ES384, odd),
  'a fetch that returns odd': (context, odd) =>
    remoteOf(context, { fetch: async () => odd }).verify(context.fixtures.tokens.ES384),
  'a store that returns odd': (context, odd) =>
    remoteOf(context, { store: { get: async () => odd, put: async () => odd } }).verify(context.fixtures.tokens.ES384),
  // Skips functions: protect() accepts every function, because it may return the verifier.
  'protect(odd)': ({ api }, odd) => void (typeof odd === 'function' || api.protect(odd, () => new Response())),
  'protect(…, …, odd)': (context, odd) => context.api.protect(verifierOf(context), () => new Response(), odd),
  'stsJwt(odd)': ({ api }, odd) => void api.stsJwt(odd),
  'stsJwt(…, odd)': (context, odd) => void context.api.stsJwt(verifierOf(context), odd),
  'authenticate(odd)': ({ api }, odd) => api.authenticate(odd, new Headers()),
  'kvStore(odd)': ({ api }, odd) => void api.kvStore(odd),
  'durableObjectStore(odd)': ({ api }, odd) => void api.durableObjectStore(odd),
  'cacheStore(odd)': ({ api }, odd) => void api.cacheStore(odd),
  'replayGuard(odd)': ({ api }, odd) => void api.replayGuard(odd),
};

/** Returns what a call returns or throws, as plain data. */
async function outcomeOf(run) {
  try {
    return { result: JSON.stringify(await run()) ?? 'nothing' };
  } catch (error) {
    return { error: `${error?.name} ${error?.code} ${error?.message}` };
  }
}

/** Runs a call while `Object.prototype` is polluted with an option. */
async function whilePolluted(option, value, run) {
  Object.defineProperty(Object.prototype, option, {
    configurable: true,
    get: () => value,
    set(own) {
      Object.defineProperty(this, option, { value: own, configurable: true, enumerable: true, writable: true });
    },
  });
  try {
    return await outcomeOf(run);
  } finally {
    delete Object.prototype[option];
  }
}
