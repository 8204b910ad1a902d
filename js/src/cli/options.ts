// Every option: its value, its text, and where it belongs.

import { CLOCK_TOLERANCE, MAX_LIFETIME } from '../generated/facts.js';

/** Options that come together. */
export type Group = 'jwks' | 'loopback' | 'expectations' | 'time' | 'aws' | 'output';

export interface Option {
  group: Group;
  /** The placeholder of its value; none for a switch. */
  value?: string;
  /** Whether it may be written several times, each adding one. */
  many?: true;
  text: string;
}

export const TITLES: Readonly<Record<Group, string>> = {
  jwks: 'Keys',
  loopback: 'Keys',
  expectations: 'What is expected; --issuer and --audience, unless --any-… is written',
  time: 'Time',
  aws: 'AWS policy; every one adds the cross-checks of --aws',
  output: 'Output',
};

const many = true;

export const OPTIONS = {
  jwks: {
    group: 'jwks',
    value: 'file or URL',
    text: 'The JWK Set. Default of verify and explain: <issuer>/.well-known/jwks.json, with exactly one --issuer.',
  },
  'allow-loopback-http': { group: 'loopback', text: 'The issuer may be http on this very machine.' },

  issuer: { group: 'expectations', value: 'iss', many, text: 'Accepts this "iss", to the letter.' },
  'any-issuer': { group: 'expectations', text: 'Does not check "iss".' },
  audience: { group: 'expectations', value: 'aud', many, text: 'Accepts tokens for this audience.' },
  'any-audience': { group: 'expectations', text: 'Does not check "aud".' },
  algorithm: { group: 'expectations', value: 'alg', many, text: 'Accepts this algorithm. Default: ES384 and RS256.' },
  subject: { group: 'expectations', value: 'sub', many, text: 'Accepts this "sub", to the letter.' },
  typ: { group: 'expectations', value: 'typ', text: 'Expects this "typ" in the header.' },
  'clock-tolerance': {
    group: 'expectations',
    value: 'seconds',
    text: `How far clocks may differ. Default: ${CLOCK_TOLERANCE}.`,
  },
  'max-token-age': { group: 'expectations', value: 'seconds', text: 'The largest age since "iat".' },
  require: {
    group: 'expectations',
    value: 'claim',
    many,
    text: 'This claim must be there, a name or a path; all of them.',
  },
  'allow-missing-exp': { group: 'expectations', text: 'Accepts a token without "exp".' },
  now: { group: 'time', value: 'time', text: 'Decides as if it were this time: seconds since the epoch or RFC 3339.' },

  aws: { group: 'aws', text: 'The claims of AWS must be there and agree with each other.' },
  account: { group: 'aws', value: '12 digits', many, text: 'Accepts this account.' },
  organization: { group: 'aws', value: 'o-…', many, text: 'Accepts this organization.' },
  ou: { group: 'aws', value: 'path', many, text: 'Accepts this organizational unit and those below it.' },
  principal: {
    group: 'aws',
    value: 'ARN',
    many,
    text: 'Accepts principals like this: * within a segment, ** across /.',
  },
  region: { group: 'aws', value: 'region', many, text: 'Accepts tokens of the STS endpoint of this region.' },
  tag: {
    group: 'aws',
    value: 'key=value',
    many,
    text: 'The principal must have this tag; of one key any of its values.',
  },
  'lambda-function': { group: 'aws', value: 'ARN', many, text: 'Accepts Lambda functions like this.' },
  'ec2-instance': { group: 'aws', value: 'ARN', many, text: 'Accepts EC2 instances like this.' },
  vpc: { group: 'aws', value: 'vpc-…', many, text: 'Accepts EC2 instances in this VPC.' },
  'source-identity': { group: 'aws', value: 'name', many, text: 'Accepts this source identity.' },
  'max-lifetime': { group: 'aws', value: 'seconds', text: `The longest "exp" − "iat". Default: ${MAX_LIFETIME}.` },
  'issuer-suffix': {
    group: 'aws',
    value: 'partition=host',
    many,
    text: "One more host of a partition's issuers, for test issuers.",
  },

  json: { group: 'output', text: 'One JSON object on one line, for machines.' },
  color: { group: 'output', text: 'Colour, whatever the output is. Default: on a terminal; NO_COLOR, FORCE_COLOR.' },
  'no-color': { group: 'output', text: 'No colour.' },
  help: { group: 'output', text: 'This text.' },
  version: { group: 'output', text: 'The version of the package.' },
} as const satisfies Record<string, Option>;

export type OptionName = keyof typeof OPTIONS;

/** `expectations` bring `time`, which another command has alone. */
export function optionsOf(groups: readonly Group[]): [OptionName, Option][] {
  const all = new Set<Group>(groups);
  if (all.has('expectations')) all.add('time');
  return (Object.entries(OPTIONS) as [OptionName, Option][]).filter(([, { group }]) => all.has(group));
}
