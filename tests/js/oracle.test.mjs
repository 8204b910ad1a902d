// jose as the oracle: valid tokens of many shapes are read alike, and where jose accepts a bad one and this package does
// not, the leniency is listed here.
import assert from 'node:assert/strict';
import test from 'node:test';
import { createLocalJWKSet, jwtVerify } from 'jose';
import { verify } from 'sts-jwt';
import { ACCOUNT, NAMESPACE, createIssuer, stsClaims } from './support/issuer.mjs';

const AUDIENCE = 'https://edge.example.test';
const now = 1_767_225_700;
const issuer = createIssuer();
const keys = createLocalJWKSet(issuer.jwks);
const base = (changes = {}) => ({ ...stsClaims(issuer.url, AUDIENCE, now), ...changes });

/** The claims of a caller with this ARN and these further members of the AWS object. */
function caller(arn, members = {}) {
  const claims = base({ sub: arn });
  claims[NAMESPACE] = { ...claims[NAMESPACE], principal_id: arn, ...members };
  return claims;
}

const arn = (rest) => `arn:aws:iam::${ACCOUNT}:${rest}`;
const SSO = 'role/aws-reserved/sso.amazonaws.com';
const shapes = {
  'a role session': base(),
  'a role with a path': caller(arn('role/a/b/c/app')),
  'a user': caller(arn('user/div/alice')),
  'the root': caller(arn('root')),
  'Identity Center with a region': caller(arn(`${SSO}/eu-west-1/AWSReservedSSO_Admin_0123456789abcdef`), {
    identity_store_user_id: '265222f4-f041-7008-6e0c-2d3993b555bf',
  }),
  'Identity Center without a region': caller(arn(`${SSO}/AWSReservedSSO_Admin_0123456789abcdef`)),
  Lambda: caller(arn('role/f'), { lambda_source_function_arn: `arn:aws:lambda:eu-west-1:${ACCOUNT}:function:f` }),
  EC2: caller(arn('role/i'), {
    ec2_source_instance_arn: `arn:aws:ec2:eu-north-1:${ACCOUNT}:instance/i-0123456789abcdef0`,
    ec2_instance_source_vpc: 'vpc-ad8733c4',
    ec2_instance_source_private_ipv4: '172.31.3.109',
    ec2_role_delivery: '2.0',
  }),
  'EKS session tags': caller(arn('role/pod'), {
    principal_tags: { 'eks-cluster-name': 'c', 'kubernetes-namespace': 'n', 'kubernetes-service-account': 's' },
  }),
  Glue: caller(arn('role/g'), { glue_credential_issuing_service: 'glue.amazonaws.com' }),
  'on behalf of a service': caller(arn('role/b'), { invoked_by: 'bedrock-agentcore.amazonaws.com' }),
  China: caller(`arn:aws-cn:iam::${ACCOUNT}:role/app`),
  'ou_path as a string': caller(arn('role/o'), { ou_path: 'o-exampleorg1/r-ab12/' }),
  'many tags': caller(arn('role/t'), {
    request_tags: Object.fromEntries(Array.from({ length: 50 }, (_, i) => [`key-${i}`, 'v'.repeat(200)])),
  }),
  'an array of audiences': base({ aud: ['https://other.example.test', AUDIENCE] }),
  'one audience in an array': base({ aud: [AUDIENCE] }),
  'an audience twice': base({ aud: [AUDIENCE, AUDIENCE] }),
  'ten audiences': base({ aud: [...Array.from({ length: 9 }, (_, i) => `https://${i}.example.test`), AUDIENCE] }),
  'an audience beyond ASCII': base({ aud: [AUDIENCE, 'ünïcödé 🔑'] }),
  'no AWS object': base({ [NAMESPACE]: undefined }),
  'no jti': base({ jti: undefined }),
  'nbf in the past': base({ nbf: now - 1 }),
  'fractional times': base({ exp: now + 0.5, nbf: now - 0.25, iat: now - 0.125 }),
  'exp in exponential notation': JSON.stringify(base()).replace(/"exp":\d+/, '"exp":1.8e9'),
  'exp beyond 2^53': base({ exp: 2 ** 60 }),
  'a negative iat': base({ iat: -1 }),
  'nested objects and arrays': base({ nested: { a: [{ b: { c: [[[]]] } }], d: {} } }),
  'every kind of value': base({ values: [null, true, false, 0, -0.5, 1e300, 1e-300, '', 'x', [], {}] }),
  'names of prototypes': JSON.stringify(base()).replace('{', '{"__proto__":{"admin":true},"constructor":1,"toString":"x",'),
  'escapes in strings': base({ text: '"\\\b\f\n\r\t\u0000\u001f\u2028/' }),
  'escaped names': JSON.stringify(base({ name: 1 })).replace('"name"', '"\\u006eame"'),
  'astral characters, escaped': JSON.stringify(base({ key: 'X' })).replace('"X"', '"\\ud83d\\udd11"'),
  'astral characters': base({ key: '🔑', '🔑': 'key' }),
  'empty names and values': base({ '': '', a: '' }),
  'white space around': ` \t\r\n${JSON.stringify(base(), null, 2)}\n `,
  'a long claim': base({ long: 'x'.repeat(15_000) }),
  'many claims': base(Object.fromEntries(Array.from({ length: 500 }, (_, i) => [`claim-${i}`, i]))),
  'numbers that need every digit': base({ numbers: [0.1 + 0.2, 1 / 3, 5e-324, 1.7976931348623157e308, 123456789012345680000] }),
  'a number of many digits': JSON.stringify(base({ n: 0 })).replace('"n":0', '"n":0.1234567890123456789012345678901234567890'),
  'nesting at the limit': base({ deep: JSON.parse('['.repeat(31) + ']'.repeat(31)) }),
};

