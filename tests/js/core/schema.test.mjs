// Tests the option `schema` with common libraries, and with schemas that misbehave.
import assert from 'node:assert/strict';
import test, { describe } from 'node:test';
import { type } from 'arktype';
import { createVerifier, explain, JwtError, verify } from 'sts-jwt';
import { createRemoteVerifier } from 'sts-jwt/remote';
import { replayGuard } from 'sts-jwt/stores';
import * as v from 'valibot';
import { z } from 'zod';
import { createIssuer, stsClaims } from '../support/issuer.mjs';

const issuer = createIssuer();
const now = Math.floor(Date.now() / 1000);
const { jwks } = issuer;
const SECRET = 'secret-value-4711';
const claims = { tenant: 'acme', roles: ['reader', 'admin'], level: 3 };
const mint = (more = {}) => issuer.mint('ES384', stsClaims(issuer.url, 'a', now, { ...claims, ...more }));
const token = mint();
const bad = mint({ roles: ['reader', SECRET], level: SECRET, tenant: undefined });
const options = { issuer: issuer.url, audience: 'a' };
const configOf = (schema) => ({ ...options, jwks, schema });

/** The same schema in each library. */
const libraries = {
  zod: z.object({ tenant: z.string(), roles: z.array(z.enum(['reader', 'admin'])), level: z.number() }),
  valibot: v.object({ tenant: v.string(), roles: v.array(v.picklist(['reader', 'admin'])), level: v.number() }),
  arktype: /** @type {any} */ (type)({
    '+': 'delete',
    tenant: 'string',
    roles: "('reader' | 'admin')[]",
    level: 'number',
  }),
};

/** A Standard Schema with this `validate`. */
const schemaOf = (validate) => ({ '~standard': { version: /** @type {1} */ (1), vendor: 'test', validate } });
const failing = (issues) => schemaOf(() => ({ issues }));
const thrown = (call) => {
  try {
    call();
  } catch (error) {
    assert.ok(error instanceof JwtError, String(error));
    return /** @type {any} */ (error);
  }
  assert.fail('nothing was thrown');
};

