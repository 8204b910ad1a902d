// Checks that options are read once and completely: no code of the caller runs during a verification, and no condition is
// lost.
import assert from 'node:assert/strict';
import test, { describe } from 'node:test';
import { createVerifier, explain, verify } from 'sts-jwt';
import { awsOutbound } from 'sts-jwt/aws';
import { createRemoteVerifier } from 'sts-jwt/remote';
import { ACCOUNT, createIssuer, stsClaims } from '../support/issuer.mjs';

const issuer = createIssuer();
const now = 1_767_225_700;
const token = issuer.mint('ES384', stsClaims(issuer.url, 'a', now));
const { jwks } = issuer;
const any = { issuer: null, audience: null, now };
const invalid = { code: 'ERR_OPTIONS_INVALID' };

describe('options', () => {
  test('keeps the options of a call apart from those of a verify() that a getter calls', () => {
    assert.throws(() => verify(token, jwks, { ...any, subject: 'nobody' }), { claim: 'sub' });
    let first = true;
    const options = {
      audience: null,
      now,
      subject: 'nobody',
      get issuer() {
        if (first) verify(token, jwks, { ...any, clockTolerance: 11 });
        first = false;
        return null;
      },
    };
    assert.throws(() => verify(token, jwks, options), { claim: 'sub' });
  });

  test('tolerates a getter that calls verify() with other options each time', () => {
    let calls = 0;
    const options = {
      audience: null,
      now,
      get issuer() {
        calls += 1;
        if (calls < 1000) verify(token, jwks, { ...any, clockTolerance: 200 + (calls % 20) });
        return null;
      },
    };
    assert.ok(verify(token, jwks, options));
    assert.ok(calls < 20, `${calls} calls`);
  });

  test('tolerates a JWKS that calls verify() while being read', () => {
    const source = {
      keys: jwks.keys,
      toJSON() {
        for (let i = 0; i < 20; i += 1) verify(token, jwks, { ...any, clockTolerance: 100 + i });
        return { keys: jwks.keys };
      },
    };
    assert.ok(verify(token, source, { ...any, clockTolerance: 7 }));
    assert.ok(verify(token, jwks, any));
  });

  test('rejects inherited and hidden members', () => {
    class Options {
      issuer = null;
      audience = null;
      now = now;
      get subject() {
        return 'nobody';
      }
    }
    for (const options of [
      Object.assign(Object.create({ aws: { accounts: [] } }), any),
      new Options(),
      { ...any, aws: Object.create(Object.assign(Object.create(null), { accounts: [] })) },
      Object.defineProperty({ ...any }, 'subject', { value: 'nobody' }),
      { ...any, [Symbol('subject')]: 'nobody' },
      { ...any, aws: { principalTags: { team: undefined } } },
      { ...any, aws: { principalTags: { '\ud800': 'x' } } },
    ]) {
      assert.throws(() => verify(token, jwks, options), invalid);
    }
    assert.ok(verify(token, jwks, Object.assign(Object.create(null), any, { collectAll: undefined })));
  });

  describe('undefined options', () => {
    /** Every option of a verification except `now`. */
    const EXPECTATIONS = ['issuer', 'audience', 'algorithms', 'subject', 'typ', 'clockTolerance', 'maxTokenAge'].concat(
      [...['requiredClaims', 'allowMissingExp', 'aws', 'collectAll']],
    );
    const POLICY = [
      'accounts',
      'organizations',
      'organizationalUnits',
      'principals',
      'regions',
      'principalTags',
    ].concat([...['lambdaFunctions', 'ec2Instances', 'vpcs', 'sourceIdentities', 'maxLifetime', 'issuerSuffixes']]);
    const OPTIONAL = ['clockTolerance', 'allowMissingExp', 'collectAll'];
    const required = { issuer: issuer.url, audience: 'a', aws: { issuerSuffixes: { aws: 'example.test' } } };
    const remoteOf = (options) => createRemoteVerifier({ ...options, fetch: async () => Response.json(jwks) });
    /** The functions that accept these options. The configuration of a verifier has no `now`. */
    const FUNCTIONS = {
      'verify()': (options) => verify(token, jwks, { now, ...options }),
      'explain()': (options) => assert.equal(explain(token, jwks, { now, ...options }).verdict, 'accepted'),
      'createVerifier()': (options) => createVerifier({ jwks, ...options }).verify(token, { now }),
      'createVerifier() with issuers': (options) =>
        createVerifier({ issuers: [{ jwks, ...options }] }).verify(token, { now }),
      'createRemoteVerifier()': (options) => remoteOf(options),
      'createRemoteVerifier() with issuers': (options) => remoteOf({ issuers: [options] }),
    };

    for (const [name, run] of Object.entries(FUNCTIONS)) {
      test(`never drops a condition: ${name}`, () => {
        run(required);
        for (const option of EXPECTATIONS) {
          const options = { ...required, [option]: undefined };
          if (OPTIONAL.includes(option)) run(options);
          else assert.throws(() => run(options), { ...invalid, message: new RegExp(`[".]${option}"`) });
        }
        for (const option of POLICY) {
          const options = { ...required, aws: { ...required.aws, [option]: undefined } };
          const message = `option "aws.${option}" must not be undefined; to switch it off, leave it out`;
          assert.throws(() => run(options), { ...invalid, message });
        }
        // These options have as many members as options that are already cached, so comparing the counts is not enough.
        const { aws, ...others } = required;
        const options = { ...others, subject: undefined };
        assert.throws(() => run(options), { ...invalid, message: /"subject"/ });
      });
    }

    test('never drops a condition: awsOutbound()', () => {
      const accountIssuers = { [ACCOUNT]: issuer.url };
      for (const option of [...POLICY, 'accountIssuers']) {
        const message = `option "${option}" must not be undefined; to switch it off, leave it out`;
        for (const config of [{ issuer: issuer.url }, { accountIssuers }]) {
          const run = () => awsOutbound(/** @type {any} */ ({ ...config, audience: 'a', [option]: undefined }));
          assert.throws(run, { ...invalid, message });
        }
      }
      for (const accountIssuers of [null, 0, ''])
        assert.throws(
          () => awsOutbound(/** @type {any} */ ({ issuer: issuer.url, audience: 'a', accountIssuers })),
          invalid,
        );
      for (const config of [
        { issuer: undefined, audience: 'a' },
        { issuer: issuer.url, audience: undefined },
      ])
        assert.throws(() => verify(token, jwks, awsOutbound(/** @type {any} */ (config))), invalid);
    });

    test('count as absent if the option does not narrow which tokens are accepted', () => {
      const config = {
        ...required,
        jwks,
        jwksUri: undefined,
        maxCachedTokens: undefined,
        maxCachedTokenBytes: undefined,
      };
      const verifier = createVerifier({ ...config, maxKeyAge: undefined, allowLoopbackHttp: undefined });
      assert.ok(verifier.verify(token, { now }));
      const later = createVerifier({ ...required, jwks: undefined });
      later.setKeys(issuer.url, jwks, { fetchedAt: undefined, now });
      assert.ok(later.verify(token, { now }));
      later.restore(later.snapshot(), { now });
      const error = /** @type {any} */ (later.safeVerify(token, { now: undefined })).error;
      assert.equal(error?.code, 'ERR_JWKS_KEYS_NEEDED');
      assert.throws(() => verify(token, jwks, { ...required, now: undefined }), { code: 'ERR_JWT_EXPIRED' });
    });
  });

  test('rejects "issuer" together with "issuers"', () => {
    const one = { issuer: issuer.url, audience: 'a', jwks };
    for (const config of [
      { ...one, issuers: [one] },
      { issuer: issuer.url, issuers: [one] },
      { audience: 'a', issuers: [one] },
      { issuer: undefined, issuers: [one] },
      { ...one, issuers: undefined },
    ]) {
      assert.throws(() => createVerifier(/** @type {any} */ (config)), {
        ...invalid,
        message: /"(issuer|issuers|audience)"/,
      });
      assert.throws(() => createRemoteVerifier(/** @type {any} */ (config)), invalid);
      assert.throws(() => verify(token, jwks, /** @type {any} */ (config)), invalid);
    }
  });

  test('rejects issuer or accounts together with accountIssuers in awsOutbound()', () => {
    const accountIssuers = { 111122223333: issuer.url };
    const { issuers } = awsOutbound({ accountIssuers, audience: 'a' });
    assert.deepEqual(issuers, [{ issuer: issuer.url, audience: 'a', aws: { accounts: ['111122223333'] } }]);
    assert.ok(verify(token, jwks, { ...issuers[0], now }).aws);
    for (const more of [{ accounts: [] }, { issuer: issuer.url }]) {
      assert.throws(() => awsOutbound({ accountIssuers, audience: 'a', ...more }), invalid);
    }
  });
});
