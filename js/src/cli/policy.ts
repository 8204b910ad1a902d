// Converts the command line to the options of verify().

import type { AwsPolicy } from '../aws/aws.js';
import type { Algorithm, ClaimValue, VerifyOptions } from '../core/types.js';
import { readClaimValue } from '../explanations/claim-value.js';
import { type Arguments, readSeconds, readTime } from './arguments.js';
import { usage } from './failure.js';
import { OPTIONS, type OptionName, optionsOf } from './options.js';

/** Returns the options of verify() for the arguments. */
export function readPolicy(args: Arguments): VerifyOptions & { now: number } {
  const algorithms = args.all('algorithm') as Algorithm[];
  const subject = args.all('subject');
  const requiredClaims = args.all('require');
  const scope = args.all('scope');
  return {
    issuer: acceptedValues(args, 'issuer', 'any-issuer'),
    audience: acceptedValues(args, 'audience', 'any-audience'),
    ...(args.has('exactly-one-audience') ? { exactlyOneAudience: true } : {}),
    ...(algorithms.length ? { algorithms } : {}),
    ...(subject.length ? { subject } : {}),
    ...optional('typ', args.one('typ')),
    ...optional('profile', args.one('profile') as 'at+jwt' | undefined),
    ...optional('clockTolerance', seconds(args, 'clock-tolerance')),
    ...optional('maxTokenAge', seconds(args, 'max-token-age')),
    ...(requiredClaims.length ? { requiredClaims } : {}),
    ...optional('claims', grouped(args, 'claim', readClaimValue)),
    ...(scope.length ? { scope } : {}),
    ...(args.has('allow-missing-exp') ? { allowMissingExp: true } : {}),
    ...optional('aws', readAwsPolicy(args)),
    now: readNow(args),
  };
}

/** Returns `--now`, or the current time. */
export function readNow(args: Arguments): number {
  const now = args.one('now');
  return now === undefined ? Date.now() / 1000 : readTime(now, 'now');
}

/** Returns the values of an option, or `null` to skip the check if the `--any-…` switch was given. */
function acceptedValues(
  args: Arguments,
  name: 'issuer' | 'audience',
  any: 'any-issuer' | 'any-audience',
): string[] | null {
  const values = args.all(name);
  if (args.has(any)) {
    if (values.length > 0) throw usage(`--${name} and --${any} contradict each other.`);
    return null;
  }
  if (values.length > 0) return values;
  throw usage(`--${name} is missing.`, `Give the ${name} that you accept, or --${any} to skip the check.`);
}

/** The lists of the AWS policy, by the command-line option that adds an entry. */
const LISTS = {
  account: 'accounts',
  organization: 'organizations',
  ou: 'organizationalUnits',
  principal: 'principals',
  region: 'regions',
  'lambda-function': 'lambdaFunctions',
  'ec2-instance': 'ec2Instances',
  vpc: 'vpcs',
  'source-identity': 'sourceIdentities',
} as const satisfies Partial<Record<OptionName, keyof AwsPolicy>>;

/** All other options with a value that the library may reject, by their names in the library. */
const OTHERS: Readonly<Record<string, OptionName>> = {
  algorithms: 'algorithm',
  claims: 'claim',
  clockTolerance: 'clock-tolerance',
  issuerSuffixes: 'issuer-suffix',
  maxLifetime: 'max-lifetime',
  maxTokenAge: 'max-token-age',
  originIdentities: 'origin-identities',
  principalTags: 'tag',
  requiredClaims: 'require',
};

/**
 * Rewrites a message of the library for the command line, where the option has another name and takes a single value
 * instead of an array.
 */
export function asWritten(message: string): string {
  const [, field = '', problem = ''] = /^option "(?:aws\.)?(\w+)(?:[^\w"][^"]*)?" (.*)$/s.exec(message) ?? [];
  const [name] = Object.entries(LISTS).find(([, list]) => list === field) ?? [OTHERS[field] ?? field];
  if (name === '') return message;
  return `--${name} ${problem.replace(/an? (?:non-empty )?array of (?:strings (?:of )?)?/, '')}`;
}

function readAwsPolicy(args: Arguments): AwsPolicy | undefined {
  const isAsked = optionsOf(['aws']).some(([name]) => args.has(name) || args.all(name).length > 0);
  if (!isAsked) return undefined;
  const lists = (Object.entries(LISTS) as [keyof typeof LISTS, string][])
    .map(([name, field]): [string, string[]] => [field, args.all(name)])
    .filter(([, values]) => values.length > 0);
  return {
    ...Object.fromEntries(lists),
    ...optional('principalTags', grouped(args, 'tag', pair)),
    ...optional('maxLifetime', seconds(args, 'max-lifetime')),
    ...optional('originIdentities', args.one('origin-identities') as AwsPolicy['originIdentities']),
    ...optional('issuerSuffixes', grouped(args, 'issuer-suffix', pair)),
  };
}

/** Parses `key=value` arguments and groups the values by key. */
function grouped<Value extends ClaimValue>(
  args: Arguments,
  name: 'tag' | 'issuer-suffix' | 'claim',
  read: (text: string) => [key: string, value: Value] | undefined,
): Record<string, Value[]> | undefined {
  const values = new Map<string, Value[]>();
  for (const text of args.all(name)) {
    const entry = read(text);
    if (entry === undefined) throw usage(`--${name} must have the form ${OPTIONS[name].value}.`);
    const [key, value] = entry;
    values.set(key, [...(values.get(key) ?? []), value]);
  }
  return values.size > 0 ? Object.fromEntries(values) : undefined;
}

/** Parses `key=value`. The key ends at the first `=`. */
function pair(text: string): [key: string, value: string] | undefined {
  const [, key, value] = /^([^=]+)=(.*)$/s.exec(text) ?? [];
  return key === undefined || value === undefined ? undefined : [key, value];
}

function seconds(args: Arguments, name: OptionName): number | undefined {
  const text = args.one(name);
  return text === undefined ? undefined : readSeconds(text, name);
}

/** Returns an object with this member, or an empty object if the value is undefined. */
function optional<N extends string, V>(name: N, value: V | undefined): { [name in N]?: V } {
  return (value === undefined ? {} : { [name]: value }) as { [name in N]?: V };
}
