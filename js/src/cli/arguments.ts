// Parses the command line.

import { parseArgs } from 'node:util';
import { usage } from './failure.js';
import { type Group, type OptionName, optionsOf } from './options.js';

/** The arguments of a command. No value is empty. */
export interface Arguments {
  /** The file or URL, if given. */
  operand: string | undefined;
  /** Whether a switch was given. */
  has(name: OptionName): boolean;
  /** Returns all values of an option, in order. */
  all(name: OptionName): string[];
  /** Returns the value of an option, if given. */
  one(name: OptionName): string | undefined;
}

/** The beginning of Node's message about an unknown option. */
const UNKNOWN = 'Unknown option';

const UNSET = 'Is a shell variable unset?';

/** Parses the arguments that follow the name of a command. */
export function readArguments(args: string[], groups: readonly Group[]): Arguments {
  const { values, positionals } = parse(args, groups);
  if (positionals.length > 1) throw usage('More than one file or URL was given.');
  if (positionals[0] === '') throw usage('The file name is empty.', UNSET);
  const all = (name: OptionName): string[] => {
    const value = values[name];
    return Array.isArray(value) ? value.filter((each) => typeof each === 'string') : [];
  };
  for (const [name, { value, many }] of optionsOf(groups)) {
    if (value === undefined) continue;
    if (all(name).includes('')) throw usage(`--${name} is empty.`, UNSET);
    if (!many && all(name).length > 1) throw usage(`--${name} was given more than once.`);
  }
  return { operand: positionals[0], has: (name) => values[name] === true, all, one: (name) => all(name)[0] };
}

function parse(args: string[], groups: readonly Group[]): ReturnType<typeof parseArgs> {
  const options: Record<string, { type: 'string' | 'boolean'; short?: string; multiple?: boolean }> = {};
  for (const [name, { value }] of optionsOf(groups)) {
    options[name] = value === undefined ? { type: 'boolean' } : { type: 'string', multiple: true };
  }
  options['help'] = { type: 'boolean', short: 'h' };
  try {
    return parseArgs({ args, options, allowPositionals: true });
  } catch (error) {
    // The first sentence of Node's message describes the mistake. The rest explains how to pass arguments that begin with a dash.
    const sentence = (error as Error).message.split(/\.\s/)[0]!.replace(/\.$/, '');
    // An argument that does not look like the name of an option may be a secret.
    const isSecret = sentence.startsWith(UNKNOWN) && !/^ '--?[a-z][a-z-]{0,30}'$/.test(sentence.slice(UNKNOWN.length));
    throw usage(`${isSecret ? UNKNOWN : sentence}.`);
  }
}

/** Rejects a token anywhere in the arguments: after `Bearer`, within JSON, or as the value of an unknown option. */
export function rejectTokens(args: readonly string[]): void {
  if (!args.flatMap((text) => text.split(/[^\w.-]+/)).some(holdsToken)) return;
  throw usage(
    'A token was given on the command line, where the shell history keeps it and other users can see it.',
    'Pass it on standard input, or name a file that contains it.',
  );
}

/**
 * Whether a word looks like a token: one of its segments decodes to the beginning of a JSON object, and another segment
 * follows. False for a file name such as `eyewitness.jwt`.
 */
function holdsToken(word: string): boolean {
  const segments = word.replace(/^-+/, '').split('.');
  return segments.some((segment, index) => segments[index + 1] && /^\s*\{\s*"/.test(beginningOf(segment)));
}

/** Decodes the first 48 octets of a segment: enough to see the beginning of an indented object. */
function beginningOf(segment: string): string {
  const length = Math.min(segment.length - (segment.length % 4), 64);
  return atob(segment.slice(0, length).replaceAll('-', '+').replaceAll('_', '/'));
}

/** Parses a time: seconds since the epoch, or RFC 3339. */
export function readTime(text: string, name: OptionName): number {
  const isDate = /^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)$/.test(text);
  const seconds = isDate ? Date.parse(text.toUpperCase().replace(' ', 'T')) / 1000 : readSeconds(text, name);
  // Date.parse() turns 30 February into 2 March, and 24:00 into the next day.
  const isDay = new Date(`${text.slice(0, 10)}T00:00:00Z`).getUTCDate() === Number(text.slice(8, 10));
  const isReal = !isDate || (isDay && Number(text.slice(11, 13)) < 24);
  if (Number.isFinite(seconds) && isReal) return seconds;
  throw usage(`--${name} is not a valid time.`, 'Use seconds since the epoch, or RFC 3339 as in 2026-01-31T12:00:00Z.');
}

export function readSeconds(text: string, name: OptionName): number {
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text);
  throw usage(`--${name} must be a number of seconds.`);
}
