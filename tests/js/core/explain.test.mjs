// Checks that explain() has the same verdict and code as verify() for every case of the corpora, returns plain data, and
// never includes the signature.
import assert from 'node:assert/strict';
import test, { describe } from 'node:test';
import { explain, KeySet, verify } from 'sts-jwt';
import { createFixtures } from '../fixtures.mjs';
import { readCorpora } from '../support/corpora.mjs';
import { createIssuer, NAMESPACE, stsClaims } from '../support/issuer.mjs';

/** Every case is explained several times, once with each of these sets of additional options. */
const WAYS = {
  'as it is': {},
  'with a policy and all failures': {
    aws: { accounts: ['111122223333'], principals: ['arn:aws:iam::*:role/**'] },
    collectAll: true,
    requiredClaims: ['nonce', 'aud'],
  },
};

/** Returns the outcome of verify() in the form of explain(), or undefined if verify() rejects the options. */
function decisionOf(token, jwks, options) {
  try {
    verify(token, jwks, options);
    return { verdict: 'accepted' };
  } catch (error) {
    assert.equal(error.name, 'JwtError', error.stack);
    if (error.code === 'ERR_OPTIONS_INVALID') return undefined;
    return { verdict: 'rejected', code: error.code, error: plain(error) };
  }
}

const MEMBERS = ['category', 'retryable', 'status', 'message', 'claim', 'reason', 'expected', 'actual'];

/** Returns an error as plain data, with the members that explain() includes. */
function plain(error) {
  const details = { code: error.code };
  for (const member of MEMBERS) if (error[member] !== undefined) details[member] = error[member];
  if (error.errors) details.errors = error.errors.map(plain);
  return details;
}

/** Checks one explanation. Returns whether explain() returned an explanation. */
function check(token, jwks, options) {
  const decision = decisionOf(token, jwks, options);
  if (decision === undefined) {
    assert.throws(() => explain(token, jwks, options), { code: 'ERR_OPTIONS_INVALID' });
    return false;
  }
  const explanation = explain(token, jwks, options);
  const { steps, ...said } = explanation;
  assert.deepEqual(said, decision);
  const text = JSON.stringify(explanation);
  assert.deepEqual(JSON.parse(text), explanation, 'survives JSON');
  assert.ok(steps.length > 0);
  assert.equal(
    steps.some(({ outcome }) => outcome === 'failed'),
    said.verdict === 'rejected',
    text,
  );
  assertNoSignature(text, token);
  return true;
}

/** Asserts that the text contains no sixteen consecutive characters of the last segment. */
function assertNoSignature(text, token) {
  const signature = token.slice(token.lastIndexOf('.') + 1);
  for (const [piece] of text.matchAll(/[\w-]{16,}/g)) {
    for (let start = 0; start + 16 <= piece.length; start += 1) {
      assert.ok(!signature.includes(piece.slice(start, start + 16)), `${piece} contains a piece of the signature`);
    }
  }
}

describe('explain()', () => {
  for (const { file, cases } of readCorpora()) {
    for (const [way, more] of Object.entries(WAYS)) {
      test(`decides like verify(): ${file} ${way}: ${cases.length} cases`, () => {
        let explained = 0;
        for (const { id, token, jwks, options } of cases) {
          try {
            if (check(token, jwks, { ...options, allowMissingExp: true, ...more })) explained += 1;
          } catch (cause) {
            throw new Error(`case ${id}: ${cause.message}`, { cause });
          }
        }
        assert.ok(explained >= cases.length * 0.9, `only ${explained} explained`);
      });
    }
  }

  test('reaches the same verdict as verify() for every token of the suite', () => {
    const { tokens, jwks, keySets, issuer, audience, now } = createFixtures();
    for (const token of Object.values(tokens)) {
      for (const keys of [jwks, new KeySet(jwks), ...Object.values(keySets)]) {
        for (const more of Object.values(WAYS)) check(token, keys, { issuer, audience, now, ...more });
      }
    }
  });

  test('decides like verify() for values of every type in the AWS object', () => {
    const { url, jwks, mint } = createIssuer();
    const options = { issuer: url, audience: 'a', aws: {} };
    const members = Object.keys(stsClaims(url, 'a', 0)[NAMESPACE]);
    for (const member of [...members, 'federated_provider', 'lambda_source_function_arn', 'later']) {
      for (const value of [null, 5, [5], { a: 5 }, '']) {
        const claims = stsClaims(url, 'a', Math.floor(Date.now() / 1000));
        claims[NAMESPACE][member] = value;
        try {
          check(mint('ES384', claims), jwks, options);
        } catch (cause) {
          throw new Error(`${member}: ${JSON.stringify(value)}: ${cause.message}`, { cause });
        }
      }
    }
  });

  test('never throws for any token or JWKS', () => {
    const { tokens, jwks, issuer, audience } = createFixtures();
    const options = { issuer, audience };
    const cyclic = { keys: [] };
    cyclic.self = cyclic;
    const things = [
      undefined,
      null,
      0,
      true,
      5n,
      Symbol('x'),
      {},
      [],
      () => '',
      new Uint8Array(4),
      '',
      '\ud800',
      '{',
      cyclic,
    ];
    for (const thing of things) {
      for (const given of /** @type {any[]} */ ([
        [thing, jwks],
        [tokens.ES384, thing],
        [thing, thing],
      ])) {
        const explanation = explain(given[0], given[1], options);
        assert.equal(explanation.verdict, 'rejected');
        assert.match(explanation.code, /^ERR_(JWS|JWKS)_INVALID$/);
        assert.deepEqual(JSON.parse(JSON.stringify(explanation)), explanation);
      }
    }
    /** @type {any} */
    const throwing = {
      get keys() {
        throw new Error('no');
      },
    };
    assert.equal(explain(tokens.ES384, throwing, options).code, 'ERR_JWKS_INVALID');
  });

  test('throws for invalid options, like verify()', () => {
    const { tokens, jwks } = createFixtures();
    for (const options of /** @type {any[]} */ ([
      undefined,
      {},
      { issuer: null },
      { issuer: null, audience: null, aws: 5 },
    ])) {
      assert.throws(() => explain(tokens.ES384, jwks, options), { name: 'JwtError', code: 'ERR_OPTIONS_INVALID' });
    }
  });
});
