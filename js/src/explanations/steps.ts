// Explains each step of a decision.

import type { JwtErrorCode } from '../core/errors.js';
import type { ExplanationStep } from '../core/types.js';
import { AWS_NAMESPACE, MAX_POLICY_UNITS } from '../generated/facts.js';
import { explainCode } from './codes.js';

/** The meaning of one step of a decision. */
export interface StepMeaning {
  /** The name of the step for display. */
  title: string;
  /** The rule that the step checks. */
  rule: string;
  /** The section that defines the rule. */
  reference?: string;
  /** For times: how `actual` must relate to `expected`. `expected` already includes the clock tolerance. */
  bound?: 'later than' | 'not later than' | 'not earlier than';
  /** What to do if the step failed, or passed with a warning. */
  advice?: string;
}

/** @internal */
export const STAGES: Readonly<Record<ExplanationStep['stage'], StepMeaning>> = {
  issuer: {
    title: 'Issuer',
    rule: 'The issuer must be exactly one of the configured issuers. Checked before anything else.',
    reference: 'RFC 8725 §3.8',
  },
  jwks: {
    title: 'Key set',
    rule: 'The keys must be a JWK Set: one strict JSON object with "keys".',
    reference: 'RFC 7517 §5',
  },
  segments: {
    title: 'Segments',
    rule: 'The token must be three segments of canonical base64url, separated by dots; the first segment is a strict JSON object.',
    reference: 'RFC 7515 §7.1',
  },
  header: {
    title: 'Header',
    rule: '"alg" and "kid" must be strings; "crit" and "b64" must be absent.',
    reference: 'RFC 7515 §4.1',
  },
  algorithm: {
    title: 'Algorithm',
    rule: 'The algorithm must be ES384 or RS256, and allowed by you.',
    reference: 'RFC 8725 §3.1',
    advice: "Add the token's algorithm to `algorithms`, or request a token with the other SigningAlgorithm.",
  },
  key: {
    title: 'Key',
    rule: 'A usable key must match the "kid" and the algorithm in the header.',
    reference: 'RFC 7515 §4.1.4',
  },
  signature: {
    title: 'Signature',
    rule: 'The key must have signed exactly these bytes.',
    reference: 'RFC 7515 §5.2',
  },
  claims: {
    title: 'Claims Set',
    rule: 'The payload must be a strict JSON object, and its registered claims must have the right types.',
    reference: 'RFC 7519 §7.2',
  },
  claim: {
    title: 'Claim',
    rule: 'The claim must be present.',
    advice: 'Have the issuer add the claim, or do not require it.',
  },
  policy: { title: 'AWS policy', rule: 'The AWS policy must allow the caller.' },
  schema: {
    title: 'Schema',
    rule: 'The claims must fit your schema.',
    advice: 'Have the issuer correct the claim, or correct the schema.',
  },
};

/** @internal Describes a step of the option `claims`, unless the claim has a check of its own. */
export const VALUES: StepMeaning = {
  title: 'Claim value',
  rule: 'The claim must have one of the expected values; an array must contain one of them. 1 and "1" are different.',
};

/** @internal Steps of the stage `claim`. */
export const CLAIMS: Readonly<Record<string, StepMeaning>> = {
  typ: {
    title: 'Type',
    rule: 'The header\'s "typ" must match the expected type, ignoring case.',
    reference: 'RFC 7515 §4.1.9',
    advice: 'Expect the type that your issuer sets, or do not check it.',
  },
  iss: {
    title: 'Issuer',
    rule: '"iss" must be exactly one of the expected issuers.',
    reference: 'RFC 7519 §4.1.1',
    advice: 'Compare every character, including the host and a trailing slash.',
  },
  aud: {
    title: 'Audience',
    rule: '"aud" must contain one of the expected audiences.',
    reference: 'RFC 7519 §4.1.3',
    advice: 'The caller must request exactly your audience from STS. Reject tokens issued for another audience.',
  },
  exactlyOneAudience: {
    title: 'One audience',
    rule: '"aud" must be one string, or an array of exactly one.',
    reference: 'RFC 7519 §4.1.3',
    advice: 'Have the caller request a token for your audience alone, or accept tokens for several audiences.',
  },
  sub: {
    title: 'Subject',
    rule: '"sub" must be exactly one of the expected subjects.',
    reference: 'RFC 7519 §4.1.2',
    advice: 'Expect the ARN of the role, including its path, not the ARN of the session.',
  },
  exp: {
    title: 'Expiration',
    bound: 'later than',
    rule: 'The token must not have expired, allowing for the clock tolerance.',
    reference: 'RFC 7519 §4.1.4',
    advice: 'Get a new token. If the token is new, check the clock.',
  },
  nbf: {
    title: 'Not before',
    bound: 'not later than',
    rule: 'The token must already be valid, allowing for the clock tolerance.',
    reference: 'RFC 7519 §4.1.5',
    advice: 'Wait until then, or check the clock.',
  },
  iat: {
    title: 'Issued at',
    bound: 'not later than',
    rule: 'The token must not have been issued in the future, allowing for the clock tolerance.',
    reference: 'RFC 7519 §4.1.6',
    advice: 'Check the clock.',
  },
  profile: {
    title: 'Access token',
    rule: '"typ" must be at+jwt; "iss", "exp", "aud", "sub", "client_id", "iat" and "jti" must be present, "client_id" as a string.',
    reference: 'RFC 9068 §2.2, §4',
    advice: 'Have the authorization server issue access tokens of RFC 9068, or do not require the profile.',
  },
  maxTokenAge: {
    title: 'Age',
    bound: 'not earlier than',
    rule: 'The token must not be older than maxTokenAge.',
    reference: 'RFC 7519 §4.1.6',
    advice: 'Get a new token just before the call, or raise maxTokenAge.',
  },
};

