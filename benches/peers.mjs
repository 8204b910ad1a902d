// The peers that run everywhere. Each peer gets its key in the form that it processes fastest. All peers make the same
// checks: signature, issuer, audience, expiry with 30 s of tolerance, and only the algorithm of the case.
//
// A peer is created once per case. `verify(input)` returns the claims or throws. `inputOf` converts a token to the
// peer's input in advance. A `signatureOnly` peer gets the signing input and the signature as bytes and returns a
// boolean. Its time is a lower bound, because it does not verify a whole token.
import { base64url, importJWK, jwtVerify } from 'jose';
import { KeySet, verify } from 'sts-jwt';

export const CLOCK_TOLERANCE = 30;

export const everywhere = {
  'sts-jwt'({ jwks, issuer, audience }) {
    const keys = new KeySet(jwks);
    return { verify: (token) => verify(token, keys, { issuer, audience }).claims };
  },

  async jose({ jwk, alg, issuer, audience }) {
    const key = await importJWK(jwk, alg); // a CryptoKey, so that no key is looked up or imported again
    const options = { issuer, audience, algorithms: [alg], clockTolerance: CLOCK_TOLERANCE, requiredClaims: ['exp'] };
    return { promises: true, verify: async (token) => (await jwtVerify(token, key, options)).payload };
  },

  async 'subtle.verify'({ jwk, alg }) {
    const imported = {
      ES384: { name: 'ECDSA', namedCurve: 'P-384' },
      RS256: { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' },
    }[alg];
    const used = { ES384: { name: 'ECDSA', hash: 'SHA-384' }, RS256: { name: 'RSASSA-PKCS1-v1_5' } }[alg];
    const { kty, crv, x, y, n, e } = jwk;
    const key = await crypto.subtle.importKey('jwk', { kty, crv, x, y, n, e }, imported, false, ['verify']);
    return {
      promises: true,
      signatureOnly: true,
      inputOf: signedParts,
      verify: ({ data, signature }) => crypto.subtle.verify(used, key, signature, data),
    };
  },
};

/** Returns the signing input and the signature, as bytes. */
export function signedParts(token) {
  const dot = token.lastIndexOf('.');
  return { data: new TextEncoder().encode(token.slice(0, dot)), signature: base64url.decode(token.slice(dot + 1)) };
}
