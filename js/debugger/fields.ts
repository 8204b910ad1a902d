// The fields of the expectations.

import { AWS_NAMESPACE, AWS_SUFFIXES, CLOCK_TOLERANCE, MAX_LIFETIME } from '../src/generated/facts.js';

/** One field of the form. Its name is the name of the option. */
export interface Field {
  name: string;
  label: string;
  hint: string;
  kind: 'list' | 'number' | 'text' | 'tags' | 'choice' | 'claims' | 'switch';
  /** The values to choose from, without the default. `hint` names the default. */
  choices?: readonly string[];
  stage: 'claim' | 'policy';
  /** The name of the step that checks this field, if it differs from the name of the field. */
  step?: string;
}

export const COMMON: readonly Field[] = [
  {
    name: 'issuer',
    label: 'Issuer',
    hint: `https://<uuid>.${AWS_SUFFIXES.aws}`,
    kind: 'list',
    stage: 'claim',
    step: 'iss',
  },
  {
    name: 'audience',
    label: 'Audience',
    hint: 'https://my-service.example',
    kind: 'list',
    stage: 'claim',
    step: 'aud',
  },
];

export const FURTHER: readonly Field[] = [
  {
    name: 'subject',
    label: 'Subject',
    hint: 'arn:aws:iam::111122223333:role/app',
    kind: 'list',
    stage: 'claim',
    step: 'sub',
  },
  { name: 'exactlyOneAudience', label: 'No further audiences', hint: '', kind: 'switch', stage: 'claim' },
  { name: 'claims', label: 'Claims', hint: 'tenant=acme', kind: 'claims', stage: 'claim' },
  { name: 'scope', label: 'Scopes, all of them', hint: 'orders:write', kind: 'list', stage: 'policy' },
  { name: 'profile', label: 'Profile', hint: 'at+jwt', kind: 'text', stage: 'claim' },
  { name: 'typ', label: 'Type', hint: 'JWT', kind: 'text', stage: 'claim' },
  {
    name: 'clockTolerance',
    label: 'Clock tolerance, seconds',
    hint: String(CLOCK_TOLERANCE),
    kind: 'number',
    stage: 'claim',
    step: 'exp',
  },
  { name: 'maxTokenAge', label: 'Maximum age, seconds', hint: 'no limit', kind: 'number', stage: 'claim' },
];

export const AWS: readonly Field[] = [
  { name: 'accounts', label: 'Accounts', hint: '111122223333', kind: 'list', stage: 'policy' },
  {
    name: 'principals',
    label: 'Principals',
    hint: 'arn:aws:iam::111122223333:role/svc/*',
    kind: 'list',
    stage: 'policy',
  },
  { name: 'organizations', label: 'Organizations', hint: 'o-exampleorg1', kind: 'list', stage: 'policy' },
  {
    name: 'organizationalUnits',
    label: 'Organizational units',
    hint: 'o-exampleorg1/r-ab12',
    kind: 'list',
    stage: 'policy',
  },
  { name: 'regions', label: 'Regions', hint: 'eu-west-1', kind: 'list', stage: 'policy' },
  { name: 'principalTags', label: 'Principal tags', hint: 'team=edge', kind: 'tags', stage: 'policy' },
  {
    name: 'lambdaFunctions',
    label: 'Lambda functions',
    hint: 'arn:aws:lambda:*:111122223333:function:edge',
    kind: 'list',
    stage: 'policy',
  },
  {
    name: 'ec2Instances',
    label: 'EC2 instances',
    hint: 'arn:aws:ec2:*:111122223333:instance/*',
    kind: 'list',
    stage: 'policy',
  },
  { name: 'vpcs', label: 'VPCs', hint: 'vpc-0a1b2c3d', kind: 'list', stage: 'policy' },
  { name: 'sourceIdentities', label: 'Source identities', hint: 'alice', kind: 'list', stage: 'policy' },
  {
    name: 'originIdentities',
    label: 'Origin identities',
    hint: 'refuse',
    kind: 'choice',
    choices: ['allow', 'require'],
    stage: 'policy',
    step: 'sub',
  },
  {
    name: 'maxLifetime',
    label: 'Maximum lifetime, seconds',
    hint: String(MAX_LIFETIME),
    kind: 'number',
    stage: 'policy',
  },
];

/** The cross-checks that every policy includes. */
export const CROSS_CHECKS = [AWS_NAMESPACE, 'sub', 'iss', 'aws_account', 'principal_id'];
