// Tokens of the shapes that AWS STS issues: one for each kind of caller, and those whose claims do not agree.
import { ACCOUNT, NAMESPACE, stsClaims } from './issuer.mjs';

export const CHINA = 'https://a1000000-0000-4000-8000-000000000001.tokens.sts.global.api.amazonwebservices.com.cn';
const SSO = 'aws-reserved/sso.amazonaws.com';

/** The claims of each kind of caller, by name. */
export function awsShapes(issuer, audience, now) {
  const iam = (resource, partition = 'aws') => `arn:${partition}:iam::${ACCOUNT}:${resource}`;
  /** A caller with this ARN; `members` of the namespace object are added, or taken away by `undefined`. */
  const caller = (sub, members = {}, overrides = {}) => {
    const claims = stsClaims(issuer, audience, now, { jti: 'shape', sub, ...overrides });
    claims[NAMESPACE] = { ...claims[NAMESPACE], principal_id: sub, ...members };
    return claims;
  };
  const role = iam('role/svc/edge-caller');
  return {
    role: caller(role),
    roleWithoutPath: caller(iam('role/edge-caller')),
    roleOutsideOrganization: caller(role, { org_id: undefined, ou_path: undefined }),
    roleAtRootOfOrganization: caller(role, { ou_path: ['o-exampleorg1/r-ab12/'] }),
    roleWithPathAsText: caller(role, { ou_path: 'o-exampleorg1/r-ab12/ou-ab12-11111111/' }),
    user: caller(iam('user/team/alice'), { original_session_exp: undefined, source_identity: undefined }),
    userWithSession: caller(iam('user/alice')),
    root: caller(iam('root')),
    sso: caller(iam(`role/${SSO}/eu-west-1/AWSReservedSSO_Admin_0123456789abcdef`), { identity_store_user_id: '2652-22f4' }),
    ssoWithoutRegion: caller(iam(`role/${SSO}/AWSReservedSSO_Read_Only_0123456789abcdef`), {
      identity_store_arn: `arn:aws:identitystore::${ACCOUNT}:identitystore/d-1234567890`,
      identity_store_user_id: '2652-22f4',
    }),
    lambda: caller(role, { lambda_source_function_arn: `arn:aws:lambda:eu-west-1:${ACCOUNT}:function:edge` }),
    ec2: caller(role, {
      ec2_source_instance_arn: `arn:aws:ec2:eu-west-1:${ACCOUNT}:instance/i-0123456789abcdef0`,
      ec2_instance_source_vpc: 'vpc-11112222',
      ec2_instance_source_private_ipv4: '172.31.3.109',
      ec2_role_delivery: '2.0',
    }),
    eks: caller(role, {
      principal_tags: {
        'eks-cluster-arn': `arn:aws:eks:eu-west-1:${ACCOUNT}:cluster/edge`,
        'kubernetes-namespace': 'default',
        'kubernetes-service-account': 'edge',
      },
    }),
    glue: caller(role, { glue_credential_issuing_service: 'glue.amazonaws.com' }),
    federated: caller(role, { federated_provider: iam('oidc-provider/issuer.example.test') }),
    agent: caller(role, { invoked_by: 'bedrock-agentcore.amazonaws.com', later: { list: [1, 2.5, null, true] } }),
    tags: caller(role, { principal_tags: { Team: 'edge', empty: '' }, request_tags: { 'aws:job': '', 'näme': 'wërt ✓' } }),
    audiences: caller(role, {}, { aud: [audience, audience, 'https://other.example.test'] }),
    china: caller(iam('role/svc/edge-caller', 'aws-cn'), { source_region: 'cn-northwest-1' }, { iss: CHINA }),
  };
}

/** Claims that contradict each other, with the claim that an AWS policy refuses them by. */
export function awsContradictions(issuer, audience, now) {
  const { role } = awsShapes(issuer, audience, now);
  const inNamespace = (members) => ({ ...role, [NAMESPACE]: { ...role[NAMESPACE], ...members } });
  return {
    namespaceMissing: [NAMESPACE, { ...role, [NAMESPACE]: undefined }],
    subjectMissing: ['sub', { ...role, sub: undefined }],
    accountOther: ['aws_account', inNamespace({ aws_account: '999988887777' })],
    accountMissing: ['aws_account', inNamespace({ aws_account: undefined })],
    principalOther: ['principal_id', inNamespace({ principal_id: `arn:aws:iam::${ACCOUNT}:role/other` })],
    principalMissing: ['principal_id', inNamespace({ principal_id: undefined })],
    partitionOther: ['iss', { ...role, iss: CHINA }],
    issuerOfNobody: ['iss', { ...role, iss: 'https://issuer.example.test' }],
    lifetimeOverAnHour: ['maxLifetime', { ...role, iat: now, exp: now + 3601 }],
    issuedAtMissing: ['maxLifetime', { ...role, iat: undefined }],
  };
}

/** Claims of the wrong type, with their names. */
export function awsWrongTypes(issuer, audience, now) {
  const { role } = awsShapes(issuer, audience, now);
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
