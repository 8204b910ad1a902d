// Tests the AWS identity, the cross-checks and the policy.
import { equal, optionsOf, refused } from './checks.mjs';

const ACCOUNT = '111122223333';
const ROLE = `arn:aws:iam::${ACCOUNT}:role/svc/edge-caller`;

/** Verifies one of the AWS tokens with a policy. Only the policy checks the issuer. */
const judge = ({ api, fixtures }, name, aws = {}) =>
  api.verify(fixtures.awsTokens[name], fixtures.jwks, { ...optionsOf(fixtures), issuer: null, aws });

/** Decides a case of tests/vectors/aws-policies.jsonl with verify() and explain(). */
function decidePolicyCase(api, { jwks, audience }, { id, token, claims, policy, expect, claim, reason, identity }) {
  const options = { issuer: claims.iss, audience, now: claims.iat + 100, aws: policy };
  const explanation = api.explain(token, jwks, options);
  equal(explanation.verdict, expect === 'allow' ? 'accepted' : 'rejected', id);
  if (expect === 'allow') {
    const { aws } = api.verify(token, jwks, options);
    const { partition, account, subject, principal, other } = aws;
    equal({ partition, account, subject, ...(principal && { principal: principal.arn }), other }, identity, id);
    equal('principal' in aws, 'principal' in identity, `${id}: principal`);
    return aws;
  }
  const error = refused(() => api.verify(token, jwks, options), 'ERR_POLICY_DENIED', { id });
  equal([error.status, error.claim, error.reason], [403, claim, reason], id);
  equal(explanation.error, error, id);
  return error;
}

/** Policies that allow a token. The token belongs to a role, unless the entry contains the name of another token. */
/** @type {any[][]} */
const ALLOWED = [
  [{}],
  [{ accounts: [ACCOUNT] }],
  [{ accounts: ['999988887777', ACCOUNT] }],
  [{ organizations: ['o-exampleorg1'] }],
  [{ organizationalUnits: ['o-exampleorg1/r-ab12'] }],
  [{ organizationalUnits: ['o-exampleorg1/r-ab12/ou-ab12-11111111/'] }],
  [{ organizationalUnits: ['o-exampleorg1/'] }, 'roleWithPathAsText'],
  [{ principals: [ROLE] }],
  [{ principals: [`arn:aws:iam::${ACCOUNT}:role/svc/*`] }],
  [{ principals: ['arn:*:iam::*:role/**'] }],
  [{ principals: ['arn:aws:iam::*:user/team/*'] }, 'user'],
  [{ regions: ['us-east-1', 'eu-west-1'] }],
  [{ principalTags: { team: 'edge' } }],
  [{ principalTags: { Team: ['x', 'edge'], empty: '' } }, 'tags'],
  [{ principalTags: {} }],
  [{ lambdaFunctions: ['arn:aws:lambda:*:*:function:edge'] }, 'lambda'],
  [{ ec2Instances: ['arn:aws:ec2:eu-west-1:*:instance/*'], vpcs: ['vpc-11112222'] }, 'ec2'],
  [{ sourceIdentities: ['alice'] }],
  [{ maxLifetime: 300 }],
  [{ accounts: [ACCOUNT], principals: ['arn:aws-cn:iam::*:role/svc/edge-caller'] }, 'china'],
  [{ issuerSuffixes: { aws: 'example.test' } }, 'issuerUnknown'],
];

/**
 * Policies that deny a token, with the reason. The token belongs to a role, unless the entry contains the name of
 * another token.
 */
