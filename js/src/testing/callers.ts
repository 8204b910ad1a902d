// The claims of GetWebIdentityToken for each kind of caller.

import type { Claims } from '../core/types.js';
import { AWS_NAMESPACE } from '../generated/facts.js';
import { check, isNumber, isRecord, isText, oneOf, type Rules } from './check-options.js';
import type { TestCaller, TestClaimsOptions } from './test-types.js';

/** The account of the callers. */
export interface Account {
  readonly issuer: string;
  readonly account: string;
  readonly partition: string;
  readonly region: string;
}

type Members = Record<string, unknown>;

/** A kind of caller: the resource in its ARN, its additional members, and the person or workload for whom it acts. */
interface Kind {
  readonly resource: string;
  readonly members: Members;
  readonly origin?: string;
}

export const RULES: Rules<TestClaimsOptions> = {
  audience: [
    'a string or a non-empty array of strings',
    (value) =>
      typeof value === 'string' ||
      (Array.isArray(value) && value.length > 0 && value.every((each) => typeof each === 'string')),
  ],
  caller: oneOf([
    'role',
    'user',
    'root',
    'identity-center',
    'lambda',
    'ec2',
    'eks',
    'service-linked-role',
    'origin-user',
    'origin-workload',
    'origin-saml',
  ] satisfies TestCaller[]),
  principal: isText,
  origin: isText,
  lifetime: isNumber,
  issuedAt: isNumber,
  aws: isRecord,
  claims: isRecord,
};

export function claimsOf(account: Account, given: TestClaimsOptions, now: () => number): Claims {
  const options = check(given, RULES, ['audience']);
  const { audience, caller = 'role', lifetime = 300 } = options;
  const iat = Math.floor(options.issuedAt ?? now());
  const exp = iat + lifetime;
  const { resource, members, origin: originOfKind } = kindOf(caller, account);
  const { principal = resource, origin = originOfKind } = options;
  const principalId = principal.startsWith('arn:') ? principal : arn(account, 'iam', principal);
  const isSession = caller !== 'user' && caller !== 'root';
  return {
    aud: typeof audience === 'string' ? audience : audience.length === 1 ? audience[0]! : [...audience],
    sub: origin ?? principalId,
    [AWS_NAMESPACE]: {
      org_id: 'o-exampleorg1',
      aws_account: account.account,
      ou_path: ['o-exampleorg1/r-ab12/ou-ab12-11111111/'],
      request_tags: { job: '42' },
      // A token never outlives the session that requested it.
      ...(isSession ? { original_session_exp: rfc3339(Math.max(exp, iat + 3600)) } : {}),
      source_region: account.region,
      principal_id: principalId,
      ...members,
      ...options.aws,
    },
    iss: account.issuer,
    exp,
    iat,
    jti: crypto.randomUUID(),
    ...options.claims,
  };
}

function kindOf(caller: TestCaller, account: Account): Kind {
  const regional = (service: string, resource: string): string => arn(account, service, resource, account.region);
  const team = { principal_tags: { team: 'edge' } };
  switch (caller) {
    case 'role':
      return { resource: 'role/svc/edge-caller', members: team };
    case 'user':
      return { resource: 'user/team/alice', members: team };
    case 'root':
      return { resource: 'root', members: {} };
    case 'identity-center':
      return {
        resource: `role/aws-reserved/sso.amazonaws.com/${account.region}/AWSReservedSSO_Developer_0123456789abcdef`,
        members: {
          identity_store_arn: arn(account, 'identitystore', 'identitystore/d-1234567890'),
          identity_store_user_id: '01234567-89ab-cdef-0123-456789abcdef',
        },
      };
    case 'lambda':
      return {
        resource: 'role/service-role/edge-function',
        members: { ...team, lambda_source_function_arn: regional('lambda', 'function:edge') },
      };
    case 'ec2':
      return {
        resource: 'role/edge-instance',
        members: {
          ...team,
          ec2_source_instance_arn: regional('ec2', 'instance/i-0123456789abcdef0'),
          ec2_instance_source_vpc: 'vpc-11112222',
          ec2_instance_source_private_ipv4: '172.31.3.109',
          ec2_role_delivery: '2.0',
        },
      };
    case 'eks':
      // Pod Identity describes the pod in session tags.
      return {
        resource: 'role/edge-pod',
        members: {
          principal_tags: {
            'eks-cluster-arn': regional('eks', 'cluster/edge'),
            'eks-cluster-name': 'edge',
            'kubernetes-namespace': 'default',
            'kubernetes-service-account': 'edge',
            'kubernetes-pod-name': 'edge-7d4b9c6f5-x2x4z',
            'kubernetes-pod-uid': '89abcdef-0123-4567-89ab-cdef01234567',
          },
        },
      };
    case 'service-linked-role':
      return { resource: 'role/aws-service-role/ipam.amazonaws.com/AWSServiceRoleForIPAM', members: {} };
    case 'origin-user':
      return origin(account, 'alice@example.test', 'user', 'login.example.test', 'oidc-provider/login.example.test');
    case 'origin-workload':
      return origin(account, 'spiffe://example.test/ns/default/sa/edge', 'workload');
    case 'origin-saml':
      return origin(account, 'Alice Example', 'user', '+VZIOnkyxTkZk5NTGAHSKRvd8lc=', 'saml-provider/example');
  }
}

/** A role that acts for a person or workload. */
function origin(
  account: Account,
  subject: string,
  type: 'user' | 'workload',
  issuer?: string,
  provider?: string,
): Kind {
  const federated = provider === undefined ? undefined : arn(account, 'iam', provider);
  return {
    resource: 'role/svc/edge-caller',
    origin: subject,
    members: {
      principal_tags: { team: 'edge' },
      ...(federated === undefined ? {} : { federated_provider: federated }),
      origin_identity: {
        subject,
        subject_type: type,
        ...(issuer === undefined ? {} : { issuer }),
        ...(federated === undefined ? {} : { federated_provider_arn: federated }),
      },
    },
  };
}

function arn({ partition, account }: Account, service: string, resource: string, region = ''): string {
  return `arn:${partition}:${service}:${region}:${account}:${resource}`;
}

/** Formats a time like AWS: in UTC, with seconds. */
function rfc3339(seconds: number): string {
  const date = new Date(seconds * 1000);
  if (Number.isNaN(date.getTime())) throw new TypeError('option "issuedAt" or "lifetime" is out of range for a date');
  return `${date.toISOString().slice(0, -5)}Z`;
}
