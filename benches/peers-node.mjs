// The peers of peers.mjs, and the peers that run only in Node. The same rules apply to both.
import { createPublicKey, generateKeyPairSync, sign, verify as verifyBytes } from 'node:crypto';
import { JwtVerifier } from 'aws-jwt-verify';
import { createVerifier } from 'fast-jwt';
import jsonwebtoken from 'jsonwebtoken';
import { CLOCK_TOLERANCE, everywhere, peersOf as peersEverywhere, signedParts } from './peers.mjs';

const publicKey = (jwk) => createPublicKey({ key: jwk, format: 'jwk' });

const { 'subtle.verify': subtle, ...whole } = everywhere;

const inNode = {
  ...whole,

  'aws-jwt-verify'({ jwk, issuer, audience }) {
    const jwksUri = `${issuer}/.well-known/jwks.json`;
    const verifier = JwtVerifier.create({ issuer, audience, jwksUri, graceSeconds: CLOCK_TOLERANCE });
    // aws-jwt-verify requires "alg" in every key, but AWS omits it from RSA keys.
    verifier.cacheJwks({ keys: [{ alg: 'RS256', ...jwk }] });
    return { verify: (token) => verifier.verifySync(token) };
  },

  // The cache of fast-jwt is off: with repeated tokens, the benchmark would only measure look-ups.
  'fast-jwt'({ jwk, alg, issuer, audience }) {
    const key = publicKey(jwk).export({ type: 'spki', format: 'pem' });
    const checks = { allowedIss: issuer, allowedAud: audience, clockTolerance: CLOCK_TOLERANCE * 1000 };
    return { verify: createVerifier({ key, cache: false, algorithms: [alg], ...checks }) };
  },

  jsonwebtoken({ jwk, alg, issuer, audience }) {
    const key = publicKey(jwk);
    const options = { algorithms: [alg], issuer, audience, clockTolerance: CLOCK_TOLERANCE };
    return { verify: (token) => jsonwebtoken.verify(token, key, options) };
  },

  'subtle.verify': subtle,

  'crypto.verify'({ jwk, alg }) {
    const key = { key: publicKey(jwk), dsaEncoding: 'ieee-p1363' };
    const hash = `sha${alg.slice(2)}`;
    return {
      signatureOnly: true,
      inputOf: signedParts,
      verify: ({ data, signature }) => verifyBytes(hash, data, key, signature),
    };
  },
};

/**
 * Node's own Ed25519, the fastest signature that it verifies natively. Its tokens are signed for this comparison, so it verifies
 * the same bytes.
 */
const ed25519 = {
  'Ed25519 crypto.verify'({ tokens }) {
    const { publicKey: key, privateKey } = generateKeyPairSync('ed25519');
    const signatures = new Map(tokens.map((token) => [token, sign(null, signedParts(token).data, privateKey)]));
    return {
      signatureOnly: true,
      inputOf: (token) => ({ ...signedParts(token), signature: signatures.get(token) ?? new Uint8Array(64) }),
      verify: ({ data, signature }) => verifyBytes(null, data, key, signature),
    };
  },
};

/** The peers of a case, as in peers.mjs. */
export function peersOf(each, signature) {
  if (each.bare) return { ...peersEverywhere(each, signature), 'crypto.verify': inNode['crypto.verify'] };
  return each.alg === 'ES384' ? { ...inNode, ...ed25519 } : inNode;
}
