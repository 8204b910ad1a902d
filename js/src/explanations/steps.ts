// What the steps of a decision check.

import type { JwtErrorCode } from '../core/errors.js';
import type { ExplanationStep } from '../core/types.js';
import { AWS_NAMESPACE } from '../generated/facts.js';
import { explainCode } from './codes.js';

/** What a step checks. */
export interface StepMeaning {
  /** A few words. */
  title: string;
  /** The rule. */
  rule: string;
  /** Where the rule comes from. */
  reference?: string;
  /** Where times are compared: how the actual one must stand to the expected one, in which the tolerance is already. */
  bound?: 'later than' | 'not later than' | 'not earlier than';
  /** What to do where it failed. */
  advice?: string;
}

/** @internal */
export const STAGES: Readonly<Record<ExplanationStep['stage'], StepMeaning>> = {
  issuer: {
    title: 'Issuer',
    rule: 'The issuer must be configured, to the letter, before anything else is looked at.',
    reference: 'RFC 8725 §3.8',
  },
  jwks: {
    title: 'Key set',
    rule: 'The keys must be a JWK Set: one strict JSON object with "keys".',
    reference: 'RFC 7517 §5',
  },
  segments: {
    title: 'Segments',
    rule: 'Three segments of canonical base64url, separated by dots; the first is a strict JSON object.',
    reference: 'RFC 7515 §7.1',
  },
  header: { title: 'Header', rule: '"alg" and "kid" are strings; no "crit", no "b64".', reference: 'RFC 7515 §4.1' },
  algorithm: { title: 'Algorithm', rule: 'ES384 or RS256, and one that you allow.', reference: 'RFC 8725 §3.1' },
  key: { title: 'Key', rule: 'A usable key whose "kid" and algorithm fit the header.', reference: 'RFC 7515 §4.1.4' },
  signature: {
    title: 'Signature',
    rule: 'The key made this signature of exactly these bytes.',
    reference: 'RFC 7515 §5.2',
  },
  claims: {
    title: 'Claims Set',
    rule: 'The payload is a strict JSON object whose registered claims have the right types.',
    reference: 'RFC 7519 §7.2',
  },
  claim: {
    title: 'Claim',
    rule: 'The claim must be there.',
    advice: 'Have the issuer add the claim, or do not require it.',
  },
  policy: { title: 'AWS policy', rule: 'The AWS policy must allow the caller.' },
};

/** @internal Steps of the stage `claim`. */
export const CLAIMS: Readonly<Record<string, StepMeaning>> = {
  typ: {
    title: 'Type',
    rule: 'The header\'s "typ" is the expected one, without case.',
    reference: 'RFC 7515 §4.1.9',
    advice: 'Expect the type that your issuer writes, or do not check it.',
  },
  iss: {
    title: 'Issuer',
    rule: 'Exactly one of the expected issuers.',
    reference: 'RFC 7519 §4.1.1',
    advice: 'Compare every character: account, host, a slash at the end.',
  },
  aud: {
    title: 'Audience',
    rule: 'One of the expected audiences is named.',
    reference: 'RFC 7519 §4.1.3',
    advice:
      'The caller must ask STS for your audience, letter by letter. A token for somebody else is no token for you.',
  },
  sub: {
    title: 'Subject',
    rule: 'Exactly one of the expected subjects.',
    reference: 'RFC 7519 §4.1.2',
    advice: 'Expect the ARN of the role with its path, not that of the session.',
  },
  exp: {
    title: 'Expiration',
    bound: 'later than',
    rule: 'The token has not expired, give or take the clock tolerance.',
    reference: 'RFC 7519 §4.1.4',
    advice: 'Get a new token. If it is new, set the clock right.',
  },
  nbf: {
    title: 'Not before',
    bound: 'not later than',
    rule: 'The token is valid already, give or take the clock tolerance.',
    reference: 'RFC 7519 §4.1.5',
    advice: 'Wait, or set the clock right.',
  },
  iat: {
    title: 'Issued at',
    bound: 'not later than',
    rule: 'The token was not issued in the future, give or take the clock tolerance.',
    reference: 'RFC 7519 §4.1.6',
    advice: 'Set the clock right: AWS does not date its tokens back.',
  },
  maxTokenAge: {
    title: 'Age',
    bound: 'not earlier than',
    rule: 'The token was issued recently enough.',
    reference: 'RFC 7519 §4.1.6',
    advice: 'Get a new token just before the call, or allow an older one.',
  },
};

/** @internal Steps of the stage `policy`. */
export const POLICY: Readonly<Record<string, StepMeaning>> = {
  [AWS_NAMESPACE]: {
    title: 'AWS claims',
    rule: 'The object of AWS claims is there.',
    advice: 'This is no token of AWS STS: drop the policy, or the token.',
  },
  sub: { title: 'Principal', rule: '"sub" is the ARN of an IAM role, user or root.' },
  iss: {
    title: 'Partition',
    rule: "The issuer's host belongs to the partition of the principal.",
    advice: 'For other partitions and test issuers, name the host in issuerSuffixes.',
  },
  aws_account: { title: 'Account agrees', rule: '"aws_account" is the account of the principal.' },
  principal_id: { title: 'Principal agrees', rule: '"principal_id" is equal to "sub".' },
  maxLifetime: {
    title: 'Lifetime',
    rule: '"exp" − "iat" is at most the allowed lifetime.',
    advice: 'Ask STS for a shorter DurationSeconds, or raise maxLifetime.',
  },
  accounts: { title: 'Accounts', rule: '"aws_account" is in the list.' },
  organizations: { title: 'Organizations', rule: '"org_id" is in the list.' },
  organizationalUnits: { title: 'Organizational units', rule: '"ou_path" is one of these units or below one.' },
  principals: {
    title: 'Principals',
    rule: '"sub" matches a pattern: * within a segment, ** across slashes, nothing across colons.',
  },
  regions: { title: 'Regions', rule: '"source_region" is in the list.' },
  principalTags: { title: 'Principal tag', rule: 'The tag has one of the values.' },
  lambdaFunctions: { title: 'Lambda functions', rule: '"lambda_source_function_arn" matches a pattern.' },
  ec2Instances: { title: 'EC2 instances', rule: '"ec2_source_instance_arn" matches a pattern.' },
  vpcs: { title: 'VPCs', rule: '"ec2_instance_source_vpc" is in the list.' },
  sourceIdentities: { title: 'Source identities', rule: '"source_identity" is in the list.' },
};

/** What a step of `explain()` checks; with the code of the decision, what to do where the step failed. */
export function explainStep(step: ExplanationStep, code?: JwtErrorCode): StepMeaning {
  const { stage, name = '', outcome, actual } = step;
  const table = stage === 'claim' ? CLAIMS : stage === 'policy' ? POLICY : {};
  const { advice, ...meaning } = (Object.hasOwn(table, name) && table[name]) || STAGES[stage];
  if (outcome !== 'failed') return meaning;
  // Advice for a time helps nobody whose token has none.
  if (meaning.bound !== undefined && actual === undefined) return { ...meaning, advice: STAGES.claim.advice! };
  // A member of the wrong type, in an object of AWS that is there.
  if (stage === 'policy' && code === 'ERR_JWT_INVALID') return { ...meaning, advice: explainCode(code).advice };
  const general =
    stage === 'policy' ? 'ERR_POLICY_DENIED' : stage === 'claim' ? 'ERR_JWT_CLAIM_VALIDATION_FAILED' : code;
  return { ...meaning, advice: advice ?? (general ? explainCode(general).advice : '') };
}
