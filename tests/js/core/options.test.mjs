// Checks that options are read once and completely: no code of the caller runs during a verification, and no condition is
// lost.
import assert from 'node:assert/strict';
import test, { describe } from 'node:test';
import { verify } from 'sts-jwt';
import { awsOutbound } from 'sts-jwt/aws';
import { createIssuer, stsClaims } from '../support/issuer.mjs';

const issuer = createIssuer();
const now = 1_767_225_700;
const token = issuer.mint('ES384', stsClaims(issuer.url, 'a', now));
const { jwks } = issuer;
const any = { issuer: null, audience: null, now };
const invalid = { code: 'ERR_OPTIONS_INVALID' };

describe('options', () => {
  test('ignores changes by a getter that calls verify()', () => {
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

  test('survives a JWKS that calls verify() while it is read', () => {
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
    assert.ok(verify(token, jwks, Object.assign(Object.create(null), any, { subject: undefined })));
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
