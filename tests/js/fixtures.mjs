// The tokens and key sets of the suite, as plain JSON, so that every runtime is given the very same ones.
import { createHash, generateKeyPairSync } from 'node:crypto';
import { base64url, createIssuer, stsClaims } from './support/issuer.mjs';

const AUDIENCE = 'https://edge.example.test';

export function createFixtures() {
  const issuer = createIssuer();
  const now = Math.floor(Date.now() / 1000);
  const { jwks, mint } = issuer;
  const [rsaKey, ecKey] = jwks.keys;
  const claims = (overrides) => stsClaims(issuer.url, AUDIENCE, now, overrides);
  /** The claims as JSON text with more members at its end: the way to duplicate one, or to name one `__proto__`. */
  const claimsText = (members) => `${JSON.stringify(claims()).slice(0, -1)},${members}}`;
  const es384 = (overrides, header) => mint('ES384', claims(overrides), header);
  const publicJwk = (type, options) => generateKeyPairSync(type, options).publicKey.export({ format: 'jwk' });
  const unsigned = (header, signature = '') =>
    `${base64url(JSON.stringify(header))}.${base64url(JSON.stringify(claims()))}.${signature}`;

  const tokens = {
    ES384: es384({ jti: 'the same in both tokens' }),
    RS256: mint('RS256', claims({ jti: 'the same in both tokens' })),
  };

  return {
    issuer: issuer.url,
    audience: AUDIENCE,
    now,
    jwks,
    claims: claims({ jti: 'the same in both tokens' }),
    thumbprints: { RSA_0: thumbprint(rsaKey, ['e', 'kty', 'n']), EC384_0: thumbprint(ecKey, ['crv', 'kty', 'x', 'y']) },
    tokenIds: { ES384: signingInputDigest('sha384', tokens.ES384), RS256: signingInputDigest('sha256', tokens.RS256) },
    tokens: {
      ...tokens,

      algEs256: es384({}, { alg: 'ES256' }),
      algHs256: es384({}, { alg: 'HS256' }),
      algMissing: es384({}, { alg: undefined }),
      algNone: unsigned({ alg: 'none', typ: 'JWT' }),
      algNoneSigned: unsigned({ alg: 'none', typ: 'JWT' }, 'AAAA'),
      algOfOtherKey: es384({}, { kid: 'RSA_0' }),
      audienceIsNumber: es384({ aud: 5 }),
      audienceList: es384({ aud: ['https://other.example.test', AUDIENCE] }),
      audienceMissing: es384({ aud: undefined }),
      audienceOther: es384({ aud: 'https://other.example.test' }),
      b64: es384({}, { b64: true }),
      crit: es384({}, { crit: ['exp'] }),
      duplicateClaim: mint('ES384', claimsText('"sub":"arn:aws:iam::111122223333:role/admin"')),
      duplicateNestedClaim: mint('ES384', claimsText('"a":{"b":1,"b":2}')),
      encrypted: 'eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2R0NNIn0..AAAAAAAAAAAAAAAA.AAAA.AAAAAAAAAAAAAAAAAAAAAA',
      expInfinite: mint('ES384', JSON.stringify(claims()).replace(/"exp":\d+/, '"exp":1e999')),
      expIsText: es384({ exp: String(now + 300) }),
      expMissing: es384({ exp: undefined }),
      expired: es384({ exp: now - 31, iat: now - 331 }),
      expiredWithinTolerance: es384({ exp: now - 29, iat: now - 329 }),
      headerTooLarge: es384({}, { padding: 'x'.repeat(4096) }),
      issuedInFuture: es384({ iat: now + 31 }),
      issuerMissing: es384({ iss: undefined }),
      issuerOther: es384({ iss: 'https://a1000000-0000-4000-8000-000000000000.tokens.sts.global.api.aws' }),
      issuerWithSlash: es384({ iss: `${issuer.url}/` }),
      kidIsNumber: es384({}, { kid: 5 }),
      kidMissing: es384({}, { kid: undefined }),
      kidOtherCase: es384({}, { kid: 'ec384_0' }),
      kidUnknown: es384({}, { kid: 'EC384_1' }),
      notYetValid: es384({ nbf: now + 31 }),
      notYetValidWithinTolerance: es384({ nbf: now + 29 }),
      otherKey: createIssuer().mint('ES384', claims()),
      payloadIsArray: mint('ES384', '[1]'),
      payloadIsText: mint('ES384', 'not JSON'),
      payloadTooDeep: mint('ES384', claimsText(`"deep":${'['.repeat(40)}${']'.repeat(40)}`)),
      prototype: mint(
        'ES384',
        claimsText(
          '"__proto__":{"admin":true},"nested":{"__proto__":{"admin":true}},"constructor":5,"toString":"text"',
        ),
        {
          ['__proto__']: { admin: true },
        },
      ),
      subjectIsNumber: es384({ sub: 5 }),
      tooLarge: es384({ padding: 'x'.repeat(25_000) }),
      large: es384({ padding: 'x'.repeat(20_000) }),
      unicode: es384({ text: '\u0000 \u00e9 \u{1f511} " \\ / \u2028' }),
    },
    keySets: {
      ambiguous: { keys: [ecKey, { ...publicJwk('ec', { namedCurve: 'P-384' }), kid: 'other' }] },
      encryptionOnly: { keys: [rsaKey, { ...ecKey, use: 'enc' }] },
      offCurve: { keys: [rsaKey, { ...ecKey, x: ecKey.y, y: ecKey.x }] },
      onlyRsa: { keys: [rsaKey] },
      privateKey: { keys: [rsaKey, { ...ecKey, d: ecKey.x }] },
      weak: { keys: [{ ...publicJwk('rsa', { modulusLength: 1024 }), kid: 'RSA_0' }, ecKey] },
      withUnknownKinds: {
        keys: [{ kty: 'oct', k: 'AAAA', kid: 'EC384_0' }, { kty: 'OKP', crv: 'Ed25519', x: 'AAAA' }, ...jwks.keys],
      },
    },
  };
}

/** RFC 7638 §3.1: the required members only, in lexicographic order. */
const thumbprint = (jwk, members) =>
  createHash('sha256')
    .update(JSON.stringify(Object.fromEntries(members.map((name) => [name, jwk[name]]))))
    .digest('base64url');

const signingInputDigest = (hash, token) =>
  createHash(hash)
    .update(token.slice(0, token.lastIndexOf('.')))
    .digest('base64url');
