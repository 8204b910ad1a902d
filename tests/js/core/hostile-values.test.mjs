// Passes odd values to every parameter and option of the synchronous entries, and checks that they throw nothing but a JwtError.
import assert from 'node:assert/strict';
import test, { describe } from 'node:test';
import vm from 'node:vm';
import * as main from 'sts-jwt';
import { awsOutbound, parseArn } from 'sts-jwt/aws';
import { explainClaim, explainCode, explainHeaderParameter, explainStep } from 'sts-jwt/explanations';
import * as slim from 'sts-jwt/slim';
import { createFixtures } from '../fixtures.mjs';

const { issuer, audience, jwks, tokens, now } = createFixtures();
const token = tokens.ES384;
const { createVerifier, decode, explain, init, JwtError, KeySet, Verifier, verify, warmup } = main;

const thrower = () => {
  throw new RangeError('the code of the caller');
};
function revoked(target) {
  const { proxy, revoke } = Proxy.revocable(target, {});
  revoke();
  return proxy;
}
const TRAPS = Object.getOwnPropertyNames(Reflect);
/** Proxies in which one trap throws, or all traps throw. */
const trapping = (target) => [
  ...TRAPS.map((trap) => new Proxy(target, { [trap]: thrower })),
  new Proxy(target, Object.fromEntries(TRAPS.map((trap) => [trap, thrower]))),
];
const throwing = (name, value = {}) => Object.defineProperty(value, name, { get: thrower, enumerable: true });
/** Copies an object and defines one member on the copy, whatever its name (even `__proto__`). */
const having = (object, name, value) =>
  Object.defineProperty({ ...object }, name, { value, enumerable: true, configurable: true, writable: true });
const cyclic = { keys: [] };
/** @type {any} */ (cyclic).self = cyclic;
/** An array of the maximum length, but without any entries. */
const huge = new Array(2 ** 32 - 1);
const nested = (depth) => JSON.parse(`${'['.repeat(depth)}${']'.repeat(depth)}`);
class Instance {
  keys = [];
  issuer = issuer;
  get audience() {
    return thrower();
  }
}
const NAMES = ['issuer', 'audience', 'issuers', 'now', 'aws', 'keys', 'jwks', 'fetchedAt', 'version', 'then', 'toJSON'];