/** @type {any[][]} */
const DENIED = [
  [{ accounts: ['999988887777'] }, 'check_failed'],
  [{ accounts: [] }, 'check_failed'],
  [{ organizations: ['o-exampleorg2'] }, 'check_failed'],
  [{ organizations: ['o-exampleorg1'] }, 'missing', 'roleOutsideOrganization'],
  [{ organizationalUnits: ['o-exampleorg1/r-ab1'] }, 'check_failed'],
  [{ organizationalUnits: ['o-exampleorg1/r-ab12/ou-ab12-11111111/ou-ab12-22222222'] }, 'check_failed'],
  [{ organizationalUnits: [] }, 'missing', 'roleOutsideOrganization'],
  [{ principals: [`arn:aws:iam::${ACCOUNT}:role/svc/edge`] }, 'check_failed'],
  [{ principals: [`arn:aws:iam::${ACCOUNT}:role/*`] }, 'check_failed'],
  [{ principals: [`arn:aws:iam::${ACCOUNT}:role/svc/Edge-caller`] }, 'check_failed'],
  [{ principals: ['arn:aws:iam::*:user/**'] }, 'check_failed'],
  [{ regions: ['eu-west-2'] }, 'check_failed'],
  [{ principalTags: { team: ['Edge', 'edge '] } }, 'check_failed'],
  [{ principalTags: { Team: 'edge' } }, 'missing'],
  [{ principalTags: { team: [] } }, 'check_failed'],
  [{ lambdaFunctions: ['arn:aws:lambda:**:**:function:**'] }, 'missing'],
  [{ ec2Instances: ['arn:aws:ec2:us-east-1:*:instance/*'] }, 'check_failed', 'ec2'],
  [{ vpcs: ['vpc-1111222'] }, 'check_failed', 'ec2'],
  [{ vpcs: ['vpc-11112222'] }, 'missing'],
  [{ sourceIdentities: ['Alice'] }, 'check_failed'],
  [{ sourceIdentities: ['alice'] }, 'missing', 'user'],
  [{ maxLifetime: 299 }, 'check_failed'],
  [{ accounts: [ACCOUNT], regions: ['eu-west-1'], sourceIdentities: ['bob'] }, 'check_failed'],
];

