// Tests `sts-jwt/testing`: verify() and policies accept the issuer's tokens like those of AWS, and the keys rotate.
import assert from 'node:assert/strict';
import test, { describe } from 'node:test';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import { createVerifier, decode, explain, KeySet, verify } from 'sts-jwt';
import { createTestIssuer } from 'sts-jwt/testing';
import { NAMESPACE } from '../support/issuer.mjs';

const audience = 'https://edge.example.test';
/** @type {any[]} */
/** @type {any[]} */
const ALGORITHMS = ['ES384', 'RS256'];
const issuer = await createTestIssuer();
const china = await createTestIssuer({ partition: 'aws-cn' });
const govCloud = await createTestIssuer({ partition: 'aws-us-gov' });
const europe = await createTestIssuer({ partition: 'aws-eusc' });

const check = (token, of = issuer, options = {}) =>
  verify(token, of.jwks, { issuer: of.issuer, audience, aws: {}, ...options });
/** Returns the algorithm of an accepted token, or else the error code and the claim that failed, if any. */
const codeOf = (token, of = issuer, options = {}) => {
  try {
    return check(token, of, options).alg;
  } catch ({ code, claim }) {
    return claim === undefined ? code : `${code} ${claim}`;
  }
};

// ---- tokens

/** For each kind of caller, a function that returns the members of the typed identity that depend on the kind. */
const CALLERS = {
  role: ({ arn }) => ({
    principal: { arn: arn('role/svc/edge-caller'), type: 'role', path: '/svc/', name: 'edge-caller' },
  }),
  user: ({ arn }) => ({ principal: { arn: arn('user/team/alice'), type: 'user', path: '/team/', name: 'alice' } }),
  root: ({ arn }) => ({ principal: { arn: arn('root'), type: 'root', path: '/', name: 'root' }, principalTags: {} }),
  'identity-center': ({ arn, region }) => ({
    principal: {
      arn: arn(`role/aws-reserved/sso.amazonaws.com/${region}/AWSReservedSSO_Developer_0123456789abcdef`),
      type: 'role',
      path: `/aws-reserved/sso.amazonaws.com/${region}/`,
      name: 'AWSReservedSSO_Developer_0123456789abcdef',
      permissionSet: { name: 'Developer', region },
    },
    principalTags: {},
    session: {
      identityStoreArn: arn('identitystore/d-1234567890', 'identitystore'),
      identityStoreUserId: '01234567-89ab-cdef-0123-456789abcdef',
    },
  }),
  lambda: ({ arn, region }) => ({
    principal: {
      arn: arn('role/service-role/edge-function'),
      type: 'role',
      path: '/service-role/',
      name: 'edge-function',
    },
    session: { lambdaFunction: arn('function:edge', 'lambda', region) },
  }),
  ec2: ({ arn, region }) => ({
    principal: { arn: arn('role/edge-instance'), type: 'role', path: '/', name: 'edge-instance' },
    session: {
      ec2Instance: arn('instance/i-0123456789abcdef0', 'ec2', region),
      ec2Vpc: 'vpc-11112222',
      ec2PrivateIpv4: '172.31.3.109',
      ec2RoleDelivery: '2.0',
    },
  }),
  eks: ({ arn, region }) => ({
    principal: { arn: arn('role/edge-pod'), type: 'role', path: '/', name: 'edge-pod' },
    principalTags: {
      'eks-cluster-arn': arn('cluster/edge', 'eks', region),
      'eks-cluster-name': 'edge',
      'kubernetes-namespace': 'default',
      'kubernetes-service-account': 'edge',
      'kubernetes-pod-name': 'edge-7d4b9c6f5-x2x4z',
      'kubernetes-pod-uid': '89abcdef-0123-4567-89ab-cdef01234567',
    },
  }),
  'service-linked-role': ({ arn }) => ({
    principal: {
      arn: arn('role/aws-service-role/ipam.amazonaws.com/AWSServiceRoleForIPAM'),
      type: 'role',
      path: '/aws-service-role/ipam.amazonaws.com/',
      name: 'AWSServiceRoleForIPAM',
    },
    principalTags: {},
  }),
  'origin-user': (names) =>
    originIdentity(names, 'alice@example.test', 'user', 'login.example.test', 'oidc-provider/login.example.test'),
  'origin-workload': (names) => originIdentity(names, 'spiffe://example.test/ns/default/sa/edge', 'workload'),
  'origin-saml': (names) =>
    originIdentity(names, 'Alice Example', 'user', '+VZIOnkyxTkZk5NTGAHSKRvd8lc=', 'saml-provider/example'),
};