/** Values that no caller should pass. They are created again for each call, because some values change when they are read. */
const odd = () => [
  ...[undefined, null, true, false, 0, -0, -1, 1.5, Infinity, -Infinity, Number.NaN, 2 ** 53, 1e11 + 1],
  ...[
    '',
    ' ',
    'x',
    '\0',
    '\ud800',
    '\udfff.\ud800.a',
    'a.b.c',
    '..',
    '{',
    '[]',
    '{}',
    '{"keys":[]}',
    '"x"',
    'null',
    '1e400',
  ],
  ...['__proto__', 'constructor', 'toString', 'x'.repeat(300_000), '['.repeat(10_000), 'http://', 'https://[', issuer],
  ...['https://user:password@a.example', 'https://a.example', 'https://a.example/', '-----BEGIN PUBLIC KEY-----'],
  ...[0n, 10n ** 400n, Symbol('x'), Symbol.iterator, Symbol.for('x')],
  ...[() => {}, thrower, async () => {}, function* () {}, class {}, Object, Function.prototype],
  ...[{}, [], Object.create(null), Object.freeze({}), [undefined], [null], new Array(3), [[]], huge, nested(5000)],
  ...[new Date(Number.NaN), /x/, new Error('x'), new Map([[1, 2]]), new Set([1]), new WeakMap(), new WeakSet()],
  ...[
    new Boolean(false),
    new Number(1),
    new String('x'),
    Object(0n),
    Object(Symbol('x')),
    Math,
    JSON,
    Reflect,
    globalThis,
  ],
  ...[
    new ArrayBuffer(8),
    new SharedArrayBuffer(8),
    new Uint8Array(8),
    new BigInt64Array(1),
    new DataView(new ArrayBuffer(1)),
  ],
  ...[
    Promise.resolve(),
    new Promise(() => {}),
    having({}, 'then', thrower),
    throwing('then'),
    new URL('https://a.example/'),
  ],
  ...[
    new Response('x'),
    new Request('https://a.example'),
    new Headers(),
    new AbortController().signal,
    Buffer.from('x'),
  ],
  ...[vm.runInNewContext('({ keys: [] })'), vm.runInNewContext('[1]'), vm.runInNewContext('Object.create(null)')],
  ...[
    new KeySet('{"keys":[]}'),
    createVerifier({ issuer, audience }),
    new JwtError(/** @type {any} */ ({ message: 'x' })),
  ],
  ...[
    new Instance(),
    Object.create(new Instance()),
    Object.create({ keys: [] }),
    Object.create(Array.prototype),
    cyclic,
  ],
  ...[{ toString: thrower }, { toJSON: thrower }, { valueOf: thrower }, { [Symbol.toPrimitive]: thrower }],
  ...[
    { toJSON: () => undefined },
    { toJSON: () => 1n },
    { toJSON: () => '{"keys":[]}' },
    { keys: { toJSON: thrower } },
  ],
  ...[{ [Symbol('x')]: 1 }, { [Symbol.iterator]: thrower }, { [Symbol.toStringTag]: 5 }, { ['__proto__']: 1, a: 1 }],
  ...[
    { length: -1 },
    { length: 2 ** 53, 0: 1 },
    Object.defineProperty([], 'flat', { get: thrower }),
    { keys: [cyclic] },
  ],
  ...[
    Object.assign([1], { entries: thrower, flatMap: thrower, flat: thrower, map: thrower, [Symbol.iterator]: thrower }),
  ],
  ...[throwing('0', [1]), throwing('constructor', [1]), throwing('constructor'), throwing(Symbol.iterator, [])],
  ...NAMES.flatMap((name) => [throwing(name), { [name]: revoked({}) }, Object.defineProperty({}, name, { value: 1 })]),
  ...NAMES.flatMap((name) => [{ [name]: Symbol('x') }, { [name]: 1n }, { [name]: [thrower] }, { [name]: cyclic }]),
  ...[{}, [], [1], thrower, new Instance(), { keys: [] }].flatMap((target) => [revoked(target), ...trapping(target)]),
  ...[
    {
      get a() {
        throw revoked({});
      },
    },
    {
      get a() {
        throw undefined;
      },
    },
    {
      get a() {
        throw Symbol('x');
      },
    },
  ],
];

const POLICY = ['accounts', 'organizations', 'organizationalUnits', 'principals', 'regions', 'principalTags'].concat([
  ...['lambdaFunctions', 'ec2Instances', 'vpcs', 'sourceIdentities', 'maxLifetime', 'issuerSuffixes', 'unknown'],
]);
const EXPECTATIONS = ['issuer', 'audience', 'algorithms', 'subject', 'typ', 'clockTolerance', 'maxTokenAge'].concat([
  ...['requiredClaims', 'allowMissingExp', 'aws', 'collectAll', 'now', 'unknown', '__proto__'],
]);
const VERIFIER = [
  'jwks',
  'jwksUri',
  'maxCachedTokens',
  'maxCachedTokenBytes',
  'maxKeyAge',
  'allowLoopbackHttp',
  'issuers',
];
const required = { issuer, audience };
const verifier = createVerifier({ ...required, jwks });
const snapshot = () => {
  const other = createVerifier(required);
  other.setKeys(issuer, jwks, { now });
  return other.snapshot();
};
const each = (names, run) => Object.fromEntries(names.map((name) => [name, (value) => run(name, value)]));
const prefixed = (prefix, runs) =>
  Object.fromEntries(Object.entries(runs).map(([name, run]) => [`${prefix}${name}`, run]));