export const awsCases = [
  {
    name: 'reads the identity of every kind of AWS caller',
    run(context) {
      const { fixtures } = context;
      const identities = Object.fromEntries(
        Object.keys(fixtures.awsShapes).map((name) => [name, judge(context, name).aws]),
      );
      equal(
        identities.role,
        {
          partition: 'aws',
          account: ACCOUNT,
          subject: { kind: 'principal', value: ROLE },
          principal: { arn: ROLE, type: 'role', path: '/svc/', name: 'edge-caller' },
          sourceRegion: 'eu-west-1',
          organization: 'o-exampleorg1',
          organizationalUnits: ['o-exampleorg1/r-ab12/ou-ab12-11111111/'],
          principalTags: { team: 'edge' },
          requestTags: { job: '42' },
          session: {
            expiresAt: new Date((fixtures.now + 3600) * 1000).toISOString().replace('.000', ''),
            sourceIdentity: 'alice',
          },
          other: {},
        },
        'identity of a role',
      );
      const principal = (name) => {
        const { arn, ...rest } = identities[name].principal;
        return rest;
      };
      equal(principal('user'), { type: 'user', path: '/team/', name: 'alice' }, 'user');
      equal(principal('root').type, 'root', 'root');
      const path = '/aws-reserved/sso.amazonaws.com/';
      equal(
        principal('sso'),
        {
          type: 'role',
          path: `${path}eu-west-1/`,
          name: 'AWSReservedSSO_Admin_0123456789abcdef',
          permissionSet: { name: 'Admin', region: 'eu-west-1' },
        },
        'permission set',
      );
      equal(principal('ssoWithoutRegion').permissionSet, { name: 'Read_Only' }, 'permission set without region');
      equal(identities.roleWithPathAsText.organizationalUnits, identities.role.organizationalUnits, 'path as text');
      equal(identities.roleOutsideOrganization.organizationalUnits, [], 'no organization');
      equal(identities.lambda.session.lambdaFunction, `arn:aws:lambda:eu-west-1:${ACCOUNT}:function:edge`, 'Lambda');
      equal(identities.ec2.session.ec2RoleDelivery, '2.0', 'EC2');
      equal(identities.glue.session.glueService, 'glue.amazonaws.com', 'Glue');
      equal(
        identities.agent.other,
        { invoked_by: 'bedrock-agentcore.amazonaws.com', later: { list: [1, 2.5, null, true] } },
        'unknown members',
      );
      equal(identities.tags.requestTags, { 'aws:job': '', näme: 'wërt ✓' }, 'request tags');
      equal([identities.china.partition, identities.china.sourceRegion], ['aws-cn', 'cn-northwest-1'], 'China');
      return identities;
    },
  },
  {
    name: 'returns no AWS identity unless the options ask for it',
    run({ api, fixtures }) {
      const verified = api.verify(fixtures.tokens.ES384, fixtures.jwks, optionsOf(fixtures));
      equal('aws' in verified, false, 'aws');
    },
  },
  ...ALLOWED.map(([policy, name = 'role']) => ({
    name: `allows ${name} by the policy ${JSON.stringify(policy)}`,
    run: (context) => judge(context, name, policy).aws,
  })),
  ...DENIED.map(([policy, reason, name = 'role']) => ({
    name: `denies ${name} by the policy ${JSON.stringify(policy)}`,
    run(context) {
      const field = Object.keys(policy).at(-1);
      const token = context.fixtures.awsTokens[name];
      const error = refused(() => judge(context, name, policy), 'ERR_POLICY_DENIED', { token });
      equal([error.status, error.category, error.claim, error.reason], [403, 'policy', field, reason], 'evidence');
      return error;
    },
  })),
  ...['aws', 'aws-cn', 'aws-us-gov', 'aws-eusc'].flatMap((partition) =>
    ['principal', 'origin'].map((mode) => ({
      name: `decides the policy cases of ${partition} in the mode "${mode}"`,
      run({ api, fixtures }) {
        const cases = fixtures.awsPolicies.filter((each) => each.partition === partition && each.mode === mode);
        equal(cases.length >= 15, true, 'enough cases');
        return cases.map((each) => decidePolicyCase(api, fixtures, each));
      },
    })),
  ),
  {
    name: 'denies AWS tokens with contradictory claims if there is a policy, and accepts them otherwise',
    run(context) {
      const { api, fixtures } = context;
      return Object.entries(fixtures.awsContradictions).map(([name, claim]) => {
        const token = fixtures.awsTokens[name];
        const error = refused(() => judge(context, name), 'ERR_POLICY_DENIED', { name, token });
        equal([error.status, error.claim], [403, claim], name);
        api.verify(token, fixtures.jwks, { ...optionsOf(fixtures), issuer: null });
        return error;
      });
    },
  },
  {
    name: 'rejects an AWS object whose members have the wrong type',
    run(context) {
      const { fixtures } = context;
      return Object.keys(fixtures.awsWrongTypes).map((name) => {
        const token = fixtures.awsTokens[name];
        // "sub" has the right type. Only the policy checks that "sub" is the ARN of a principal.
        const [code, reason] =
          fixtures.awsWrongTypes[name] === 'sub'
            ? ['ERR_POLICY_DENIED', 'check_failed']
            : ['ERR_JWT_INVALID', 'invalid'];
        const error = refused(() => judge(context, name), code, { name, token });
        equal([error.claim, error.reason], [fixtures.awsWrongTypes[name], reason], name);
        return error;
      });
    },
  },
  {
    name: 'rejects wrong policies and names the field',
    run(context) {
      const wrong = [
        ['aws', null],
        ['aws', []],
        ['aws', 'all'],
        ['aws.accounts', { accounts: ACCOUNT }],
        ['aws.accounts', { accounts: ['11112222333'] }],
        ['aws.accounts', { accounts: [111122223333] }],
        ['aws.account', { account: [ACCOUNT] }],
        ['aws.organizations', { organizations: ['exampleorg1'] }],
        ['aws.organizationalUnits', { organizationalUnits: [''] }],
        ['aws.principals', { principals: ['*'] }],
        ['aws.principals', { principals: 'arn:aws:iam::*:role/*' }],
        ['aws.principalTags', { principalTags: ['team'] }],
        ['aws.principalTags', { principalTags: { team: 5 } }],
        ['aws.requestTags', { requestTags: { job: '42' } }],
        ['aws.maxLifetime', { maxLifetime: '1h' }],
        ['aws.maxLifetime', { maxLifetime: 0 }],
        ['aws.originIdentities', { originIdentities: 'yes' }],
        ['aws.originIdentities', { originIdentities: true }],
        ['aws.issuerSuffixes', { issuerSuffixes: ['example.test'] }],
      ];
      return wrong.map(([option, policy]) => {
        const error = refused(() => judge(context, 'role', policy), 'ERR_OPTIONS_INVALID', { name: option });
        equal(error.message.startsWith(`option "${option}" `), true, error.message);
        return error;
      });
    },
  },
  {
    name: 'reports the first failure, or with collectAll every failure in order',
    run({ api, fixtures }) {
      const options = {
        ...optionsOf(fixtures),
        issuer: 'https://other.example.test',
        audience: 'https://other.example.test',
        requiredClaims: ['nonce'],
        now: fixtures.now + 1000,
        aws: { accounts: [], regions: ['eu-west-1'], sourceIdentities: ['bob'] },
      };
      const verify = (more) => () => api.verify(fixtures.awsTokens.role, fixtures.jwks, { ...options, ...more });
      const one = refused(verify({}), 'ERR_JWT_CLAIM_VALIDATION_FAILED');
      equal([one.claim, one.errors], ['iss', undefined], 'the first failure');
      const { errors, ...first } = refused(verify({ collectAll: true }), 'ERR_JWT_CLAIM_VALIDATION_FAILED');
      equal(first.claim, 'iss', 'the first of all failures');
      equal(
        errors.map(({ code, claim }) => [code, claim]),
        [
          ['ERR_JWT_CLAIM_VALIDATION_FAILED', 'iss'],
          ['ERR_JWT_CLAIM_VALIDATION_FAILED', 'aud'],
          ['ERR_JWT_EXPIRED', 'exp'],
          ['ERR_JWT_CLAIM_VALIDATION_FAILED', 'nonce'],
          ['ERR_POLICY_DENIED', 'accounts'],
          ['ERR_POLICY_DENIED', 'sourceIdentities'],
        ],
        'all failures',
      );
      equal(first.message, '"iss" claim is not an expected value (and 5 more)', 'message');
      const alone = refused(
        () => api.verify(fixtures.tokens.expired, fixtures.jwks, { ...optionsOf(fixtures), collectAll: true }),
        'ERR_JWT_EXPIRED',
      );
      equal(alone.errors, undefined, 'a single failure');
      return { one, first, errors };
    },
  },
  {
    name: 'returns options that contain the policy from awsOutbound()',
    run({ api, fixtures }) {
      const { awsTokens, jwks, now, issuer, audience } = fixtures;
      const options = api.awsOutbound({ issuer, audience, accounts: [ACCOUNT], maxLifetime: 900 });
      equal(options, { issuer, audience, aws: { accounts: [ACCOUNT], maxLifetime: 900 } }, 'options');
      const { aws } = api.verify(awsTokens.role, jwks, { ...options, now });
      equal(aws.account, ACCOUNT, 'account');
      const other = api.awsOutbound({ issuer, audience, accounts: ['999988887777'] });
      refused(() => api.verify(awsTokens.role, jwks, { ...other, now }), 'ERR_POLICY_DENIED');

      const regions = ['eu-west-1'];
      const many = api.awsOutbound({ accountIssuers: { [ACCOUNT]: issuer, 999988887777: issuer }, audience, regions });
      equal(many.issuers.length, 2, 'issuers');
      const [mine, others] = ['111122223333', '999988887777'].map((account) =>
        many.issuers.find(({ aws }) => aws.accounts[0] === account),
      );
      equal(mine, { issuer, audience, aws: { regions, accounts: [ACCOUNT] } }, 'options of an issuer');
      api.verify(awsTokens.role, jwks, { ...mine, now });
      refused(() => api.verify(awsTokens.role, jwks, { ...others, now }), 'ERR_POLICY_DENIED');
      return many;
    },
  },
  {
    name: 'returns the fields of an ARN from parseArn()',
    run({ api }) {
      const { parseArn } = api;
      equal(
        parseArn(ROLE),
        { partition: 'aws', service: 'iam', region: '', account: ACCOUNT, resource: 'role/svc/edge-caller' },
        'role',
      );
      equal(parseArn(`arn:aws:lambda:eu-west-1:${ACCOUNT}:function:f:1`).resource, 'function:f:1', 'colons');
      for (const text of ['', 'arn', 'arn:aws:iam::1', 'arn:aws:iam::1:', 'urn:aws:iam::1:x', 'arn::iam::1:x'])
        equal(parseArn(text), undefined, text);
    },
  },
];
