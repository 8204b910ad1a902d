// What the members of a header and of a Claims Set say.

import { AWS_NAMESPACE } from '../generated/facts.js';

/** What one member says. */
export interface Meaning {
  /** One line for people. */
  text: string;
  /** Where it is defined. */
  reference?: string;
  /** How its value reads: a NumericDate in seconds, a date as text, or an ARN. */
  kind?: 'time' | 'date' | 'arn';
  /** The bearer of the token chose it: no reason to allow anything. */
  chosenByCaller?: true;
}

/** @internal */
export const PARAMETERS: Readonly<Record<string, Meaning>> = {
  alg: {
    text: 'The algorithm of the signature. The key decides; this is only compared with it.',
    reference: 'RFC 7515 §4.1.1',
  },
  kid: {
    text: 'Which key of the issuer made the signature. AWS has slots such as EC384_0 and uses them again.',
    reference: 'RFC 7515 §4.1.4',
  },
  typ: { text: 'What the token is: JWT, or at+jwt for an access token.', reference: 'RFC 7515 §4.1.9' },
  cty: { text: 'What the payload is.', reference: 'RFC 7515 §4.1.10' },
  crit: {
    text: 'Extensions that a verifier must know. This one knows none and refuses the token.',
    reference: 'RFC 7515 §4.1.11',
  },
  b64: { text: 'Says that the payload is not encoded. Refused.', reference: 'RFC 7797 §3' },
  jku: { text: 'An address of keys. Never used: whoever made the token chose it.', reference: 'RFC 7515 §4.1.2' },
  jwk: { text: 'A key. Never used: whoever made the token chose it.', reference: 'RFC 7515 §4.1.3' },
  x5u: {
    text: 'An address of certificates. Never used: whoever made the token chose it.',
    reference: 'RFC 7515 §4.1.5',
  },
  x5c: { text: 'Certificates. Never used: whoever made the token chose them.', reference: 'RFC 7515 §4.1.6' },
  x5t: { text: 'The digest of a certificate. Not used.', reference: 'RFC 7515 §4.1.7' },
  'x5t#S256': { text: 'The digest of a certificate. Not used.', reference: 'RFC 7515 §4.1.8' },
};

/** @internal */
export const CLAIMS: Readonly<Record<string, Meaning>> = {
  iss: { text: 'Who issued the token. Its keys are the only ones that count.', reference: 'RFC 7519 §4.1.1' },
  sub: {
    text: 'Whom the token is about. From AWS: the ARN of the role, user or root; all sessions of a role have the same.',
    reference: 'RFC 7519 §4.1.2',
    kind: 'arn',
  },
  aud: { text: 'For whom the token is: your service must be named here.', reference: 'RFC 7519 §4.1.3' },
  exp: { text: 'From this time on the token is not accepted.', reference: 'RFC 7519 §4.1.4', kind: 'time' },
  nbf: {
    text: 'Before this time the token is not accepted. AWS does not set it.',
    reference: 'RFC 7519 §4.1.5',
    kind: 'time',
  },
  iat: { text: 'When the token was issued.', reference: 'RFC 7519 §4.1.6', kind: 'time' },
  jti: { text: 'A name of this one token, new for each.', reference: 'RFC 7519 §4.1.7' },
  auth_time: { text: 'When the user signed in.', reference: 'OpenID Connect Core 1.0 §2', kind: 'time' },
  azp: { text: 'The client that the token was issued to.', reference: 'OpenID Connect Core 1.0 §2' },
  nonce: { text: 'Ties the token to one request of the client.', reference: 'OpenID Connect Core 1.0 §2' },
  scope: { text: 'What the bearer may do, separated by spaces.', reference: 'RFC 8693 §4.2' },
  client_id: { text: 'The client that the token was issued to.', reference: 'RFC 8693 §4.3' },
  [AWS_NAMESPACE]: { text: 'What AWS says about the caller and its session.', reference: 'AWS STS' },
};

