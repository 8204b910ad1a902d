// The peers (the verifiers that are compared, including this package) that run everywhere. Each peer gets its key in the form
// that it processes fastest. All peers make the same checks: signature, issuer, audience, expiry with 30 s of tolerance, and only
// the algorithm of the case.
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

/**
 * The peers of a case. `signature` is the compiled module of benches/signature, or undefined where the engine does not accept
 * it; then the bare case has no peers.
 */
export function peersOf(
  /** @type {{ bare?: boolean }} */ { bare },
  /** @type {WebAssembly.Module | undefined} */ signature,
) {
  if (!bare) return everywhere;
  return signature ? { 'sts-jwt': bareOf(signature), 'subtle.verify': everywhere['subtle.verify'] } : {};
}

/** Verifies bytes with the module of benches/signature. */
export function bareOf(/** @type {WebAssembly.Module} */ module) {
  return ({ jwk }) => {
    const { memory, input, prepare, verify } = /** @type {any} */ (new WebAssembly.Instance(module).exports);
    const write = (...parts) => {
      const length = parts.reduce((sum, part) => sum + part.length, 0);
      let at = input(length);
      for (const part of parts) {
        new Uint8Array(memory.buffer, at, part.length).set(part);
        at += part.length;
      }
    };
    write(new TextEncoder().encode(JSON.stringify(jwk)));
    if (!prepare()) throw new Error('benches/signature does not accept the key');
    return {
      signatureOnly: true,
      inputOf: signedParts,
      verify({ data, signature }) {
        write(data, signature);
        return verify(data.length) !== 0;
      },
    };
  };
}

/** Returns the signing input and the signature, as bytes. */
export function signedParts(token) {
  const dot = token.lastIndexOf('.');
  return { data: new TextEncoder().encode(token.slice(0, dot)), signature: base64url.decode(token.slice(dot + 1)) };
}
