// Creates the tokens and key sets of the suite as plain JSON, so every runtime uses the same data.
import { createHash, generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { base64url, createIssuer, stsClaims } from './support/issuer.mjs';
import { ROOT } from './support/paths.mjs';
import { awsContradictions, awsShapes, awsWrongTypes } from './support/shapes.mjs';

const AUDIENCE = 'https://edge.example.test';
const SECRET = 'only-in-the-unverified-token';
const HOSTILE = 'x", error="none\r\nSet-Cookie: a=b\\ \u0000\u2028\u{1f511}é';
/** The order of the base point of P-384 (SP 800-186 §3.2.1.4). */
const ORDER = 0xffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973n;

export function createFixtures() {
  const issuer = createIssuer();
  const now = Math.floor(Date.now() / 1000);
  const { jwks, mint } = issuer;
  const [rsaKey, ecKey] = jwks.keys;
  const claims = (overrides) => stsClaims(issuer.url, AUDIENCE, now, overrides);
  /**
   * Returns the claims as JSON text with additional members at the end. The text can have a duplicate member or a
   * member `__proto__`.
   */
  const claimsText = (members) => `${JSON.stringify(claims()).slice(0, -1)},${members}}`;
  const es384 = (overrides, header) => mint('ES384', claims(overrides), header);
  const publicJwk = (type, options) =>
    /** @type {any} */ (generateKeyPairSync)(type, options).publicKey.export({ format: 'jwk' });
  const unsigned = (header, signature = '') =>
    `${base64url(JSON.stringify(header))}.${base64url(JSON.stringify(claims()))}.${signature}`;

  const tokens = {
    ES384: es384({ jti: 'the same in both tokens' }),
    RS256: mint('RS256', claims({ jti: 'the same in both tokens' })),
  };

  const other = createIssuer();
  const rotated = createIssuer();
  const shapes = awsShapes(issuer.url, AUDIENCE, now);
  const contradictions = awsContradictions(issuer.url, AUDIENCE, now);
  const wrongTypes = awsWrongTypes(issuer.url, AUDIENCE, now);
  const claimsOf = (table) => Object.fromEntries(Object.entries(table).map(([name, [claim]]) => [name, claim]));
  // Content of unverified tokens that must not appear in any error.
  const secretHeader = { 'secret-parameter': SECRET, cty: SECRET };
  const secretClaims = claims({ sub: SECRET, [SECRET]: SECRET });
  const secret = (header, signer = issuer) => signer.mint('ES384', secretClaims, { ...secretHeader, ...header });

  return {
    issuer: issuer.url,
    audience: AUDIENCE,
    secret: SECRET,
    hostile: HOSTILE,
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
      issuerWithMark: es384({ iss: `\uFEFF${issuer.url}` }),
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
      expInMilliseconds: es384({ exp: (now + 300) * 1000 }),
      expMissing: es384({ exp: undefined }),
      expired: es384({ exp: now - 31, iat: now - 331 }),
      expiredWithinTolerance: es384({ exp: now - 29, iat: now - 329 }),
      hostile: es384({ sub: HOSTILE, typ: HOSTILE, [HOSTILE]: HOSTILE }, { typ: HOSTILE }),
      headerTooLarge: es384({}, { padding: 'x'.repeat(4096) }),
      issuedInFuture: es384({ iat: now + 31 }),
      issuedInMilliseconds: es384({ iat: now * 1000 }),
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
      access: es384(
        {
          ...{ aud: [AUDIENCE, 'https://other.example.test'], tenant: 'acme', level: 3, beta: true },
          ...{ roles: ['reader', 'admin'], scope: 'read write', client_id: 's6BhdRkqt3', jti: 'access' },
        },
        { typ: 'at+jwt' },
      ),
      scopeIsNumber: es384({ scope: 5 }),
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
      twin: twinOf(tokens.ES384),
      tooLarge: es384({ padding: 'x'.repeat(25_000) }),
      large: es384({ padding: 'x'.repeat(20_000) }),
      unicode: es384({ text: '\u0000 \u00e9 \u{1f511} " \\ / \u2028' }),
    },
    // `other` is another issuer with the same key names. `rotated` is the main issuer after a rotation that keeps the
    // key names.
    other: { issuer: other.url, jwks: other.jwks, token: other.mint('ES384', stsClaims(other.url, AUDIENCE, now)) },
    rotated: { jwks: rotated.jwks, token: rotated.mint('ES384', claims()), old: es384() },
    forged: { token: other.mint('ES384', claims()) },
    several: Array.from({ length: 12 }, () => mint('RS256', claims({ padding: 'x'.repeat(15_000) }))),
    // Each token contains the secret, and none has a valid signature.
    secretTokens: {
      algOther: secret({ alg: SECRET }),
      algNumber: secret({ alg: 5 }),
      crit: secret({ crit: [SECRET] }),
      critSecret: secret({ b64: SECRET }),
      kidNumber: secret({ kid: [SECRET] }),
      kidOther: secret({ kid: SECRET }),
      kidOfOtherKey: secret({ kid: 'RSA_0' }),
      signedByOther: secret({}, createIssuer()),
      typOther: secret({ typ: [SECRET] }),
      headerTwice: `${base64url(`{"alg":"ES384","${SECRET}":1,"${SECRET}":2}`)}.e30.AAAA`,
      headerBroken: `${base64url(`{"alg":"ES384","${SECRET}"`)}.e30.AAAA`,
      payloadTwice: other.mint('ES384', claimsText(`"${SECRET}":1,"${SECRET}":2`)),
      payloadBroken: other.mint('ES384', `{"${SECRET}"`),
    },
    awsShapes: shapes,
    awsContradictions: claimsOf(contradictions),
    awsWrongTypes: claimsOf(wrongTypes),
    awsTokens: {
      ...Object.fromEntries(Object.entries(shapes).map(([name, claims]) => [name, mint('ES384', claims)])),
      ...Object.fromEntries(
        Object.entries({ ...contradictions, ...wrongTypes }).map(([name, [, claims]]) => [name, mint('RS256', claims)]),
      ),
    },
    // The cases that the tests in Rust also decide, here with tokens.
    awsPolicies: readFileSync(join(ROOT, 'tests/vectors/aws-policies.jsonl'), 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
      .map((each) => ({ ...each, token: mint('ES384', each.claims) })),
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

/** Returns the other valid form of an ECDSA signature, (r, n - s), which anyone can compute. */
function twinOf(token) {
  const [header, payload, signature] = token.split('.');
  const hex = Buffer.from(signature, 'base64url').toString('hex');
  const s = (ORDER - BigInt(`0x${hex.slice(96)}`)).toString(16).padStart(96, '0');
  return `${header}.${payload}.${Buffer.from(hex.slice(0, 96) + s, 'hex').toString('base64url')}`;
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
