// Explains each Header Parameter and claim.

import { AWS_NAMESPACE } from '../generated/facts.js';

/** The meaning of a Header Parameter or claim. */
export interface Meaning {
  /** A short description. */
  text: string;
  /** The specification or the AWS condition key that defines it. */
  reference?: string;
  /** The format of the value: a NumericDate in seconds, a date as a string, or an ARN. */
  kind?: 'time' | 'date' | 'arn';
  /** Set if the caller chose the value. Access must not depend on such a value. */
  chosenByCaller?: true;
}

/** @internal */
export const PARAMETERS: Readonly<Record<string, Meaning>> = {
  alg: {
    text: 'The signature algorithm. It must match the key, which decides the algorithm.',
    reference: 'RFC 7515 §4.1.1',
  },
  kid: {
    text: "The ID of the issuer's key that made the signature. AWS reuses slot names such as EC384_0.",
    reference: 'RFC 7515 §4.1.4',
  },
  typ: { text: 'The type of the token: JWT, or at+jwt for an access token.', reference: 'RFC 7515 §4.1.9' },
  cty: { text: 'The content type of the payload.', reference: 'RFC 7515 §4.1.10' },
  crit: {
    text: 'Extensions that a verifier must support. sts-jwt supports no extensions and rejects the token.',
    reference: 'RFC 7515 §4.1.11',
  },
  b64: {
    text: 'Whether the payload is base64url-encoded. Tokens with this parameter are rejected.',
    reference: 'RFC 7797 §3',
  },
  jku: { text: 'The URL of a JWK Set. Never used: an attacker could choose it.', reference: 'RFC 7515 §4.1.2' },
  jwk: { text: 'A public key. Never used: an attacker could choose it.', reference: 'RFC 7515 §4.1.3' },
  x5u: {
    text: 'The URL of a certificate chain. Never used: an attacker could choose it.',
    reference: 'RFC 7515 §4.1.5',
  },
  x5c: { text: 'A certificate chain. Never used: an attacker could choose it.', reference: 'RFC 7515 §4.1.6' },
  x5t: { text: 'The SHA-1 thumbprint of a certificate. Not used.', reference: 'RFC 7515 §4.1.7' },
  'x5t#S256': { text: 'The SHA-256 thumbprint of a certificate. Not used.', reference: 'RFC 7515 §4.1.8' },
};

/** @internal */
export const CLAIMS: Readonly<Record<string, Meaning>> = {
  iss: { text: "Who issued the token. Only this issuer's keys are used.", reference: 'RFC 7519 §4.1.1' },
  sub: {
    text: 'Who the token is about. In AWS tokens: the ARN of the role, user or root, without the session name; or an origin identity, the person or workload behind the session.',
    reference: 'RFC 7519 §4.1.2',
    kind: 'arn',
  },
  aud: { text: 'Who the token is for. Your service must be listed here.', reference: 'RFC 7519 §4.1.3' },
  exp: { text: 'The token is rejected from this time on.', reference: 'RFC 7519 §4.1.4', kind: 'time' },
  nbf: {
    text: 'The token is rejected before this time. AWS does not set it.',
    reference: 'RFC 7519 §4.1.5',
    kind: 'time',
  },
  iat: { text: 'When the token was issued.', reference: 'RFC 7519 §4.1.6', kind: 'time' },
  jti: { text: 'A unique ID of this token.', reference: 'RFC 7519 §4.1.7' },
  auth_time: { text: 'When the user signed in.', reference: 'OpenID Connect Core 1.0 §2', kind: 'time' },
  azp: { text: 'The client that the token was issued to.', reference: 'OpenID Connect Core 1.0 §2' },
  nonce: { text: 'Ties the token to one request of the client.', reference: 'OpenID Connect Core 1.0 §2' },
  scope: { text: 'The scopes granted to the bearer, separated by spaces.', reference: 'RFC 8693 §4.2' },
  client_id: { text: 'The client that the token was issued to.', reference: 'RFC 8693 §4.3' },
  [AWS_NAMESPACE]: { text: 'The AWS claims about the caller and its session.', reference: 'AWS STS' },
};