/** Returns the members of an identity whose subject is a person or workload. */
function originIdentity({ arn }, subject, type, providerIssuer, provider) {
  const federatedProvider = provider && arn(provider);
  return {
    subject: { kind: 'origin', value: subject },
    principal: CALLERS.role({ arn }).principal,
    other: {
      origin_identity: {
        subject,
        subject_type: type,
        ...(provider && { issuer: providerIssuer, federated_provider_arn: federatedProvider }),
      },
    },
    session: provider ? { federatedProvider } : {},
  };
}

describe('test issuer: tokens', () => {
  for (const [partition, of, region] of /** @type {any[][]} */ ([
    ['aws', issuer, 'eu-west-1'],
    ['aws-cn', china, 'cn-northwest-1'],
    ['aws-us-gov', govCloud, 'us-gov-west-1'],
    ['aws-eusc', europe, 'eusc-de-east-1'],
  ])) {
    const policy = {
      originIdentities: 'allow',
      ...(partition.startsWith('aws-us') || partition.startsWith('aws-eu')
        ? { issuerSuffixes: { [partition]: `sts.${partition}.test` } }
        : {}),
    };
    const account = '111122223333';
    const arn = (resource, service = 'iam', region = '') =>
      `arn:${partition}:${service}:${region}:${account}:${resource}`;
    for (const [caller, expected] of Object.entries(CALLERS)) {
      for (const alg of ALGORITHMS) {
        test(`issues a token with the expected identity: ${partition}, ${caller}, ${alg}`, async () => {
          const { aws, claims } = check(await of.token({ audience, caller, alg }), of, { aws: policy });
          const { session = {}, ...rest } = expected({ arn, region });
          const longTerm = caller === 'user' || caller === 'root';
          const expiresAt = new Date((claims.iat + 3600) * 1000).toISOString().replace('.000', '');
          assert.deepEqual(aws, {
            partition,
            account,
            sourceRegion: region,
            organization: 'o-exampleorg1',
            organizationalUnits: ['o-exampleorg1/r-ab12/ou-ab12-11111111/'],
            principalTags: { team: 'edge' },
            requestTags: { job: '42' },
            other: {},
            subject: { kind: 'principal', value: rest.principal.arn },
            ...rest,
            session: { ...session, ...(longTerm ? {} : { expiresAt }) },
          });
        });
      }
    }
  }

  test('makes tokens like those of AWS', async () => {
    for (const alg of ALGORITHMS) {
      const kid = { ES384: 'EC384_0', RS256: 'RSA_0' }[alg];
      const token = await issuer.token({ audience, alg });
      const [header, payload] = token.split('.').map((segment) => Buffer.from(segment, 'base64url').toString());
      assert.equal(header, `{"kid":"${kid}","typ":"JWT","alg":"${alg}"}`);
      const claims = JSON.parse(payload);
      assert.deepEqual(Object.keys(claims), ['aud', 'sub', NAMESPACE, 'iss', 'exp', 'iat', 'jti']);
      assert.equal(claims[NAMESPACE].principal_id, claims.sub);
      assert.equal(claims.exp - claims.iat, 300);
      assert.ok(Number.isInteger(claims.iat) && Math.abs(claims.iat - Date.now() / 1000) < 60);
      assert.notEqual(claims.jti, decode(await issuer.token({ audience, alg })).claims.jti);
    }
    assert.match(
      issuer.issuer,
      /^https:\/\/a1[0-9a-f]{6}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\.tokens\.sts\.global\.api\.aws$/,
    );
    assert.match(china.issuer, /^https:\/\/a1[0-9a-f-]{34}\.tokens\.sts\.global\.api\.amazonwebservices\.com\.cn$/);
  });

  test('accepts one audience or several, and keeps their order', async () => {
    const audOf = async (audience) => decode(await issuer.token({ audience })).claims.aud;
    assert.equal(await audOf(audience), audience);
    assert.equal(await audOf([audience]), audience);
    assert.deepEqual(await audOf(['b', 'a', 'b']), ['b', 'a', 'b']);
  });

  test('applies the account, region, issuer and clock options to its tokens', async () => {
    const options = {
      account: '444455556666',
      region: 'us-east-2',
      issuer: 'https://issuer.example.test',
      now: () => 5000.9,
    };
    const other = await createTestIssuer(options);
    const { aws, claims } = check(await other.token({ audience, lifetime: 60 }), other, {
      aws: { accounts: ['444455556666'], regions: ['us-east-2'], issuerSuffixes: { aws: 'example.test' } },
      issuer: 'https://issuer.example.test',
      now: 5001,
    });
    assert.deepEqual([claims.iat, claims.exp, aws.session.expiresAt], [5000, 5060, '1970-01-01T02:23:20Z']);
    assert.equal(decode(await other.token({ audience, issuedAt: 7000.5 })).claims.iat, 7000);
  });

  test('accepts a principal as an ARN or a resource, and sets both sub and principal_id', async () => {
    const policy = { aws: { principals: ['arn:aws:iam::111122223333:role/team/*'] } };
    for (const principal of ['role/team/app', 'arn:aws:iam::111122223333:role/team/app']) {
      assert.equal(check(await issuer.token({ audience, principal }), issuer, policy).aws.principal.name, 'app');
    }
  });

  test('makes tokens about a person, with and without a principal', async () => {
    const aws = { originIdentities: 'require' };
    const known = check(await issuer.token({ audience, origin: 'alice', principal: 'role/team/app' }), issuer, { aws });
    assert.deepEqual(known.aws.subject, { kind: 'origin', value: 'alice' });
    assert.equal(known.aws.principal.arn, 'arn:aws:iam::111122223333:role/team/app');
    const token = await issuer.token({ audience, caller: 'origin-user', aws: { principal_id: undefined } });
    const unknown = check(token, issuer, { aws });
    assert.deepEqual([unknown.claims.sub, unknown.aws.principal], ['alice@example.test', undefined]);
    assert.equal(codeOf(await issuer.token({ audience }), issuer, { aws }), 'ERR_POLICY_DENIED sub');
  });

  /** The verdicts on unusual tokens. */
  for (const [name, options, expected] of /** @type {any[][]} */ ([
    ['valid for an hour', { lifetime: 3600 }, 'ES384'],
    ['valid for more than an hour', { lifetime: 3601 }, 'ERR_POLICY_DENIED maxLifetime'],
    ['issued an hour ago', { issuedAt: Date.now() / 1000 - 3600 }, 'ERR_JWT_EXPIRED exp'],
    ['that expires before it is issued', { lifetime: -100 }, 'ERR_JWT_EXPIRED exp'],
    ['with another expiry', { claims: { exp: 1 } }, 'ERR_JWT_EXPIRED exp'],
    ['with an nbf in the future', { claims: { nbf: Date.now() / 1000 + 600 } }, 'ERR_JWT_CLAIM_VALIDATION_FAILED nbf'],
    ['without an audience', { claims: { aud: undefined } }, 'ERR_JWT_CLAIM_VALIDATION_FAILED aud'],
    ['without the AWS object', { claims: { [NAMESPACE]: undefined } }, `ERR_POLICY_DENIED ${NAMESPACE}`],
    ['of another account', { aws: { aws_account: '999988887777' } }, 'ERR_POLICY_DENIED aws_account'],
    ['without a principal_id', { aws: { principal_id: undefined } }, 'ES384'],
    [
      'with another principal_id',
      { aws: { principal_id: 'arn:aws:iam::111122223333:root' } },
      'ERR_POLICY_DENIED principal_id',
    ],
    ['about a person', { origin: 'alice' }, 'ERR_POLICY_DENIED sub'],
    [
      'of a principal in another account',
      { principal: 'arn:aws:iam::999988887777:role/x' },
      'ERR_POLICY_DENIED aws_account',
    ],
    [
      'of a principal in another partition',
      { principal: 'arn:aws-cn:iam::111122223333:role/x' },
      'ERR_POLICY_DENIED iss',
    ],
    ['with another kid', { header: { kid: 'EC384_1' } }, 'ERR_JWKS_NO_MATCHING_KEY'],
    ['with another alg', { header: { alg: 'HS256' } }, 'ERR_JOSE_ALG_NOT_ALLOWED'],
    ['with crit', { header: { crit: ['exp'] } }, 'ERR_JOSE_NOT_SUPPORTED'],
    ['signed with the key of another account', { key: china.key('ES384') }, 'ERR_JWS_SIGNATURE_VERIFICATION_FAILED'],
    [
      'signed with the RSA key of another account',
      { key: china.key('RS256') },
      'ERR_JWS_SIGNATURE_VERIFICATION_FAILED',
    ],
  ])) {
    test(`makes a token ${name}: ${expected}`, async () => {
      assert.equal(codeOf(await issuer.token({ audience, ...options })), expected);
    });
  }

  test('omits kid from a header and organization from the namespace', async () => {
    const token = await issuer.token({
      audience,
      header: { kid: undefined },
      aws: { org_id: undefined, ou_path: undefined },
    });
    const { header, aws } = check(token);
    assert.deepEqual([Object.keys(header), aws.organization, aws.organizationalUnits], [['typ', 'alg'], undefined, []]);
  });

  test('signs any segments unchanged', async () => {
    const claims = issuer.claims({ audience });
    const header = { alg: 'ES384', kid: 'EC384_0' };
    const twice = `${JSON.stringify(claims).slice(0, -1)},"sub":"twice"}`;
    for (const [segments, expected] of /** @type {any[][]} */ ([
      [{ header, claims }, 'ES384'],
      [{ header: { alg: 'RS256', kid: 'RSA_0' }, claims }, 'RS256'],
      [{ header: JSON.stringify({ alg: 'RS256' }), claims: JSON.stringify(claims), key: issuer.key('RS256') }, 'RS256'],
      [{ header: { alg: 'RS256' }, claims, key: issuer.key('ES384') }, 'ERR_JWS_SIGNATURE_VERIFICATION_FAILED'],
      [{ header, claims: twice }, 'ERR_JWT_INVALID'],
      [{ header, claims: [] }, 'ERR_JWT_INVALID'],
      [{ header, claims: Uint8Array.of(0x7b, 0xff, 0x7d) }, 'ERR_JWT_INVALID'],
      [{ header: 'no JSON', claims }, 'ERR_JWS_INVALID'],
      [{ header: { alg: 'none' }, claims }, 'ERR_JOSE_ALG_NOT_ALLOWED'],
    ])) {
      assert.equal(codeOf(await issuer.sign(segments)), expected, JSON.stringify(segments.header));
    }
    const steps = explain(await issuer.sign({ header, claims: twice }), issuer.jwks, { issuer: null, audience }).steps;
    assert.ok(steps.some(({ stage, outcome }) => stage === 'signature' && outcome === 'passed'));
  });
});

