// Compares this package with jose. Both must accept the same valid tokens with equal claims. The package never accepts
// a token that jose rejects. The bad tokens that only jose accepts are listed, each with the reason.
import assert from 'node:assert/strict';
import { createHmac, createPublicKey, generateKeyPairSync, sign } from 'node:crypto';
import test, { describe } from 'node:test';
import { createLocalJWKSet, jwtVerify } from 'jose';
import { verify } from 'sts-jwt';
import { base64url, createIssuer, stsClaims } from '../support/issuer.mjs';
import { awsShapes, CHINA } from '../support/shapes.mjs';

const AUDIENCE = 'https://edge.example.test';
const now = Math.floor(Date.now() / 1000);
const issuer = createIssuer();
const stranger = createIssuer();
const [rsaKey, ecKey] = issuer.jwks.keys;
const claims = (overrides) => stsClaims(issuer.url, AUDIENCE, now, overrides);
const textOf = (members) => `${JSON.stringify(claims()).slice(0, -1)},${members}}`;
const OPTIONS = { issuer: [issuer.url, CHINA], audience: AUDIENCE, clockTolerance: 30 };

/** Verifies with jose under the same options. Resolves to header and claims, or rejects. */
async function askJose(token, jwks, options = {}) {
  const { payload, protectedHeader } = await jwtVerify(token, createLocalJWKSet(jwks), {
    ...OPTIONS,
    algorithms: ['ES384', 'RS256'],
    currentDate: new Date(now * 1000),
    requiredClaims: ['exp'],
    ...options,
  });
  return { claims: payload, header: protectedHeader };
}

function askUs(token, jwks, options = {}) {
  const { claims, header } = verify(token, jwks, { ...OPTIONS, now, ...options });
  return { claims, header };
}

// ---- valid tokens

/** Claims (or their JSON text), and optionally header members and options, by the name of the case. */
const SHAPES = {
  ...Object.fromEntries(
    Object.entries(awsShapes(issuer.url, AUDIENCE, now)).map(([name, claims]) => [`AWS ${name}`, { claims }]),
  ),
  'only the required claims': { claims: { iss: issuer.url, aud: AUDIENCE, exp: now + 60 } },
  'an aud array with one entry': { claims: claims({ aud: [AUDIENCE] }) },
  'an aud array with ten entries': {
    claims: claims({ aud: [...Array.from({ length: 9 }, (_, i) => `other-${i}`), AUDIENCE] }),
  },
  'aud with an empty string': { claims: claims({ aud: ['', AUDIENCE] }) },
  'no kid': { claims: claims(), header: { kid: undefined } },
  'no typ': { claims: claims(), header: { typ: undefined } },
  'typ in a different case': { claims: claims(), header: { typ: 'jwt' }, options: { typ: 'JWT' } },
  'typ with application/': { claims: claims(), header: { typ: 'application/at+jwt' }, options: { typ: 'at+JWT' } },
  'unknown header parameters': {
    claims: claims(),
    header: { jku: 'https://x.test', x5t: 'AA', cty: 'x', more: { a: [1] } },
  },
  'fractional dates': { claims: claims({ exp: now + 0.5, iat: now - 0.25, nbf: now - 1.75 }) },
  'dates at the edge of the tolerance': { claims: claims({ exp: now - 29, nbf: now + 30 }) },
  'dates with an exponent': { claims: textOf('"auth_time":1.5e9,"x":1E2,"y":-0.0,"z":0.1e-6') },
  floats: { claims: claims({ numbers: [0.1, -1.5, 1e21, 5e-324, 1.7976931348623157e308, 9007199254740992, -0] }) },
  literals: { claims: claims({ values: [true, false, null, {}, [], ''] }) },
  'empty strings': { claims: claims({ sub: '', jti: '', '': '', text: '' }) },
  escapes: { claims: textOf(String.raw`"text":"\u0041\n\t\"\\\/\b\f\r\u0000","\u0062":1`) },
  'characters of every plane': {
    claims: claims({ text: 'é ß 漢字 ع 🔑 \u{10ffff} \u2028 \u200b \ufeff', ключ: 'значение' }),
  },
  'surrogate pairs as escapes': { claims: textOf(String.raw`"text":"\ud83d\udd11 \uD83D\uDD11"`) },
  'white space in the JSON': { claims: JSON.stringify(claims(), null, 2) },
  'names of Object.prototype': { claims: claims({ constructor: 1, toString: 'x', hasOwnProperty: null, valueOf: {} }) },
  'nested to a depth of thirty': { claims: textOf(`"deep":${'['.repeat(30)}${']'.repeat(30)}`) },
  'many members': { claims: claims(Object.fromEntries(Array.from({ length: 500 }, (_, i) => [`name-${i}`, i]))) },
  long: { claims: claims({ padding: 'x'.repeat(14_000) }) },
  'long names': { claims: claims({ ['n'.repeat(4000)]: 'n'.repeat(4000) }) },
  'an expected sub': { claims: claims({ sub: 'alice' }), options: { subject: 'alice' } },
  'young enough': { claims: claims({ iat: now - 59 }), options: { maxTokenAge: 30 } },
};

