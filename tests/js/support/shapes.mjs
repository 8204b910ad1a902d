// The claims of AWS STS for each kind of caller, and claims that are inconsistent or invalid.
import { createTestIssuer } from 'sts-jwt/testing';
import { ACCOUNT, NAMESPACE } from './issuer.mjs';

export const CHINA = 'https://a1000000-0000-4000-8000-000000000001.tokens.sts.global.api.amazonwebservices.com.cn';
const SSO = 'role/aws-reserved/sso.amazonaws.com';

/** Issuers that are used only to make claims. The tests sign the claims with other keys. */
const aws = await createTestIssuer({ account: ACCOUNT });
const china = await createTestIssuer({ account: ACCOUNT, partition: 'aws-cn', issuer: CHINA });

/** The claims of each kind of caller, by name. */
export function awsShapes(issuer, audience, now) {
  /** Returns the claims of a kind of caller. `members` are added to the AWS claims; `undefined` removes a member. */
  const caller = (kind, members = {}, /** @type {Record<string, any>} */ { principal, claims } = {}) =>
    aws.claims({
      audience,
      caller: kind,
      principal,
      issuedAt: now,
      aws: members,
      claims: { iss: issuer, jti: 'shape', ...claims },
    });
  const role = (members, options) => caller('role', { source_identity: 'alice', ...members }, options);
  const provider = `arn:aws:iam::${ACCOUNT}:oidc-provider/issuer.example.test`;
  return {
    role: role(),
    roleWithoutPath: role({}, { principal: 'role/edge-caller' }),
    roleOutsideOrganization: role({ org_id: undefined, ou_path: undefined }),
    roleAtRootOfOrganization: role({ ou_path: ['o-exampleorg1/r-ab12/'] }),
    roleWithPathAsText: role({ ou_path: 'o-exampleorg1/r-ab12/ou-ab12-11111111/' }),
    user: caller('user'),
    userWithSession: caller('user', { original_session_exp: '2038-01-19T03:14:07Z' }, { principal: 'user/alice' }),
    userWithoutPrincipalId: caller('user', { principal_id: undefined }),
    root: caller('root'),
    serviceLinked: caller('service-linked-role'),
    sso: caller('identity-center', {}, { principal: `${SSO}/eu-west-1/AWSReservedSSO_Admin_0123456789abcdef` }),
    ssoWithoutRegion: caller('identity-center', {}, { principal: `${SSO}/AWSReservedSSO_Read_Only_0123456789abcdef` }),
    lambda: caller('lambda'),
    ec2: caller('ec2'),
    eks: caller('eks'),
    glue: role({ glue_credential_issuing_service: 'glue.amazonaws.com' }),
    federated: role({ federated_provider: provider }),
    agent: role({ invoked_by: 'bedrock-agentcore.amazonaws.com', later: { list: [1, 2.5, null, true] } }),
    tags: role({ principal_tags: { Team: 'edge', empty: '' }, request_tags: { 'aws:job': '', näme: 'wërt ✓' } }),
    audiences: role({}, { claims: { aud: [audience, audience, 'https://other.example.test'] } }),
    china: china.claims({ audience, issuedAt: now, claims: { jti: 'shape' } }),
  };
}

/** Claims that contradict each other, and the claim that an AWS policy reports for them. */
export function awsContradictions(issuer, audience, now) {
  /** @type {Record<string, any>} */
  const role = awsShapes(issuer, audience, now).role;
  const inNamespace = (members) => ({ ...role, [NAMESPACE]: { ...role[NAMESPACE], ...members } });
  return {
    namespaceMissing: [NAMESPACE, { ...role, [NAMESPACE]: undefined }],
    subjectMissing: ['sub', { ...role, sub: undefined }],
    accountOther: ['aws_account', inNamespace({ aws_account: '999988887777' })],
    accountMissing: ['aws_account', inNamespace({ aws_account: undefined })],
    principalOther: ['principal_id', inNamespace({ principal_id: `arn:aws:iam::${ACCOUNT}:role/other` })],
    partitionOther: ['iss', { ...role, iss: CHINA }],
    issuerUnknown: ['iss', { ...role, iss: 'https://issuer.example.test' }],
    lifetimeOverAnHour: ['maxLifetime', { ...role, iat: now, exp: now + 3601 }],
    issuedAtMissing: ['maxLifetime', { ...role, iat: undefined }],
  };
}

/** Claims of the wrong type, with their names. */
export function awsWrongTypes(issuer, audience, now) {
  /** @type {Record<string, any>} */
  const role = awsShapes(issuer, audience, now).role;
  const inNamespace = (member, value) => [member, { ...role, [NAMESPACE]: { ...role[NAMESPACE], [member]: value } }];
  return {
    namespaceIsText: [NAMESPACE, { ...role, [NAMESPACE]: 'text' }],
    namespaceIsNull: [NAMESPACE, { ...role, [NAMESPACE]: null }],
    subjectOfSession: ['sub', { ...role, sub: `arn:aws:sts::${ACCOUNT}:assumed-role/edge-caller/session` }],
    subjectIsNoArn: ['sub', { ...role, sub: 'alice' }],
    accountIsNumber: inNamespace('aws_account', Number(ACCOUNT)),
    organizationIsNull: inNamespace('org_id', null),
    pathHoldsNumber: inNamespace('ou_path', ['o-exampleorg1/', 5]),
    tagsAreList: inNamespace('principal_tags', ['team']),
    requestTagIsNumber: inNamespace('request_tags', { job: 42 }),
    regionIsList: inNamespace('source_region', ['eu-west-1']),
  };
}
