// From the command line to the options of verify().

import type { AwsPolicy } from '../aws/aws.js';
import type { Algorithm, VerifyOptions } from '../core/types.js';
import { type Arguments, readSeconds, readTime } from './arguments.js';
import { usage } from './failure.js';
import { type OptionName, optionsOf } from './options.js';

/** What the arguments expect of a token. All failures are wanted, not only the first. */
export function readPolicy(args: Arguments): VerifyOptions & { now: number } {
  const algorithms = args.all('algorithm') as Algorithm[];
  const subject = args.all('subject');
  const requiredClaims = args.all('require');
  return {
    issuer: expected(args, 'issuer', 'any-issuer'),
    audience: expected(args, 'audience', 'any-audience'),
    ...(algorithms.length ? { algorithms } : {}),
    ...(subject.length ? { subject } : {}),
    ...given('typ', args.one('typ')),
    ...given('clockTolerance', seconds(args, 'clock-tolerance')),
    ...given('maxTokenAge', seconds(args, 'max-token-age')),
    ...(requiredClaims.length ? { requiredClaims } : {}),
    ...(args.has('allow-missing-exp') ? { allowMissingExp: true } : {}),
    ...given('aws', readAwsPolicy(args)),
    now: readNow(args),
  };
}

/** The time to decide at. */
export function readNow(args: Arguments): number {
  const now = args.one('now');
  return now === undefined ? Date.now() / 1000 : readTime(now, 'now');
}

/** The names that an option lists; `null` only where that is written. */
function expected(args: Arguments, name: 'issuer' | 'audience', any: 'any-issuer' | 'any-audience'): string[] | null {
  const values = args.all(name);
  if (args.has(any)) {
    if (values.length > 0) throw usage(`--${name} and --${any} contradict each other.`);
    return null;
  }
  if (values.length > 0) return values;
  throw usage(`--${name} is missing.`, `Write which ${name} you accept, or --${any} to check none.`);
}

/** The lists of the policy, by the option that adds to them. */
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

/** Every other option whose value the library may refuse, by its name there. */
const OTHERS: Readonly<Record<string, OptionName>> = {
  algorithms: 'algorithm',
  clockTolerance: 'clock-tolerance',
  issuerSuffixes: 'issuer-suffix',
  maxLifetime: 'max-lifetime',
  maxTokenAge: 'max-token-age',
  principalTags: 'tag',
  requiredClaims: 'require',
};

/** The library's message with the option that was written, which has one value where the library has an array. */
export function asWritten(message: string): string {
  const [, field = '', problem = ''] = /^option "(?:aws\.)?(\w+)[^"]*" (.*)$/s.exec(message) ?? [];
  const [name] = Object.entries(LISTS).find(([, list]) => list === field) ?? [OTHERS[field] ?? field];
  if (name === '') return message;
  return `--${name} ${problem.replace('a non-empty array of', 'one of').replace(/an array of (strings (of )?)?/, '')}`;
}

function readAwsPolicy(args: Arguments): AwsPolicy | undefined {
  const isAsked = optionsOf(['aws']).some(([name]) => args.has(name) || args.all(name).length > 0);
  if (!isAsked) return undefined;
  const lists = (Object.entries(LISTS) as [keyof typeof LISTS, string][])
    .map(([name, field]): [string, string[]] => [field, args.all(name)])
    .filter(([, values]) => values.length > 0);
  return {
    ...Object.fromEntries(lists),
    ...given('principalTags', pairs(args, 'tag')),
    ...given('maxLifetime', seconds(args, 'max-lifetime')),
    ...given('issuerSuffixes', pairs(args, 'issuer-suffix')),
  };
}

/** `key=value`, with all values of a key together; a key has no `=` in it. */
function pairs(args: Arguments, name: 'tag' | 'issuer-suffix'): Record<string, string[]> | undefined {
  const values = new Map<string, string[]>();
  for (const text of args.all(name)) {
    const [, key, value] = /^([^=]+)=(.*)$/s.exec(text) ?? [];
    if (key === undefined || value === undefined) throw usage(`--${name} must be written with "=" behind a name.`);
    values.set(key, [...(values.get(key) ?? []), value]);
  }
  return values.size > 0 ? Object.fromEntries(values) : undefined;
}

function seconds(args: Arguments, name: OptionName): number | undefined {
  const text = args.one(name);
  return text === undefined ? undefined : readSeconds(text, name);
}

/** A member, unless its value is undefined. */
function given<N extends string, V>(name: N, value: V | undefined): { [name in N]?: V } {
  return (value === undefined ? {} : { [name]: value }) as { [name in N]?: V };
}