// ---- keys

describe('test issuer: keys', () => {
  test('publishes a key set like that of AWS, and adds "alg" to the RSA key only on request', async () => {
    const [rsa, ec] = issuer.jwks.keys;
    assert.deepEqual(Object.keys(rsa), ['e', 'kid', 'kty', 'n', 'use']);
    assert.deepEqual(Object.keys(ec), ['alg', 'crv', 'kid', 'kty', 'use', 'x', 'y']);
    assert.deepEqual(
      new KeySet(issuer.jwks).keys.map(({ kid, bits, usable }) => [kid, bits, usable]),
      [
        ['RSA_0', 2048, true],
        ['EC384_0', 384, true],
      ],
    );
    const other = await createTestIssuer({ rsaAlg: true });
    assert.equal(other.jwks.keys[0].alg, 'RS256');
    assert.equal(codeOf(await other.token({ audience, alg: 'RS256' }), other), 'RS256');
    assert.notEqual(other.issuer, issuer.issuer);
    assert.equal(
      codeOf(await other.token({ audience, claims: { iss: issuer.issuer } })),
      'ERR_JWS_SIGNATURE_VERIFICATION_FAILED',
    );
  });

  test('returns a copy of the key set', () => {
    const { jwks } = issuer;
    jwks.keys[0].n = 'changed';
    jwks.keys.length = 1;
    assert.equal(issuer.jwks.keys.length, 2);
    assert.notEqual(issuer.jwks.keys[0].n, 'changed');
    assert.equal(issuer.jwksText(), JSON.stringify(issuer.jwks));
  });

  /**
   * Returns the published kids, the verdict on a token from before the rotations, and the verdict on a new token that is
   * signed with the old key.
   */
  async function afterRotation(rotations) {
    const of = await createTestIssuer();
    const old = await of.token({ audience });
    const keyOf = of.key('ES384');
    for (const rotation of rotations) await (rotation === 'end' ? of.endOverlap() : of.rotate(rotation));
    const kids = of.jwks.keys.map(({ kid }) => kid).join(' ');
    const again = await of.token({ audience, key: keyOf });
    const next = [codeOf(await of.token({ audience }), of), codeOf(await of.token({ audience, alg: 'RS256' }), of)];
    assert.deepEqual(next, ALGORITHMS, 'new tokens are accepted');
    return [kids, codeOf(old, of), codeOf(again, of)];
  }

  const NO_KEY = 'ERR_JWKS_NO_MATCHING_KEY';
  const OTHER_KEY = 'ERR_JWS_SIGNATURE_VERIFICATION_FAILED';
  const OVERLAP = { mode: 'overlap' };
  for (const [name, rotations, kids, old] of [
    ['new kid', [undefined], 'RSA_1 EC384_1', NO_KEY],
    ['new kid twice: the first name is reused', [{ mode: 'new-kid' }, {}], 'RSA_0 EC384_0', OTHER_KEY],
    ['same kid, new key', [{ mode: 'same-kid' }], 'RSA_0 EC384_0', OTHER_KEY],
    ['one key only', [{ alg: 'ES384' }], 'RSA_0 EC384_1', NO_KEY],
    ['the other key only', [{ ...OVERLAP, alg: 'RS256' }], 'RSA_1 RSA_0 EC384_0', 'ES384'],
    ['overlap', [OVERLAP], 'RSA_1 RSA_0 EC384_1 EC384_0', 'ES384'],
    ['overlap that ends', [OVERLAP, 'end'], 'RSA_1 EC384_1', NO_KEY],
    ['overlap twice: the oldest key is removed', [OVERLAP, OVERLAP], 'RSA_0 RSA_1 EC384_0 EC384_1', OTHER_KEY],
    ['new kid after an overlap', [OVERLAP, {}], 'RSA_0 EC384_0', OTHER_KEY],
    ['same kid in an overlap', [OVERLAP, { mode: 'same-kid' }], 'RSA_1 RSA_0 EC384_1 EC384_0', 'ES384'],
  ]) {
    test(`rotates: ${name}`, async () => {
      assert.deepEqual(await afterRotation(rotations), [kids, old, old]);
    });
  }

  test('completes several concurrent rotations', async () => {
    const of = await createTestIssuer();
    const rotations = [of.rotate(), of.rotate(), of.rotate({ mode: 'overlap' })].map(async (rotation) => {
      await rotation;
      const [ec, rsa] = ALGORITHMS.map((alg) => of.key(alg).kid.at(-1));
      assert.equal(ec, rsa);
    });
    await Promise.all(rotations);
    assert.deepEqual([of.key('ES384').kid, codeOf(await of.token({ audience }), of)], ['EC384_1', 'ES384']);
  });

  test('rotates keys while a Verifier follows', async () => {
    const of = await createTestIssuer();
    const verifier = createVerifier({ issuer: of.issuer, audience, aws: {}, maxCachedTokens: 8 });
    verifier.setKeys(of.issuer, of.jwksText());
    const old = await of.token({ audience });
    assert.ok(verifier.safeVerify(old).ok);
    await of.rotate({ mode: 'same-kid' });
    const next = await of.token({ audience });
    assert.equal(/** @type {any} */ (verifier.safeVerify(next)).error.code, 'ERR_JWS_SIGNATURE_VERIFICATION_FAILED');
    verifier.setKeys(of.issuer, of.jwksText());
    assert.deepEqual([verifier.safeVerify(next).ok, verifier.safeVerify(old).ok], [true, false]);
  });

  test('serves keys and tokens to another library', async () => {
    const of = await createTestIssuer({ rsaAlg: true });
    const real = globalThis.fetch;
    globalThis.fetch = of.fetch;
    try {
      const keys = createRemoteJWKSet(new URL(of.jwksUri));
      for (const alg of ALGORITHMS) {
        const { payload } = await jwtVerify(await of.token({ audience, alg }), keys, { issuer: of.issuer, audience });
        assert.equal(payload.iss, of.issuer);
      }
    } finally {
      globalThis.fetch = real;
    }
    assert.deepEqual(
      of.requests.map(({ document }) => document),
      ['jwks'],
    );
  });
});