/** @internal Members of the AWS claim. */
export const AWS: Readonly<Record<string, Meaning>> = {
  aws_account: { text: 'The account of the principal.', reference: 'aws:PrincipalAccount' },
  source_region: { text: 'The region of the STS endpoint that was called.', reference: 'aws:RequestedRegion' },
  principal_id: {
    text: 'The ARN of the principal that requested the token. Equal to "sub", unless "sub" is an origin identity.',
    kind: 'arn',
  },
  org_id: { text: 'The organization that the account belongs to.', reference: 'aws:PrincipalOrgID' },
  ou_path: {
    text: 'The path of the account in the organization: root and organizational units.',
    reference: 'aws:PrincipalOrgPaths',
  },
  principal_tags: {
    text: 'Tags of the role or user and of its session. Administrators control them.',
    reference: 'aws:PrincipalTag',
  },
  request_tags: {
    text: 'Tags that the caller of STS chose. Never grant access based on them.',
    reference: 'aws:RequestTag',
    chosenByCaller: true,
  },
  original_session_exp: { text: 'When the credentials that requested the token expire.', kind: 'date' },
  source_identity: { text: 'Who first assumed the role. Kept through role chaining.', reference: 'aws:SourceIdentity' },
  federated_provider: {
    text: 'The identity provider that the session came from.',
    reference: 'aws:FederatedProvider',
    kind: 'arn',
  },
  identity_store_arn: {
    text: "The identity store of IAM Identity Center that holds the session's user.",
    reference: 'identitystore:IdentityStoreArn',
    kind: 'arn',
  },
  identity_store_user_id: { text: "The session's user in IAM Identity Center.", reference: 'identitystore:UserId' },
  ec2_source_instance_arn: {
    text: 'The EC2 instance that the credentials belong to.',
    reference: 'ec2:SourceInstanceArn',
    kind: 'arn',
  },
  ec2_instance_source_vpc: { text: 'The VPC of the EC2 instance.', reference: 'aws:Ec2InstanceSourceVpc' },
  ec2_instance_source_private_ipv4: {
    text: 'The private IPv4 address of the EC2 instance.',
    reference: 'aws:Ec2InstanceSourcePrivateIPv4',
  },
  ec2_role_delivery: {
    text: 'The version of the instance metadata service that delivered the credentials.',
    reference: 'ec2:RoleDelivery',
  },
  lambda_source_function_arn: {
    text: 'The Lambda function that the credentials belong to.',
    reference: 'lambda:SourceFunctionArn',
    kind: 'arn',
  },
  glue_credential_issuing_service: {
    text: 'The service that issued the credentials of a Glue job.',
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

/** Returns the meaning of a Header Parameter, or `undefined` if it is not registered. */
export function explainHeaderParameter(name: string): Meaning | undefined {
  return lookUp(PARAMETERS, name);
}

/** Returns the meaning of the claim at a path, or `undefined` if neither the RFCs nor AWS define the claim. */
export function explainClaim(...path: readonly string[]): Meaning | undefined {
  const [claim = '', member = '', tag = ''] = path;
  if (path.length === 1) return lookUp(CLAIMS, claim);
  if (claim !== AWS_NAMESPACE) return undefined;
  if (path.length === 2) return lookUp(AWS, member);
  return path.length === 3 && member === 'principal_tags' ? lookUp(TAGS, tag) : undefined;
}

/** Reads own properties only, because names come from tokens, and a name may be `constructor`. */
function lookUp(table: Readonly<Record<string, Meaning>>, name: string): Meaning | undefined {
  return typeof name === 'string' && Object.hasOwn(table, name) ? table[name] : undefined;
}
