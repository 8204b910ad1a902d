// Tests that keys and algorithms apply only to their issuer (RFC 8725 §3.1, §3.8).
import assert from 'node:assert/strict';
import test, { describe } from 'node:test';
import { createVerifier, verify } from 'sts-jwt';
import { createIssuer } from '../support/issuer.mjs';

const AUDIENCE = 'https://edge.example.test';
const A = 'https://a.example.test';
const B = 'https://b.example.test';
const [a, b] = [createIssuer(), createIssuer()];
const now = Math.floor(Date.now() / 1000);
const tokenOf = (issuer, iss, alg = 'ES384') => issuer.mint(alg, { iss, aud: AUDIENCE, iat: now, exp: now + 300 });
const audience = AUDIENCE;

describe('issuers of a Verifier', () => {
  test('checks a token only with the keys of its issuer', () => {
    const verifier = createVerifier({
      issuers: [
        { issuer: A, audience, jwks: a.jwks },
        { issuer: B, audience, jwks: b.jwks },
      ],
    });
    for (const alg of ['ES384', 'RS256']) {
      for (const [issuer, iss] of [
        [a, A],
        [b, B],
      ])
        assert.equal(verifier.verify(tokenOf(issuer, iss, alg)).claims.iss, iss);
      for (const [issuer, iss] of [
        [a, B],
        [b, A],
      ])
        assert.throws(() => verifier.verify(tokenOf(issuer, iss, alg)), {
          code: 'ERR_JWS_SIGNATURE_VERIFICATION_FAILED',
        });
    }
  });

  test('does not bind keys to issuers in verify() with one key set', () => {
    for (const iss of [A, B])
      assert.equal(verify(tokenOf(a, iss), a.jwks, { issuer: [A, B], audience }).claims.iss, iss);
  });

  test('applies the algorithms of an issuer only to its tokens', () => {
    const verifier = createVerifier(
      /** @type {any} */ ({
        issuers: [
          { issuer: A, audience, jwks: a.jwks, algorithms: ['ES384'] },
          { issuer: B, audience, jwks: b.jwks, algorithms: ['RS256'] },
        ],
      }),
    );
    assert.ok(verifier.verify(tokenOf(a, A, 'ES384')));
    assert.ok(verifier.verify(tokenOf(b, B, 'RS256')));
    for (const token of [tokenOf(a, A, 'RS256'), tokenOf(b, B, 'ES384')])
      assert.throws(() => verifier.verify(token), { code: 'ERR_JOSE_ALG_NOT_ALLOWED' });
  });

  test('rejects a known header after its key was removed or replaced', () => {
    const verifier = createVerifier({ issuer: A, audience });
    const ecKeys = ({ jwks }) => ({ keys: jwks.keys.filter(({ kty }) => kty === 'EC') });
    const rsaKeys = ({ jwks }) => ({ keys: jwks.keys.filter(({ kty }) => kty === 'RSA') });
    const good = () => assert.ok(verifier.verify(tokenOf(a, A)));
    const refused = (code) => assert.throws(() => verifier.verify(tokenOf(a, A)), { code });
    for (let i = 0; i < 2; i += 1) {
      verifier.setKeys(A, ecKeys(a));
      good();
      good();
      verifier.setKeys(A, rsaKeys(a));
      refused('ERR_JWKS_NO_MATCHING_KEY');
      verifier.setKeys(A, ecKeys(b));
      refused('ERR_JWS_SIGNATURE_VERIFICATION_FAILED');
      assert.ok(verifier.verify(tokenOf(b, A)));
      refused('ERR_JWS_SIGNATURE_VERIFICATION_FAILED');
    }
  });
});
