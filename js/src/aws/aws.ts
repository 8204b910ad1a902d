// `sts-jwt/aws`: the AWS part of the API. The core makes all decisions.

import { mayBeUndefined, optionsInvalid, ownOptions, undefinedOption } from '../core/shared.js';
import type { VerifyOptions } from '../core/types.js';

export { type Arn, parseArn } from './arn.js';

/**
 * Who may call. Every field of the policy must match. A list matches if any of its entries matches, so an empty list
 * denies every token. If the token lacks a claim that the policy has a condition on, the token is denied. Every policy,
 * even `{}`, also checks that the claims of the token are consistent. If `sub` is an ARN, it names the principal, and
 * `principal_id`, if present, must be the same ARN. If `sub` is not an ARN, it is an origin identity, and
 * `principal_id`, if present, is the principal's ARN. The issuer's host must belong to the partition of the principal,
 * and `aws_account` must be the principal's account. If the token names no principal, the issuer's host must belong to
 * a known partition, and `aws_account` must have twelve digits.
 *
 * There is no condition on `request_tags`, because the caller of STS chooses them.
 *
 * A list has at most 1000 entries, and a pattern at most 16 wildcards. Entries that no token can match are
 * rejected with `ERR_OPTIONS_INVALID`.
 */
export interface AwsPolicy {
  /** Values of `aws_account`, each of twelve digits. */
  accounts?: readonly string[];
  /** Organizations: `o-…`. */
  organizations?: readonly string[];
  /**
   * Paths of organizational units, as in `ou_path`. A path begins with the organization (`o-…/r-…/ou-…`); `ou-…` alone
   * is an error. A path includes all units below it. A token with more than 64 values in `ou_path` is denied.
   */
  organizationalUnits?: readonly string[];
  /**
   * ARN patterns for the principal. `*` matches within a `/` segment or `:` field, `**` also across `/`. Neither matches `:`.
   * Use the ARN of the role, `arn:aws:iam::…:role/…`, not the ARN of a session (`assumed-role`). A token without a principal
   * is denied.
   */
  principals?: readonly string[];
  /** Regions of the STS endpoint that issued the token. */
  regions?: readonly string[];
  /** Required tags of the principal or its session: each key must have one of the listed values. */
  principalTags?: Readonly<Record<string, string | readonly string[]>>;
  /** ARN patterns for the calling Lambda function. */
  lambdaFunctions?: readonly string[];
  /** ARN patterns for the calling EC2 instance. */
  ec2Instances?: readonly string[];
  /** VPCs of the calling EC2 instance. */
  vpcs?: readonly string[];
  /** Values of `source_identity`. */
  sourceIdentities?: readonly string[];
  /** The maximum of `exp` − `iat`, in seconds. More than 0 and at most 604 800 (a week). Default: 3600. */
  maxLifetime?: number;
  /**
   * Whether `sub` may be an origin identity: the person or workload on whose behalf the principal acts (`SubjectMode`
   * `OriginIdentity` of `GetWebIdentityToken`). `refuse`: `sub` must be the ARN of an IAM principal. `allow`: `sub` may
   * be an ARN or an origin identity. `require`: `sub` must be an origin identity. Default: `refuse`.
   *
   * The name in an origin identity comes from another identity provider and is unique only there, so combine this option
   * with a condition on the principal or account, and look at `subject.kind` before `subject.value`. Whatever this option
   * says, a name is refused if it is empty, has leading or trailing white space, contains control characters, or resembles
   * an ARN (`ARN:…`, ` arn:…`).
   */
  originIdentities?: 'refuse' | 'allow' | 'require';
  /**
   * Additional host suffixes of issuers, by partition: `{ "aws-us-gov": "tokens.sts.…" }`. For test issuers, and for
   * partitions that the library does not know. Built in: `aws` and `aws-cn`.
   */
  issuerSuffixes?: Readonly<Record<string, string | readonly string[]>>;
}

/** An IAM principal. */
export interface AwsPrincipal {
  arn: string;
  /** Sessions do not have a type of their own: all sessions of a role have the ARN of the role. */
  type: 'role' | 'user' | 'root';
  /** The IAM path. Begins and ends with `/`. */
  path: string;
  name: string;
  /** For roles of IAM Identity Center. */
  permissionSet?: { name: string; region?: string };
}