describe('schema', () => {
  for (const [library, schema] of Object.entries(libraries)) {
    test(`replaces the claims by the output of ${library}`, async () => {
      const verifier = createVerifier(configOf(schema));
      const remote = createRemoteVerifier({ ...options, schema, fetch: async () => Response.json(jwks) });
      const results = [
        verify(token, jwks, { ...options, schema }),
        verifier.verify(token),
        verifier.verify(token),
        await remote.verify(token),
      ];
      for (const verified of results) {
        assert.deepEqual(verified.claims, claims);
        assert.deepEqual([verified.issuer, verified.expiresAt], [issuer.url, now + 300]);
      }
      const { verdict, steps } = verifier.explain(token);
      assert.deepEqual([verdict, steps.at(-1)], ['accepted', { stage: 'schema', outcome: 'passed' }]);
    });

    test(`names the claims that do not fit a schema of ${library}, without their values`, async () => {
      const verifier = createVerifier(configOf(schema));
      const remote = createRemoteVerifier({ ...options, schema, fetch: async () => Response.json(jwks) });
      const explanation = explain(bad, jwks, { ...options, schema });
      const errors = [
        thrown(() => verify(bad, jwks, { ...options, schema })),
        thrown(() => verifier.verify(bad)),
        /** @type {any} */ (verifier.safeVerify(bad)).error,
        await remote.verify(bad).catch((error) => error),
      ];
      for (const error of errors) {
        const { code, status, category, issues } = error;
        assert.deepEqual([code, status, category], ['ERR_JWT_CLAIM_VALIDATION_FAILED', 401, 'claims']);
        const byPath = new Map(issues.map(({ path, message }) => [path.join(), message]));
        assert.deepEqual([...byPath.keys()].sort(), ['level', 'roles,1', 'tenant']);
        assert.equal(byPath.get('tenant'), '"tenant" claim does not fit the schema');
        assert.equal(byPath.get('roles,1'), '"roles.1" claim does not fit the schema');
        assert.equal(error.message, issues[0].message);
        assert.equal(error.claim, issues[0].path[0]);
        assert.equal(error.reason, 'check_failed');
        const shown = `${error.stack}${JSON.stringify(error)}${error.challenge()}${error.cause}`;
        assert.ok(!shown.includes(SECRET) && !JSON.stringify(explanation).includes(SECRET), shown);
      }
      const { verdict, code, steps, error } = explanation;
      assert.deepEqual([verdict, code], ['rejected', 'ERR_JWT_CLAIM_VALIDATION_FAILED']);
      assert.equal(error?.issues?.length, 3);
      assert.deepEqual(steps.at(-1), { stage: 'schema', outcome: 'failed', problem: error?.message });
      assert.ok(steps.length > 10, 'the steps of the core come first');
    });
  }

  test('types and returns transformed claims', () => {
    const schema = z.object({ exp: z.number().transform((exp) => new Date(exp * 1000)) });
    const verifier = createVerifier(configOf(schema));
    for (const { claims } of [
      verify(token, jwks, { ...options, schema }),
      verifier.verify(token),
      verifier.verify(token),
    ])
      assert.ok(claims.exp instanceof Date);
  });

  test('runs last, on the claims as signed', () => {
    let calls = 0;
    const schema = schemaOf((value) => {
      calls += 1;
      return { value };
    });
    const rejected = [
      [{ ...options, audience: 'b' }, 'aud'],
      [{ ...options, claims: { tenant: 'other' } }, 'tenant'],
      [{ ...options, scope: 'x' }, 'scope'],
      [{ ...options, aws: { accounts: [] } }, 'accounts'],
    ];
    for (const [expectations, claim] of /** @type {any[]} */ (rejected)) {
      assert.throws(() => verify(token, jwks, { ...expectations, schema }), { claim });
      assert.throws(() => createVerifier({ ...expectations, jwks, schema }).verify(token), { claim });
    }
    assert.equal(calls, 0);
    const aws = verify(token, jwks, { ...options, aws: {}, schema: z.object({}) });
    assert.deepEqual([aws.claims, typeof aws.aws?.account], [{}, 'string']);
  });

  test('runs on each call, with its own copy of the claims', () => {
    const seen = [];
    const schema = schemaOf((value) => {
      seen.push(value.roles.length);
      value.roles.length = 0;
      return { value };
    });
    const verifier = createVerifier(configOf(schema));
    for (let i = 0; i < 3; i += 1) assert.deepEqual(verifier.verify(token).claims.roles, []);
    assert.deepEqual(seen, [2, 2, 2]);
  });

  test('keeps the schemas of several issuers apart', () => {
    const other = createIssuer();
    const verifier = createVerifier({
      issuers: [
        { issuer: issuer.url, audience: 'a', jwks, schema: z.object({ tenant: z.literal('acme') }) },
        { issuer: other.url, audience: 'a', jwks: other.jwks },
      ],
    });
    const theirs = other.mint('ES384', stsClaims(other.url, 'a', now, { tenant: 'other' }));
    assert.deepEqual(verifier.verify(token).claims, { tenant: 'acme' });
    assert.equal(verifier.verify(theirs).claims.tenant, 'other');
  });

  test('does not cache a rejected token, and does not use keys that the schema replaced', () => {
    let reject = true;
    const verifier = createVerifier({ ...options, schema: schemaOf((value) => (reject ? { issues: [] } : { value })) });
    verifier.setKeys(issuer.url, jwks);
    const cached = [];
    const { set } = Map.prototype;
    Map.prototype.set = function (key, value) {
      if (value?.token === token) cached.push(() => this.has(key));
      return set.call(this, key, value);
    };
    try {
      assert.throws(() => verifier.verify(token), { code: 'ERR_JWT_CLAIM_VALIDATION_FAILED' });
    } finally {
      Map.prototype.set = set;
    }
    assert.deepEqual(
      cached.map((isCached) => isCached()),
      [false],
    );
    reject = false;
    assert.ok(verifier.verify(token));
    const replacing = createVerifier({
      ...options,
      schema: schemaOf((value) => {
        replacing.setKeys(issuer.url, createIssuer().jwks);
        return { value };
      }),
    });
    replacing.setKeys(issuer.url, jwks);
    assert.ok(replacing.verify(token));
    assert.throws(() => replacing.verify(token), { code: 'ERR_JWS_SIGNATURE_VERIFICATION_FAILED' });
  });

  test('rejects a schema that is not a Standard Schema as soon as it is passed', () => {
    const validate = () => ({ value: {} });
    const wrong = [
      undefined,
      null,
      1,
      'x',
      {},
      () => ({}),
      { '~standard': null },
      { '~standard': { version: 1 } },
      { '~standard': { version: 2, vendor: 'x', validate } },
      { '~standard': { version: '1', vendor: 'x', validate } },
      {
        get '~standard'() {
          throw new Error('no');
        },
      },
    ];
    for (const schema of /** @type {any[]} */ (wrong)) {
      const invalid = { code: 'ERR_OPTIONS_INVALID' };
      assert.throws(() => verify(token, jwks, { ...options, schema }), invalid);
      assert.throws(() => explain(token, jwks, { ...options, schema }), invalid);
      assert.throws(() => createVerifier(configOf(schema)), invalid);
      assert.throws(() => createRemoteVerifier({ ...options, schema }), invalid);
    }
  });

  test('accepts no token if the schema throws, is asynchronous, or returns nonsense', async () => {
    const unhandled = [];
    const listener = (reason) => unhandled.push(reason);
    process.on('unhandledRejection', listener);
    const wrong = [
      () => {
        throw new Error(SECRET);
      },
      async (value) => ({ value }),
      () => Promise.reject(new Error('late')),
      // biome-ignore lint/suspicious/noThenProperty: a thenable is what this test needs
      () => ({ then: () => {}, value: {} }),
      () => undefined,
      () => null,
      () => ({}),
      () => ({ value: 'text' }),
      () => ({ value: null }),
      () => ({ issues: [null] }),
      () => ({ issues: [{ path: [null] }] }),
      () => ({
        get issues() {
          throw new Error('no');
        },
      }),
    ];
    for (const validate of /** @type {any[]} */ (wrong)) {
      const schema = schemaOf(validate);
      const verifier = createVerifier(configOf(schema));
      for (const call of [
        () => verify(token, jwks, { ...options, schema }),
        () => explain(token, jwks, { ...options, schema }),
        () => verifier.verify(token),
        () => verifier.safeVerify(token),
      ]) {
        const error = thrown(call);
        assert.equal(error.code, 'ERR_OPTIONS_INVALID', String(validate));
        assert.ok(error.message.startsWith('"schema" ') && !error.message.includes(SECRET), error.message);
      }
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
    process.off('unhandledRejection', listener);
    assert.deepEqual(unhandled, []);
    const schema = z.object({}).refine(async () => true);
    assert.throws(() => verify(token, jwks, { ...options, schema }), {
      code: 'ERR_OPTIONS_INVALID',
      message: /synchronous/,
    });
  });

  test('copies issues as plain data of bounded size', () => {
    const symbol = Symbol('s');
    const path = ['x'.repeat(1000), symbol, 5, { key: 'https://a/' }, ...Array(100).fill('deep')];
    const { issues } = thrown(() => verify(token, jwks, { ...options, schema: failing(Array(100).fill({ path })) }));
    assert.equal(issues.length, 32);
    assert.deepEqual(issues[0].path.slice(0, 4), ['x'.repeat(128), 'Symbol(s)', 5, 'https://a/']);
    assert.equal(issues[0].path.length, 32);
    assert.ok(JSON.stringify(issues).length < 40_000);
    const whole = thrown(() => verify(token, jwks, { ...options, schema: failing([{ message: SECRET }]) }));
    assert.deepEqual(whole.issues, [{ message: 'the claims do not fit the schema', path: [] }]);
    assert.equal(whole.claim, 'schema');
    const none = thrown(() => verify(token, jwks, { ...options, schema: failing([]) }));
    assert.deepEqual([none.message, none.issues], ['the claims do not fit the schema', []]);
    const { message } = thrown(() => verify(token, jwks, { ...options, schema: failing([{ path: ['a"\n'] }]) }));
    assert.equal(message, '"a\\"\\n" claim does not fit the schema');
  });

  test('takes no claims from a polluted prototype', () => {
    Object.defineProperty(Object.prototype, 'value', { value: { sub: 'admin' }, configurable: true, writable: true });
    try {
      for (const validate of /** @type {any[]} */ ([async () => ({ issues: [] }), () => ({})])) {
        const error = thrown(() => verify(token, jwks, { ...options, schema: schemaOf(validate) }));
        assert.equal(error.code, 'ERR_OPTIONS_INVALID');
      }
    } finally {
      delete (/** @type {any} */ (Object.prototype).value);
    }
  });

  test('remembers a token under its signed issuer, whatever the schema made of the claims', async () => {
    const names = [];
    const object = { accept: async () => true };
    const namespace = { idFromName: (name) => names.push(name), get: () => object };
    const guard = replayGuard(/** @type {any} */ (namespace));
    await guard.accept(verify(token, jwks, options));
    await guard.accept(verify(token, jwks, { ...options, schema: z.object({}) }));
    await guard.accept(verify(token, jwks, { ...options, schema: z.object({ iss: z.string().transform(() => 'x') }) }));
    assert.deepEqual(new Set(names).size, 1);
  });

  test('fetches keys for tokens whose "iss" the schema removed', async () => {
    let fetched = 0;
    const fetch = async () => {
      fetched += 1;
      return Response.json(jwks);
    };
    const remote = createRemoteVerifier({ ...options, schema: z.object({}), fetch, timing: { softAge: 0.01 } });
    assert.deepEqual((await remote.verify(token)).claims, {});
    assert.deepEqual((await remote.verify(token)).claims, {});
    assert.ok(fetched >= 1);
  });
});
