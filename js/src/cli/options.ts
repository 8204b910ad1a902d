// The options: value, description and group of each.

import { CLOCK_TOLERANCE, MAX_LIFETIME } from '../generated/facts.js';

/** Groups of options. A command takes whole groups. */
export type Group = 'jwks' | 'discovery' | 'loopback' | 'expectations' | 'time' | 'aws' | 'output';

export interface Option {
  group: Group;
  /** The placeholder of the value; absent for a switch. */
  value?: string;
  /** Whether the option can be repeated. */
  many?: true;
  text: string;
}

export const TITLES: Readonly<Record<Group, string>> = {
  jwks: 'Keys',
  discovery: 'Keys',
  loopback: 'Keys',
  expectations: 'Expectations; --issuer and --audience are required, unless --any-… is given',
  time: 'Time',
  aws: 'AWS policy; each option includes the cross-checks of --aws',
  output: 'Output',
};

const many = true;

export const OPTIONS = {
  jwks: {
    group: 'jwks',
    value: 'file or URL',
    text: 'The JWK Set. Default of verify and explain: the key set of the only --issuer.',
  },
  discovery: {
    group: 'discovery',
    text: "Finds the key set through the issuer's discovery document. Default, except for issuers of AWS STS.",
  },
  'no-discovery': {
    group: 'discovery',
    text: 'Fetches the key set from <issuer>/.well-known/jwks.json. Default for issuers of AWS STS.',
  },
  'allow-loopback-http': { group: 'loopback', text: 'Allows an http issuer on this machine.' },

  issuer: { group: 'expectations', value: 'iss', many, text: 'Accepts exactly this "iss".' },
  'any-issuer': { group: 'expectations', text: 'Does not check "iss".' },
  audience: { group: 'expectations', value: 'aud', many, text: 'Accepts tokens for this audience.' },
  'any-audience': { group: 'expectations', text: 'Does not check "aud".' },
  'exactly-one-audience': { group: 'expectations', text: 'Rejects a token that has further audiences.' },
  algorithm: { group: 'expectations', value: 'alg', many, text: 'Accepts this algorithm. Default: ES384 and RS256.' },
  subject: { group: 'expectations', value: 'sub', many, text: 'Accepts exactly this "sub".' },
  typ: { group: 'expectations', value: 'typ', text: 'Expects this "typ" in the header.' },
  profile: { group: 'expectations', value: 'at+jwt', text: 'Requires an OAuth access token (RFC 9068).' },
  'clock-tolerance': {
    group: 'expectations',
    value: 'seconds',
    text: `How much clocks may differ. Default: ${CLOCK_TOLERANCE}.`,
  },
  'max-token-age': { group: 'expectations', value: 'seconds', text: 'The maximum age, counted from "iat".' },
  require: {
    group: 'expectations',
    value: 'claim',
    many,
    text: 'Requires this claim, given as a name or path. If repeated, all are required.',
  },
  claim: {
    group: 'expectations',
    value: 'name=value',
    many,
    text: 'Requires this value of a claim, given as a name or path; name:=5 is a number, name:=true a boolean. If a name is repeated, any of its values is accepted.',
  },
  scope: { group: 'expectations', value: 'scope', many, text: 'Requires this scope. If repeated, all are required.' },
  'allow-missing-exp': { group: 'expectations', text: 'Accepts a token without "exp".' },
  now: { group: 'time', value: 'time', text: 'Replaces the current time: seconds since the epoch, or RFC 3339.' },

  aws: { group: 'aws', text: 'Requires the AWS claims and checks that they are consistent.' },
  account: { group: 'aws', value: '12 digits', many, text: 'Accepts this account.' },
  organization: { group: 'aws', value: 'o-…', many, text: 'Accepts this organization.' },
  ou: { group: 'aws', value: 'path', many, text: 'Accepts this organizational unit and those below it.' },
  principal: {
    group: 'aws',
    value: 'ARN',
    many,
    text: 'Accepts principals that match: * within a segment, ** across slashes.',
  },
  region: { group: 'aws', value: 'region', many, text: 'Accepts tokens from the STS endpoint of this region.' },
  tag: {
    group: 'aws',
    value: 'key=value',
    many,
    text: 'Requires this tag of the principal. If a key is repeated, any of its values is accepted.',
  },
  'lambda-function': { group: 'aws', value: 'ARN', many, text: 'Accepts Lambda functions that match this pattern.' },
  'ec2-instance': { group: 'aws', value: 'ARN', many, text: 'Accepts EC2 instances that match this pattern.' },
  vpc: { group: 'aws', value: 'vpc-…', many, text: 'Accepts EC2 instances in this VPC.' },
  'source-identity': { group: 'aws', value: 'name', many, text: 'Accepts this source identity.' },
  'max-lifetime': { group: 'aws', value: 'seconds', text: `The longest "exp" − "iat". Default: ${MAX_LIFETIME}.` },
  'origin-identities': {
    group: 'aws',
    value: 'mode',
    text: 'Whether "sub" may name the person or workload behind the session: refuse, allow or require. Default: refuse.',
  },
  'issuer-suffix': {
    group: 'aws',
    value: 'partition=host',
    many,
    text: 'Adds an issuer host to a partition, for test issuers.',
  },

  json: { group: 'output', text: 'Prints one JSON object on one line, for machines.' },
  color: {
    group: 'output',
    text: 'Always prints in colour. Default: on a terminal, subject to NO_COLOR and FORCE_COLOR.',
  },
  'no-color': { group: 'output', text: 'Never prints in colour.' },
  help: { group: 'output', text: 'Prints this help.' },
  version: { group: 'output', text: 'Prints the version of the package.' },
} as const satisfies Record<string, Option>;

export type OptionName = keyof typeof OPTIONS;

/** Returns the options of some groups. The group `expectations` includes `time`; the command `decode` uses `time` alone. */
export function optionsOf(groups: readonly Group[]): [OptionName, Option][] {
  const all = new Set<Group>(groups);
  if (all.has('expectations')) all.add('time');
  return (Object.entries(OPTIONS) as [OptionName, Option][]).filter(([, { group }]) => all.has(group));
}