/** What jose and this package make of a token: the claims, or `undefined`. */
async function both(token, options = {}, jwks = issuer.jwks) {
  const expected = { issuer: issuer.url, audience: AUDIENCE, clockTolerance: 0, ...options };
  const jose = jwtVerify(token, jwks === issuer.jwks ? keys : createLocalJWKSet(jwks), {
    ...expected,
    algorithms: ['ES384', 'RS256'],
    currentDate: new Date(now * 1000),
  });
  let ours;
  let code;
  try {
    ours = verify(token, jwks, { ...expected, now }).claims;
  } catch (error) {
    code = error.code;
  }
  return { jose: await jose.then(({ payload }) => payload, () => undefined), ours, code };
}

test('jose: there are 40 shapes', () => assert.ok(Object.keys(shapes).length >= 40));

for (const [name, claims] of Object.entries(shapes)) {
  test(`jose: reads alike ${name}`, async () => {
    for (const alg of ['ES384', 'RS256']) {
      const { jose, ours, code } = await both(issuer.mint(alg, claims));
      assert.ok(jose && ours, `${alg} ${code}`);
      // As text: deepEqual would not compare own members named __proto__.
      assert.equal(JSON.stringify(ours), JSON.stringify(jose));
    }
  });
}

test('jose: reads alike headers without typ, with another typ, and without kid', async () => {
  for (const header of [{ typ: undefined }, { typ: 'at+jwt' }, { kid: undefined }, { extra: { a: 1 } }]) {
    const { jose, ours } = await both(issuer.mint('ES384', base(), header));
    assert.deepEqual(ours, jose);
    assert.ok(ours);
  }
});

const text = JSON.stringify(base());
const token = issuer.mint('RS256', text);
const [header, payload, signature] = token.split('.');
const mauled = (segment) => segment.slice(0, -1) + String.fromCharCode(segment.charCodeAt(segment.length - 1) + 1);
const withJwk = (changes) => ({ keys: issuer.jwks.keys.map((key) => ({ ...key, ...changes })) });