/** @internal Steps of the stage `policy`. */
export const POLICY: Readonly<Record<string, StepMeaning>> = {
  scope: {
    title: 'Scope',
    rule: '"scope" must have every required scope.',
    reference: 'RFC 6750 §3.1',
    advice: 'The token is genuine, but does not grant this. The client must request a token with the required scopes.',
  },
  [AWS_NAMESPACE]: {
    title: 'AWS claims',
    rule: 'The token must have the AWS claims.',
    advice: 'Not an AWS STS token: remove the `aws` policy, or reject the token.',
  },
  sub: {
    title: 'Subject',
    rule: '"sub" must be the ARN of an IAM role, user or root, or, if originIdentities allows it, an origin identity.',
    advice:
      'An ARN must be that of the role, not of a session. To accept the person or workload behind the session, set originIdentities.',
  },
  iss: {
    title: 'Partition',
    rule: "The issuer's host must belong to the partition of the principal; without a principal, to a known partition.",
    advice: 'For other partitions and test issuers, add the host to issuerSuffixes.',
  },
  aws_account: {
    title: 'Account matches',
    rule: '"aws_account" must be the account of the principal; without a principal, twelve digits.',
  },
  principal_id: {
    title: 'Principal matches',
    rule: 'If present, "principal_id" must equal "sub". If "sub" is an origin identity, "principal_id" must be the ARN of an IAM role, user or root.',
  },
  maxLifetime: {
    title: 'Lifetime',
    rule: '"exp" − "iat" must not exceed maxLifetime.',
    advice: 'Request a shorter DurationSeconds from STS, or raise maxLifetime.',
  },
  accounts: { title: 'Accounts', rule: '"aws_account" must be in the list.' },
  organizations: { title: 'Organizations', rule: '"org_id" must be in the list.' },
  organizationalUnits: {
    title: 'Organizational units',
    rule: `"ou_path" must be in or below a listed unit, and have at most ${MAX_POLICY_UNITS} values.`,
  },
  principals: {
    title: 'Principals',
    rule: 'The ARN of the principal must match a pattern: * stays within a segment, ** crosses slashes, neither crosses colons.',
  },
  regions: { title: 'Regions', rule: '"source_region" must be in the list.' },
  principalTags: { title: 'Principal tag', rule: 'The tag must have one of the listed values.' },
  lambdaFunctions: { title: 'Lambda functions', rule: '"lambda_source_function_arn" must match a pattern.' },
  ec2Instances: { title: 'EC2 instances', rule: '"ec2_source_instance_arn" must match a pattern.' },
  vpcs: { title: 'VPCs', rule: '"ec2_instance_source_vpc" must be in the list.' },
  sourceIdentities: { title: 'Source identities', rule: '"source_identity" must be in the list.' },
};

/** The meaning returned for a step of a later version, or for a value that is not a step. */
const UNKNOWN: StepMeaning = { title: 'Unknown step', rule: 'This version does not know the step.' };
const SECONDS = 'Have the issuer write seconds since the epoch (RFC 7519 §2), not milliseconds.';

/**
 * Returns the meaning of a step of `explain()`. For a failed step, also pass the error code of the decision: the advice
 * depends on it.
 */
export function explainStep(step: ExplanationStep, code?: JwtErrorCode): StepMeaning {
  let { stage, name, outcome, expected, actual, problem, warning } = {} as Partial<ExplanationStep>;
  try {
    ({ stage, name, outcome, expected, actual, problem, warning } = step);
  } catch {
    return UNKNOWN;
  }
  if (typeof stage !== 'string' || !Object.hasOwn(STAGES, stage)) return UNKNOWN;
  const table = stage === 'claim' ? CLAIMS : stage === 'policy' ? POLICY : {};
  const known = typeof name === 'string' && Object.hasOwn(table, name) ? table[name] : undefined;
  const isOfValues = stage === 'claim' && Array.isArray(expected) && (known === undefined || known.bound !== undefined);
  const { advice, ...meaning } = isOfValues ? VALUES : (known ?? STAGES[stage]);
  if (warning !== undefined) return { ...meaning, advice: SECONDS };
  if (outcome !== 'failed') return meaning;
  // The core's `problem` says that the time is in milliseconds. Advice about the clock would not help.
  if (meaning.bound !== undefined && typeof problem === 'string' && problem.includes('milliseconds'))
    return { ...meaning, advice: SECONDS };
  // The claim is missing, so advice about its time would not help.
  if (meaning.bound !== undefined && actual === undefined) return { ...meaning, advice: STAGES.claim.advice! };
  // The AWS claims are present, but one of them has the wrong type.
  if (stage === 'policy' && code === 'ERR_JWT_INVALID') return { ...meaning, advice: explainCode(code).advice };
  const general =
    stage === 'policy' ? 'ERR_POLICY_DENIED' : stage === 'claim' ? 'ERR_JWT_CLAIM_VALIDATION_FAILED' : code;
  return { ...meaning, advice: advice ?? (general ? explainCode(general).advice : '') };
}