describe('sts-jwt and jose', () => {
  test('are compared on at least forty cases', () => assert.ok(Object.keys(SHAPES).length >= 40));

  for (const [name, { claims, header, options }] of Object.entries(SHAPES)) {
    for (const alg of ['ES384', 'RS256']) {
      test(`accepts in both libraries: ${alg}: ${name}`, async () => {
        const token = issuer.mint(alg, claims, header);
        assert.deepEqual(askUs(token, issuer.jwks, options), await askJose(token, issuer.jwks, options));
      });
    }
  }

  // ---- bad tokens

  const headerOf = (text = '{"alg":"ES384","kid":"EC384_0"}') => base64url(text);
  const signed = (header, payload) => issuer.sign('ES384', `${header}.${payload}`);
  const payloadOf = (bytes) => signed(headerOf(), Buffer.from(bytes).toString('base64url'));
  const good = issuer.mint('ES384', claims());
  const parts = good.split('.');
  /** Returns the same octets in non-canonical base64url: the unused bits in the last character are different. */
  function otherSpelling(segment) {
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    assert.notEqual(segment.length % 4, 0, 'a segment with unused bits');
    return segment.slice(0, -1) + alphabet[alphabet.indexOf(segment.at(-1)) + 1];
  }
  /** Pads JSON text with spaces until its base64url has unused bits. */
  const uneven = (text) => text.padEnd(Math.ceil((text.length - 1) / 3) * 3 + 1);
  const hs256 = () => {
    const input = `${headerOf('{"alg":"HS256","kid":"EC384_0"}')}.${parts[1]}`;
    const pem = createPublicKey({ key: ecKey, format: 'jwk' }).export({ type: 'spki', format: 'pem' });
    return `${input}.${createHmac('sha256', pem).update(input).digest('base64url')}`;
  };
  const der = () => {
    const integer = (hex) => {
      const bytes = hex.replace(/^(00)+/, '').replace(/^(?=[89a-f])/, '00');
      return `02${(bytes.length / 2).toString(16).padStart(2, '0')}${bytes}`;
    };
    const hex = Buffer.from(parts[2], 'base64url').toString('hex');
    const body = integer(hex.slice(0, 96)) + integer(hex.slice(96));
    const sequence = `30${(body.length / 2).toString(16).padStart(2, '0')}${body}`;
    return `${parts[0]}.${parts[1]}.${Buffer.from(sequence, 'hex').toString('base64url')}`;
  };
  const keysWith = (jwk) => ({ keys: [rsaKey, { ...ecKey, ...jwk }] });

  /** Tokens that must be rejected: [token, JWKS, options]. */
  const BAD = {
    'a claim twice': [issuer.mint('ES384', textOf(`"sub":"admin"`))],
    'a nested claim twice': [issuer.mint('ES384', textOf('"a":{"b":1,"b":2}'))],
    'a header parameter twice': [signed(headerOf('{"alg":"RS256","alg":"ES384","kid":"EC384_0"}'), parts[1])],
    'unused bits in the header': [signed(otherSpelling(headerOf(uneven('{"alg":"ES384","kid":"EC384_0"}'))), parts[1])],
    'unused bits in the payload': [signed(headerOf(), otherSpelling(base64url(uneven(JSON.stringify(claims())))))],
    'unused bits in the signature': [otherSpelling(issuer.mint('RS256', claims()))],
    padding: [signed(headerOf(), `${base64url(uneven(JSON.stringify(claims())))}==`)],
    'the alphabet of base64': [
      signed(headerOf(), Buffer.from(textOf('"a":"ÿ?>ÿ?>ÿ?>"')).toString('base64').replaceAll('=', '')),
    ],
    'white space after the token': [`${good}\n`],
    'white space in the payload': [signed(headerOf(), `${parts[1].slice(0, 8)} ${parts[1].slice(8)}`)],
    'a byte order mark': [payloadOf(`\ufeff${JSON.stringify(claims())}`)],
    'bytes that are not UTF-8': [payloadOf(Buffer.from(textOf('"a":"ÿ"'), 'latin1'))],
    'a lone surrogate': [payloadOf(textOf(String.raw`"a":"\ud800"`))],
    'an infinite exp': [issuer.mint('ES384', JSON.stringify(claims()).replace(/"exp":\d+/, '"exp":1e999'))],
    'an infinite number': [issuer.mint('ES384', textOf('"a":1e999'))],
    'nested to a depth of 41': [issuer.mint('ES384', textOf(`"deep":${'['.repeat(40)}${']'.repeat(40)}`))],
    'over 32 KiB': [issuer.mint('ES384', claims({ padding: 'x'.repeat(25_000) }))],
    'a header over 4 KiB': [issuer.mint('ES384', claims(), { padding: 'x'.repeat(4096) })],
    crit: [issuer.mint('ES384', claims(), { crit: ['exp'], exp: now })],
    'b64 true in crit': [issuer.mint('ES384', claims(), { crit: ['b64'], b64: true })],
    'b64 without crit': [issuer.mint('ES384', claims(), { b64: true })],
    'a typ that is a number': [issuer.mint('ES384', claims(), { typ: 5 })],
    'a kid that is a number': [issuer.mint('ES384', claims(), { kid: 5 })],
    'an unknown kid': [issuer.mint('ES384', claims(), { kid: 'EC384_1' })],
    'the kid of the other key': [issuer.mint('ES384', claims(), { kid: 'RSA_0' })],
    'alg none': [`${base64url('{"alg":"none"}')}.${parts[1]}.`],
    'HS256 with the public key': [hs256()],
    'an issued-at in the future': [issuer.mint('ES384', claims({ iat: now + 3600 }))],
    'an nbf in the future': [issuer.mint('ES384', claims({ nbf: now + 31 }))],
    expired: [issuer.mint('ES384', claims({ exp: now - 30 }))],
    'no exp': [issuer.mint('ES384', claims({ exp: undefined }))],
    'an exp that is a string': [issuer.mint('ES384', claims({ exp: String(now + 60) }))],
    'a sub that is a number': [issuer.mint('ES384', claims({ sub: 5 }))],
    'a jti that is a number': [issuer.mint('ES384', claims({ jti: 5 }))],
    'an aud array with a number': [issuer.mint('ES384', claims({ aud: [AUDIENCE, 5] }))],
    'another audience': [issuer.mint('ES384', claims({ aud: 'https://other.example.test' }))],
    'another issuer': [issuer.mint('ES384', claims({ iss: `${issuer.url}/` }))],
    'a payload that is an array': [issuer.mint('ES384', '[1]')],
    'the signature of another key': [stranger.mint('ES384', claims())],
    'a signature in DER': [der()],
    'a signature cut short': [good.slice(0, -4)],
    'five segments': [`${good}.AAAA.AAAA`],
    'a key that publishes its private part': [good, keysWith({ d: ecKey.x })],
    'a key for encryption': [good, keysWith({ use: 'enc' })],
    'a key that may not verify': [good, keysWith({ key_ops: ['sign'] })],
    'a key for another alg': [good, keysWith({ alg: 'ES256' })],
    'a key set with a member twice': [good, `{"keys":[],${JSON.stringify(issuer.jwks).slice(1)}`],
    'an RSA key of 1024 bits': (() => {
      const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 1024 });
      const jwk = { ...publicKey.export({ format: 'jwk' }), kid: 'RSA_0' };
      const input = `${base64url('{"alg":"RS256","kid":"RSA_0"}')}.${parts[1]}`;
      return [`${input}.${sign('sha256', Buffer.from(input), privateKey).toString('base64url')}`, { keys: [jwk] }];
    })(),
    'no kid and two keys that fit': [
      issuer.mint('ES384', claims(), { kid: undefined }),
      { keys: [ecKey, { ...stranger.jwks.keys[1], kid: 'x' }] },
    ],
  };

  /** The bad tokens that jose accepts, and why this package rejects them. */
  const LENIENT = {
    'a claim twice': 'RFC 7519 §4 permits rejection; JSON.parse keeps the last member, other parsers the first',
    'a nested claim twice': 'the same in a nested object: two parsers may read two identities from one token',
    'a header parameter twice': 'RFC 7515 §4 permits rejection; two parsers may read two algorithms',
    'unused bits in the header': 'RFC 4648 §3.5 permits rejection; otherwise one token has several encodings',
    'unused bits in the payload': 'RFC 4648 §3.5 permits rejection; otherwise one token has several encodings',
    'unused bits in the signature': 'RFC 4648 §3.5: otherwise anyone could change the encoding of a valid token',
    padding: 'RFC 7515 §2: base64url without trailing =',
    'white space after the token': "RFC 7515 §2: no white space; Node's decoder skips it",
    'white space in the payload': "RFC 7515 §2: no white space; Node's decoder skips it",
    'a byte order mark': 'RFC 8259 §8.1 forbids it; TextDecoder removes it',
    'a lone surrogate': 'RFC 8259 §8.2: parsers differ, because the string is not valid Unicode',
    'an infinite exp': 'JSON.parse reads it as Infinity, so the token would never expire',
    'an infinite number': 'RFC 8259 §6: outside the range on which parsers agree',
    'nested to a depth of 41': 'RFC 8259 §9 permits a limit on the depth; jose has no limit',
    'over 32 KiB': 'jose has no size limit',
    'a header over 4 KiB': 'jose has no size limit',
    'b64 true in crit': 'jose supports RFC 7797, but RFC 7797 §7 forbids its use in JWTs',
    'b64 without crit': 'RFC 7797 §6: b64 must be listed in crit; jose ignores b64 if it is not',
    'a typ that is a number': 'RFC 7515 §4.1.9: a string; jose checks it only if the caller asks',
    'an issued-at in the future': 'jose checks iat only with maxTokenAge',
    'a sub that is a number': 'RFC 7519 §4.1.2: a string; jose checks it only if the caller asks',
    'a jti that is a number': 'RFC 7519 §4.1.7: a string; jose never checks it',
    'an aud array with a number': 'RFC 7519 §4.1.3: an array of strings; jose only searches for the expected value',
    'a key set with a member twice': 'RFC 7517 §4 permits rejection; jose receives the parsed object',
  };

  for (const [name, [token, jwks = issuer.jwks, options]] of Object.entries(BAD)) {
    test(`rejects in sts-jwt, and in jose unless listed: ${name}`, async () => {
      assert.throws(() => askUs(token, jwks, options), { name: 'JwtError' });
      const keys = typeof jwks === 'string' ? JSON.parse(jwks) : jwks;
      const verdict = await askJose(token, keys, options).then(
        () => 'accepts',
        (error) => `refuses: ${error.code ?? error.name}`,
      );
      if (LENIENT[name]) assert.equal(verdict, 'accepts', 'the list is out of date');
      else assert.match(verdict, /^refuses/, 'jose accepts it, but it is not in the list');
    });
  }

  test('has a bad token for every entry of the list', () => {
    for (const [name, reason] of Object.entries(LENIENT)) {
      assert.ok(name in BAD, name);
      assert.ok(reason.length > 20, name);
    }
  });
});