/** A call for each parameter and option of each public function. @type {Record<string, (value: any) => unknown>} */
const CALLS = {
  'verify(token)': (value) => verify(value, jwks, required),
  'verify(jwks)': (value) => verify(token, value, required),
  'verify(options)': (value) => verify(token, jwks, value),
  ...prefixed(
    'verify() ',
    each(EXPECTATIONS, (name, value) => verify(token, jwks, having({ ...required, now }, name, value))),
  ),
  ...prefixed(
    'verify() aws.',
    each(POLICY, (name, value) => verify(token, jwks, { ...required, aws: having({}, name, value) })),
  ),
  'verify() aws.principalTags.team': (value) =>
    verify(token, jwks, { ...required, aws: { principalTags: { team: value } } }),
  'verify() audience[0]': (value) => verify(token, jwks, { ...required, audience: [value] }),
  'verify() jwks.keys': (value) => verify(token, { keys: value }, required),
  'verify() jwks.keys[0]': (value) => verify(token, { keys: [value] }, required),
  'verify() jwks.keys[0].n': (value) => verify(token, { keys: [{ kty: 'RSA', n: value, e: 'AQAB' }] }, required),
  'decode(token)': (value) => decode(value),
  'explain(token)': (value) => explain(value, jwks, required),
  'explain(jwks)': (value) => explain(token, value, required),
  'explain(options)': (value) => explain(token, jwks, value),
  ...prefixed(
    'explain() ',
    each(EXPECTATIONS, (name, value) => explain(token, jwks, having({ ...required, now }, name, value))),
  ),
  'new KeySet(jwks)': (value) => new KeySet(value).keys,
  'new KeySet().keys of a freed set': () => {
    const set = new KeySet('{"keys":[]}');
    set.free();
    set.free();
    return set.keys;
  },
  'createVerifier(config)': (value) => createVerifier(value),
  'new Verifier(config)': (value) => new Verifier(value),
  ...prefixed(
    'createVerifier() ',
    each([...EXPECTATIONS, ...VERIFIER], (name, value) => createVerifier(having(required, name, value))),
  ),
  'createVerifier() issuers': (value) => createVerifier({ issuers: value }),
  'createVerifier() issuers[0]': (value) => createVerifier({ issuers: [value] }),
  ...prefixed(
    'createVerifier() issuers[0].',
    each([...EXPECTATIONS, ...VERIFIER], (name, value) => createVerifier({ issuers: [having(required, name, value)] })),
  ),
  'Verifier.setKeys(issuer)': (value) => verifier.setKeys(value, jwks),
  'Verifier.setKeys(jwks)': (value) => createVerifier(required).setKeys(issuer, value),
  'Verifier.setKeys(at)': (value) => createVerifier(required).setKeys(issuer, jwks, value),
  ...prefixed(
    'Verifier.setKeys() ',
    each(['fetchedAt', 'now', 'unknown'], (name, value) =>
      createVerifier(required).setKeys(issuer, jwks, having({}, name, value)),
    ),
  ),
  ...Object.assign(
    {},
    .../** @type {const} */ (['verify', 'safeVerify', 'explain']).map((method) => ({
      [`Verifier.${method}(token)`]: (value) => verifier[method](value),
      [`Verifier.${method}(at)`]: (value) => verifier[method](token, value),
      ...prefixed(
        `Verifier.${method}() `,
        each(['now', 'waitUntil', 'unknown'], (name, value) => verifier[method](token, having({}, name, value))),
      ),
    })),
  ),
  'Verifier.restore(snapshot)': (value) => createVerifier(required).restore(value),
  'Verifier.restore(at)': (value) => createVerifier(required).restore(snapshot(), value),
  ...prefixed(
    'Verifier.restore() ',
    each(['version', 'issuers', 'unknown'], (name, value) =>
      createVerifier(required).restore(/** @type {any} */ (having(snapshot(), name, value)), { now }),
    ),
  ),
  'Verifier.restore() issuers[0]': (value) =>
    createVerifier(required).restore({ version: 1, issuers: [value] }, { now }),
  ...prefixed(
    'Verifier.restore() issuers[0].',
    each(['issuer', 'jwksUri', 'jwks', 'fetchedAt', 'digest'], (name, value) =>
      createVerifier(required).restore({ version: 1, issuers: [having(snapshot().issuers[0], name, value)] }, { now }),
    ),
  ),
  'init()': (value) => /** @type {any} */ (init)(value),
  'warmup()': (value) => /** @type {any} */ (warmup)(value),
  'slim.verify(token)': (value) => slim.verify(value, jwks, required),
  'slim.decode(token)': (value) => slim.decode(value),
  'slim.initSync(source)': (value) => slim.initSync(value),
  'awsOutbound(config)': (value) => awsOutbound(value),
  ...prefixed(
    'awsOutbound() ',
    each([...POLICY, 'issuer', 'audience', 'accountIssuers'], (name, value) =>
      awsOutbound(/** @type {any} */ (having(required, name, value))),
    ),
  ),
  'awsOutbound() accountIssuers': (value) => awsOutbound({ audience, accountIssuers: value }),
  'awsOutbound() accountIssuers[…]': (value) =>
    createVerifier(awsOutbound({ audience, accountIssuers: { 111122223333: value } })),
  'parseArn(arn)': (value) => parseArn(value),
  'explainClaim(name)': (value) => explainClaim(value),
  'explainClaim(…, member)': (value) => explainClaim('https://sts.amazonaws.com/', value),
  'explainClaim(…, …, tag)': (value) => explainClaim('https://sts.amazonaws.com/', 'principal_tags', value),
  'explainHeaderParameter(name)': (value) => explainHeaderParameter(value),
  'explainCode(code)': (value) => explainCode(value),
  'explainStep(step)': (value) => explainStep(value),
  'explainStep(…, code)': (value) => explainStep({ stage: 'policy', outcome: 'failed' }, value),
  'explainStep(…, code) of a signature': (value) => explainStep({ stage: 'signature', outcome: 'failed' }, value),
  ...prefixed(
    'explainStep() ',
    each(['stage', 'name', 'outcome', 'actual'], (name, value) =>
      explainStep(having({ stage: 'claim', outcome: 'failed' }, name, value)),
    ),
  ),
};