// [what is wrong, token, jose accepts it because …, options, key set]; without a reason both must refuse it.
const bad = [
  ['a duplicate claim', issuer.mint('ES384', text.replace('{', '{"exp":1,')), 'JSON.parse takes the last of two members'],
  ['a nested duplicate', issuer.mint('ES384', text.replace('{', '{"a":{"b":1,"b":2},')), 'JSON.parse takes the last of two members'],
  ['a duplicate header parameter', issuer.mint('ES384', text, '{"alg":"none","alg":"ES384","kid":"EC384_0"}'), 'JSON.parse takes the last of two members'],
  ['trailing bits that are not zero', `${header}.${payload}.${mauled(signature)}`, 'its base64url decoder ignores them'],
  ['exp 1e999', issuer.mint('ES384', text.replace(/"exp":\d+/, '"exp":1e999')), 'JSON.parse makes it Infinity'],
  ['no exp', issuer.mint('ES384', base({ exp: undefined })), 'exp is optional there'],
  ['a lone surrogate', issuer.mint('ES384', text.replace('{', '{"a":"\\ud800",')), 'JSON.parse lets it pass'],
  ['a BOM before the claims', issuer.mint('ES384', `\ufeff${text}`), 'its TextDecoder drops it'],
  ['nesting of 33', issuer.mint('ES384', base({ a: JSON.parse('['.repeat(32) + ']'.repeat(32)) })), 'it has no limit'],
  ['more than 32 KiB', issuer.mint('ES384', base({ a: 'x'.repeat(33_000) })), 'it has no limit'],
  ['sub as a number', issuer.mint('ES384', base({ sub: 1 })), 'it looks at sub only where one is expected'],
  ['jti as a number', issuer.mint('ES384', base({ jti: 1 })), 'it does not look at jti'],
  ['an aud array with a number', issuer.mint('ES384', base({ aud: [AUDIENCE, 1] })), 'one fitting member is enough there'],
  ['typ as a number', issuer.mint('ES384', base(), { typ: 5 }), 'it looks at typ only where one is expected'],
  ['iat in the future', issuer.mint('ES384', base({ iat: now + 100 })), 'it looks at iat only with maxTokenAge'],
  ['b64 without crit', issuer.mint('ES384', base(), { b64: true }), 'it reads b64 only where crit names it'],
  ['expired', issuer.mint('ES384', base({ exp: now }))],
  ['not yet valid', issuer.mint('ES384', base({ nbf: now + 1 }))],
  ['another issuer', issuer.mint('ES384', base({ iss: `${issuer.url}/` }))],
  ['another audience', issuer.mint('ES384', base({ aud: 'other' }))],
  ['exp as a string', issuer.mint('ES384', base({ exp: String(now + 100) }))],
  ['crit', issuer.mint('ES384', base(), { crit: ['exp'], exp: 1 })],
  ['alg none', issuer.mint('ES384', base(), { alg: 'none' })],
  ['an unknown kid', issuer.mint('ES384', base(), { kid: 'other' })],
  ['a tampered payload', `${header}.${Buffer.from(text.replace('edge-caller', 'admin')).toString('base64url')}.${signature}`],
  ['four segments', `${token}.${signature}`],
  ['an array as payload', issuer.mint('ES384', '[]')],
  ['a key for encryption', token, undefined, {}, withJwk({ use: 'enc' })],
  ['a key that may not verify', token, undefined, {}, withJwk({ key_ops: ['sign'] })],
];

for (const [what, token, leniency, options, jwks] of bad) {
  test(`jose: ${what} is refused${leniency ? `, which jose accepts: ${leniency}` : ' by both'}`, async () => {
    const { jose, ours } = await both(token, options, jwks);
    assert.equal(ours, undefined);
    assert.equal(jose !== undefined, leniency !== undefined, 'what jose does has changed');
  });
}