/** Where the credentials came from. Each member is present only if AWS set it. */
export interface AwsSession {
  /** When the credentials expire, in RFC 3339. */
  expiresAt?: string;
  sourceIdentity?: string;
  federatedProvider?: string;
  identityStoreArn?: string;
  identityStoreUserId?: string;
  lambdaFunction?: string;
  ec2Instance?: string;
  ec2Vpc?: string;
  ec2PrivateIpv4?: string;
  ec2RoleDelivery?: string;
  glueService?: string;
}

/** `sub`: the ARN of the principal, or the name of the person or workload on whose behalf the principal acts. */
export interface AwsSubject {
  /** `origin` occurs only if the policy sets `originIdentities`. */
  kind: 'principal' | 'origin';
  /** `sub`, unchanged. */
  value: string;
}

/** The AWS identity in a verified token. */
export interface AwsIdentity {
  /** `aws`, `aws-cn`, … */
  partition: string;
  /** Twelve digits. */
  account: string;
  subject: AwsSubject;
  /** The principal that asked for the token. Absent if `sub` is an origin identity and the token names no principal. */
  principal?: AwsPrincipal;
  sourceRegion?: string;
  organization?: string;
  /** Each ends with a slash. */
  organizationalUnits: string[];
  /** Tags of the principal and its session. Administrators control them. */
  principalTags: Record<string, string>;
  /** CHOSEN BY THE CALLER of STS: never grant access based on these. */
  requestTags: Record<string, string>;
  session: AwsSession;
  /** Members that this version does not know, unchanged. */
  other: Record<string, unknown>;
}

/** The configuration of {@link awsOutbound}: the policy and the audience. */
export interface AwsOutbound extends AwsPolicy {
  /** The name or names of your service; see `VerifyOptions`. */
  audience: VerifyOptions['audience'];
}

/** The members of a policy. If a member is missing here, the code does not compile. */
const POLICY: Record<keyof AwsPolicy, true> = {
  accounts: true,
  organizations: true,
  organizationalUnits: true,
  principals: true,
  regions: true,
  principalTags: true,
  lambdaFunctions: true,
  ec2Instances: true,
  vpcs: true,
  sourceIdentities: true,
  maxLifetime: true,
  originIdentities: true,
  issuerSuffixes: true,
};

/** The options of {@link awsOutbound}. */
type Outbound = AwsOutbound & {
  issuer?: string | readonly string[];
  accountIssuers?: Readonly<Record<string, string>>;
};

/** Options for one issuer. */
export type AwsIssuerOptions = Omit<VerifyOptions, 'issuer' | 'now'> & { issuer: string };

/**
 * Returns options for tokens of AWS Outbound Identity Federation, including the cross-checks.
 *
 * With `issuer`, returns options for `verify()`. With `accountIssuers`, which maps each account to its issuer
 * (`{ "111122223333": "https://….tokens.sts.global.api.aws" }`), returns options for each issuer. The options for
 * an issuer accept only tokens of the issuer's account.
 */
export function awsOutbound(config: AwsOutbound & { issuer: string | readonly string[] }): VerifyOptions;
export function awsOutbound(config: AwsOutbound & { accountIssuers: Readonly<Record<string, string>> }): {
  issuers: AwsIssuerOptions[];
};
export function awsOutbound(config: Outbound): VerifyOptions | { issuers: AwsIssuerOptions[] } {
  const names = ['issuer', 'accountIssuers', 'audience', ...Object.keys(POLICY)] as (keyof Outbound)[];
  const own = ownOptions(config ?? null!, names);
  for (const [name, value] of Object.entries(own)) {
    if (value === undefined && !mayBeUndefined(name)) throw undefinedOption(name);
  }
  const { issuer, accountIssuers, audience, ...aws } = own;
  if (accountIssuers !== undefined && (issuer !== undefined || own.accounts !== undefined)) {
    throw optionsInvalid('"accountIssuers" already names issuers and accounts; remove "issuer" and "accounts"');
  }
  if (accountIssuers === undefined) return { issuer: issuer as string, audience, aws };
  const one = ([account, issuer]: [string, string]) => ({ issuer, audience, aws: { ...aws, accounts: [account] } });
  return { issuers: Object.entries(ownOptions(accountIssuers, undefined, 'accountIssuers.')).map(one) };
}