/** @internal Members of the object of AWS. */
export const AWS: Readonly<Record<string, Meaning>> = {
  aws_account: { text: 'The account of the principal.', reference: 'aws:PrincipalAccount' },
  source_region: { text: 'The region whose STS endpoint was called.', reference: 'aws:RequestedRegion' },
  principal_id: { text: 'The ARN of the principal again, equal to "sub".', kind: 'arn' },
  org_id: { text: 'The organization that the account belongs to.', reference: 'aws:PrincipalOrgID' },
  ou_path: {
    text: 'Where in the organization the account stands: root and organizational units.',
    reference: 'aws:PrincipalOrgPaths',
  },
  principal_tags: {
    text: 'Tags of the role or user and of its session; administrators control them.',
    reference: 'aws:PrincipalTag',
  },
  request_tags: {
    text: 'Tags that the caller of STS wrote itself: never a reason to allow anything.',
    reference: 'aws:RequestTag',
    chosenByCaller: true,
  },
  original_session_exp: { text: 'When the credentials expire that the token was asked for with.', kind: 'date' },
  source_identity: { text: 'Who first took the role on; survives role chaining.', reference: 'aws:SourceIdentity' },
  federated_provider: {
    text: 'The identity provider that the session came from.',
    reference: 'aws:FederatedProvider',
    kind: 'arn',
  },
  identity_store_arn: {
    text: "Where IAM Identity Center keeps the session's user.",
    reference: 'identitystore:IdentityStoreArn',
    kind: 'arn',
  },
  identity_store_user_id: { text: "The session's user in IAM Identity Center.", reference: 'identitystore:UserId' },
  ec2_source_instance_arn: {
    text: 'The EC2 instance whose credentials were used.',
    reference: 'ec2:SourceInstanceArn',
    kind: 'arn',
  },
  ec2_instance_source_vpc: { text: 'The VPC of that EC2 instance.', reference: 'aws:Ec2InstanceSourceVpc' },
  ec2_instance_source_private_ipv4: {
    text: 'The private address of that EC2 instance.',
    reference: 'aws:Ec2InstanceSourcePrivateIPv4',
  },
  ec2_role_delivery: {
    text: 'The version of the metadata service that gave the credentials.',
    reference: 'ec2:RoleDelivery',
  },
  lambda_source_function_arn: {
    text: 'The Lambda function whose credentials were used.',
    reference: 'lambda:SourceFunctionArn',
    kind: 'arn',
  },
  glue_credential_issuing_service: {
    text: 'The service that gave a Glue job its credentials.',
    reference: 'glue:CredentialIssuingService',
  },
};

/** @internal Tags that EKS Pod Identity puts on a session. */
export const TAGS: Readonly<Record<string, Meaning>> = {
  'eks-cluster-arn': { text: 'The EKS cluster, from EKS Pod Identity.', kind: 'arn' },
  'eks-cluster-name': { text: 'The name of the EKS cluster, from EKS Pod Identity.' },
  'kubernetes-namespace': { text: 'The namespace of the pod, from EKS Pod Identity.' },
  'kubernetes-service-account': { text: 'The service account of the pod, from EKS Pod Identity.' },
  'kubernetes-pod-name': { text: 'The name of the pod, from EKS Pod Identity.' },
  'kubernetes-pod-uid': { text: 'The UID of the pod, from EKS Pod Identity.' },
};

/** What a Header Parameter says; `undefined` for one that is not registered. */
export function explainHeaderParameter(name: string): Meaning | undefined {
  return own(PARAMETERS, name);
}

/** What a claim says; `undefined` for one that is known neither to the RFCs nor to AWS. */
export function explainClaim(...path: readonly string[]): Meaning | undefined {
  const [first = '', second = '', third = ''] = path;
  if (path.length === 1) return own(CLAIMS, first);
  if (first !== AWS_NAMESPACE) return undefined;
  if (path.length === 2) return own(AWS, second);
  return path.length === 3 && second === 'principal_tags' ? own(TAGS, third) : undefined;
}

/** Names come from tokens: `constructor` is no entry. */
function own(table: Readonly<Record<string, Meaning>>, name: string): Meaning | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined;
}
