// Checks that changing one result never changes another, although equal headers are parsed only once.
import assert from 'node:assert/strict';
import test, { describe } from 'node:test';
import { verify } from 'sts-jwt';
import { createIssuer, stsClaims } from '../support/issuer.mjs';

const issuer = createIssuer();
const now = 1_767_225_700;
const mint = (header) => issuer.mint('ES384', stsClaims(issuer.url, 'a', now), header);
const verified = (token) => verify(token, issuer.jwks, { issuer: null, audience: null, now });

describe('results', () => {
  for (const [name, header] of Object.entries(
    /** @type {Record<string, any>} */ ({
      plain: {},
      'with an object in it': { x: { y: [1] } },
      'with null': { x: null },
      'with a member named __proto__': JSON.parse('{"__proto__":"x"}'),
    }),
  )) {
    test(`does not share changes between callers: a header ${name}`, () => {
      const token = mint(header);
      const [first, expected] = [verified(token), structuredClone(verified(token))];
      assert.deepEqual(first.header, JSON.parse(Buffer.from(token.split('.')[0], 'base64url').toString()));
      first.header.alg = first.key.kid = first.claims.sub = 'changed';
      const nested = /** @type {any} */ (first.header.x);
      if (nested) nested.y = 'changed';
      assert.deepEqual(verified(token), expected);
    });
  }

  test('does not mix up the headers of alternating tokens', () => {
    const tokens = [mint({}), mint({ typ: 'other' }), mint({ kid: undefined })];
    const expected = tokens.map(verified);
    for (let round = 0; round < 3; round += 1) assert.deepEqual(tokens.map(verified), expected);
    assert.deepEqual(
      expected.map(({ header }) => [header.kid, header.typ]),
      [
        ['EC384_0', 'JWT'],
        ['EC384_0', 'other'],
        [undefined, 'JWT'],
      ],
    );
  });
});
