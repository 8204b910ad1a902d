// `sts-jwt/aws`: the AWS side of the API. What is decided about it, the core decides.

import { optionsInvalid } from '../core/shared.js';
import type { VerifyOptions } from '../core/types.js';

export { type Arn, parseArn } from './arn.js';

/**
 * Who may call. Every list is "any of", the fields are "all of", and an empty list denies. A condition on a claim that
 * the token lacks denies. With every policy, `{}` included, the claims must agree with each other: the issuer's host
 * with the partition in `sub`, `aws_account` with the account in `sub`, `principal_id` with `sub`.
 *
 * There is no condition on `request_tags`: the caller of STS chooses them.
 */
export interface AwsPolicy {
  /** Accounts: twelve digits. */
  accounts?: readonly string[];
  /** Organizations: `o-…`. */
  organizations?: readonly string[];
  /** Paths of organizational units as in `ou_path`; each stands for that unit and all below it. */
  organizationalUnits?: readonly string[];
  /** ARN patterns for `sub`: `*` matches within a `/` segment or `:` field, `**` across `/`, nothing across `:`. */
  principals?: readonly string[];
  /** Regions whose STS endpoint was called. */
  regions?: readonly string[];
  /** Tags of the principal or its session: exact keys, each with any of its values. */
  principalTags?: Readonly<Record<string, string | readonly string[]>>;
  /** ARN patterns for the Lambda function that called. */
  lambdaFunctions?: readonly string[];
  /** ARN patterns for the EC2 instance that called. */
  ec2Instances?: readonly string[];
  /** VPCs of the EC2 instance that called. */
  vpcs?: readonly string[];
  /** Values of `source_identity`. */
  sourceIdentities?: readonly string[];
  /** The longest `exp` − `iat`, in seconds. Default: 3600. */
  maxLifetime?: number;
  /**
   * More host suffixes of issuers by partition, such as `{ "aws-us-gov": "tokens.sts.…" }`, for partitions that the
   * library does not know and for test issuers. Known: `aws` and `aws-cn`.
   */
  issuerSuffixes?: Readonly<Record<string, string | readonly string[]>>;
}

/** The IAM principal in `sub`. */
export interface AwsPrincipal {
  arn: string;
  /** Every session of a role has the same ARN. */
  type: 'role' | 'user' | 'root';
  /** The IAM path, from `/` to `/`. */
  path: string;
  name: string;
  /** For roles of IAM Identity Center. */
  permissionSet?: { name: string; region?: string };
}

/** Where the credentials came from; each member is there only where AWS says it. */
export interface AwsSession {
  /** When the credentials expire, RFC 3339. */
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

/** The AWS identity in a verified token. */
export interface AwsIdentity {
  /** `aws`, `aws-cn`, … */
  partition: string;
  /** Twelve digits. */
  account: string;
  principal: AwsPrincipal;
  sourceRegion?: string;
  organization?: string;
  /** Each ends with a slash. */
  organizationalUnits: string[];
  /** Tags of the principal and its session; administrators control them. */
  principalTags: Record<string, string>;
  /** CHOSEN BY THE CALLER of STS: never a reason to allow anything. */
  requestTags: Record<string, string>;
  session: AwsSession;
  /** Members that this version does not know, as they are. */
  other: Record<string, unknown>;
}

/** What {@link awsOutbound} takes: the policy and what every verification needs. */
export interface AwsOutbound extends AwsPolicy {
  /** Your service's name, or several; see `VerifyOptions`. */
  audience: VerifyOptions['audience'];
}

/** Options for one issuer. */
export type AwsIssuerOptions = Omit<VerifyOptions, 'issuer' | 'now'> & { issuer: string };

/**
 * Options for tokens of AWS Outbound Identity Federation, cross-checks on.
 *
 * With `issuer`: options for `verify()`. With `accountIssuers`, which binds each account to its issuer
 * (`{ "111122223333": "https://….tokens.sts.global.api.aws" }`): options for each issuer, which accept that account alone.
 */
export function awsOutbound(config: AwsOutbound & { issuer: string | readonly string[] }): VerifyOptions;
export function awsOutbound(config: AwsOutbound & { accountIssuers: Readonly<Record<string, string>> }): {
  issuers: AwsIssuerOptions[];
};
export function awsOutbound(
  config: AwsOutbound & { issuer?: string | readonly string[]; accountIssuers?: Readonly<Record<string, string>> },
): VerifyOptions | { issuers: AwsIssuerOptions[] } {
  const { issuer, accountIssuers, audience, ...aws } = config;
  if (accountIssuers && (issuer !== undefined || aws.accounts !== undefined)) {
    throw optionsInvalid('"accountIssuers" names issuers and accounts; leave "issuer" and "accounts" out');
  }
  if (!accountIssuers) return { issuer: issuer as string, audience, aws };
  const one = ([account, issuer]: [string, string]) => ({ issuer, audience, aws: { ...aws, accounts: [account] } });
  return { issuers: Object.entries(accountIssuers).map(one) };
}