const HUGE = odd().indexOf(huge);

/** Describes a value without running any code of the value. */
const describeValue = (value, index) =>
  `value ${index} (${/^(object|function)$/.test(typeof value) ? typeof value : String(value).slice(0, 40)})`;

/** Whether a value is a pending promise or a URL. */
function isOfPlatform(value) {
  try {
    return value instanceof Promise || value instanceof URL;
  } catch {
    return false;
  }
}

describe('odd values', () => {
  test('uses more than 250 values', () => assert.ok(odd().length > 250, `${odd().length}`));

  for (const [name, run] of Object.entries(CALLS)) {
    test(`returns a result or throws a JwtError: ${name}`, async () => {
      for (const [index, value] of odd().entries()) {
        // A JWK Set is serialized, which would take minutes for this value.
        if (name.includes('jwks.keys') && index === HUGE) continue;
        try {
          await run(value);
        } catch (error) {
          const isOurs =
            error instanceof JwtError && typeof error.code === 'string' && typeof error.message === 'string';
          if (!isOurs) assert.fail(`${describeValue(value, index)}: ${error?.stack ?? String(error)}`);
        }
      }
      // Afterwards everything still works.
      assert.ok(verify(token, jwks, { ...required, now }));
      assert.ok(verifier.verify(token, { now }));
    });
  }

  test('resolves or rejects with a JwtError: init() of sts-jwt/slim', async () => {
    for (const [index, value] of odd().entries()) {
      // Skipped, because init() would wait forever for a pending promise, and would fetch a URL.
      if (typeof value === 'string' || isOfPlatform(value)) continue;
      await slim.init(/** @type {any} */ (value)).catch((error) => {
        assert.ok(error instanceof JwtError, `${describeValue(value, index)}: ${error?.stack ?? String(error)}`);
      });
    }
  });
});