// ---- mistakes

const createUnchecked = /** @type {any} */ (createTestIssuer);
const unchecked = /** @type {any} */ (issuer);

describe('test issuer: mistakes', () => {
  for (const [mistake, message] of /** @type {any[][]} */ ([
    [() => createUnchecked(null), /must be an object/],
    [() => createUnchecked({ acount: '1' }), /"acount" is unknown/],
    [() => createUnchecked({ account: 111122223333 }), /"account" must be twelve digits/],
    [() => createUnchecked({ account: '1' }), /"account" must be twelve digits/],
    [
      () => createUnchecked({ partition: 'aws-iso' }),
      /"partition" must be one of "aws", "aws-cn", "aws-us-gov", "aws-eusc"/,
    ],
    [() => createUnchecked({ region: 5 }), /"region" must be a string/],
    [() => createUnchecked({ issuer: 'issuer.example.test' }), /"issuer" must be an http or https URL/],
    [() => createUnchecked({ issuer: 'https://issuer.example.test/' }), /"issuer" must be an http or https URL/],
    [() => createUnchecked({ now: 5 }), /"now" must be a function/],
    [() => createUnchecked({ rsaAlg: 'RS256' }), /"rsaAlg" must be a boolean/],
    [() => createUnchecked({ headers: [] }), /"headers" must be an object/],
    [async () => (await createUnchecked({ now: () => '5' })).token({ audience }), /"now" must return a finite number/],
    [() => unchecked.token(), /must be an object/],
    [() => unchecked.token({}), /"audience" must be a string or a non-empty array/],
    [() => unchecked.token({ audience: [] }), /"audience" must be a string or a non-empty array/],
    [() => unchecked.token({ audience, caller: 'ecs' }), /"caller" must be one of "role"/],
    [() => unchecked.token({ audience, principal: 5 }), /"principal" must be a string/],
    [() => unchecked.token({ audience, alg: 'ES256' }), /"alg" must be one of "ES384", "RS256"/],
    [() => unchecked.token({ audience, lifetime: '300' }), /"lifetime" must be a finite number/],
    [() => unchecked.token({ audience, lifetime: 1e300 }), /"issuedAt" or "lifetime" is out of range/],
    [() => unchecked.token({ audience, issuedAt: NaN }), /"issuedAt" must be a finite number/],
    [() => unchecked.token({ audience, aws: null }), /"aws" must be an object/],
    [() => unchecked.token({ audience, claims: [] }), /"claims" must be an object/],
    [() => unchecked.token({ audience, header: 'x' }), /"header" must be an object/],
    [() => unchecked.token({ audience, key: unchecked.jwks.keys[0] }), /"key" must be a key of a test issuer/],
    [() => unchecked.token({ audience, alg: 'RS256', key: unchecked.key('ES384') }), /"key" is for ES384/],
    [() => unchecked.token({ audience, expiresIn: 5 }), /"expiresIn" is unknown/],
    [() => unchecked.sign({ header: {} }), /"claims" must be an object/],
    [() => unchecked.sign({ header: 5, claims: {} }), /"header" must be an object/],
    [() => unchecked.rotate({ mode: 'new' }), /"mode" must be one of "new-kid"/],
    [() => unchecked.rotate({ alg: 'EC' }), /"alg" must be one of/],
    [async () => unchecked.key('EC'), /the algorithm must be one of "ES384"/],
    [async () => unchecked.claims({ audience: 5 }), /"audience" must be/],
    [async () => unchecked.outage('down'), /the outage must be a status .* or one of "network"/],
    [async () => unchecked.outage(100), /the outage must be/],
    [async () => unchecked.outage(503, { requests: 0 }), /"requests" must be a whole number/],
    [async () => unchecked.outage(503, { document: 'keys' }), /"document" must be one of/],
    [async () => unchecked.outage(503, { times: 1 }), /"times" is unknown/],
  ])) {
    test(`rejects a mistake: ${message}`, async () => {
      await assert.rejects(mistake, (error) => error instanceof TypeError && message.test(error.message));
    });
  }
});
