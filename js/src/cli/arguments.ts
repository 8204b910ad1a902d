// The command line, taken apart.

import { parseArgs } from 'node:util';
import { usage } from './failure.js';
import { type Group, type OptionName, optionsOf } from './options.js';

/** The arguments of a command, each option's value not empty. */
export interface Arguments {
  /** The file or URL, if one was written. */
  operand: string | undefined;
  /** Whether a switch was written. */
  has(name: OptionName): boolean;
  /** The values of an option in their order. */
  all(name: OptionName): string[];
  /** The value of an option that has one. */
  one(name: OptionName): string | undefined;
}

const UNSET = 'Is it a variable of the shell that is not set?';

/** Takes the arguments behind a command's name apart. */
export function readArguments(args: string[], groups: readonly Group[]): Arguments {
  const { values, positionals } = parse(args, groups);
  if (positionals.length > 1) throw usage('There is more than one file or URL.');
  if (positionals[0] === '') throw usage('The name of the file is empty.', UNSET);
  const all = (name: OptionName): string[] => {
    const value = values[name];
    return Array.isArray(value) ? value.filter((each) => typeof each === 'string') : [];
  };
  for (const [name, { value, many }] of optionsOf(groups)) {
    if (value === undefined) continue;
    if (all(name).includes('')) throw usage(`--${name} is empty.`, UNSET);
    if (!many && all(name).length > 1) throw usage(`--${name} is written more than once.`);
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
    // Its first sentence; the rest is about words that begin with a dash.
    throw usage(`${(error as Error).message.split(/\.\s/)[0]!.replace(/\.$/, '')}.`);
  }
}

/** Refuses a token anywhere in an argument: behind `Bearer`, in JSON, as the value of an option that does not exist. */
export function refuseTokens(args: readonly string[]): void {
  if (!args.flatMap((text) => text.split(/[^\w.-]+/)).some(holdsToken)) return;
  throw usage(
    'A token is written on the command line, where the shell keeps it in its history and other users can see it.',
    'Send it to standard input, or name a file that holds it.',
  );
}

/** Whether a segment begins an object, and another one follows: `eyewitness.jwt` is a file. */
function holdsToken(word: string): boolean {
  const segments = word.replace(/^-+/, '').split('.');
  return segments.some((segment, index) => segments[index + 1] && /^\s*\{\s*"/.test(beginningOf(segment)));
}

/** The first octets of a segment; enough of them for an object that is indented. */
function beginningOf(segment: string): string {
  const length = Math.min(segment.length - (segment.length % 4), 64);
  return atob(segment.slice(0, length).replaceAll('-', '+').replaceAll('_', '/'));
}

/** A time: seconds since the epoch, or RFC 3339. */
export function readTime(text: string, name: OptionName): number {
  const isDate = /^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)$/.test(text);
  const seconds = isDate ? Date.parse(text.toUpperCase().replace(' ', 'T')) / 1000 : readSeconds(text, name);
  // Of 30 February a Date makes 2 March; of 24 o'clock the next day.
  const isDay = new Date(`${text.slice(0, 10)}T00:00:00Z`).getUTCDate() === Number(text.slice(8, 10));
  const isReal = !isDate || (isDay && Number(text.slice(11, 13)) < 24);
  if (Number.isFinite(seconds) && isReal) return seconds;
  throw usage(`--${name} is no time.`, 'Write seconds since the epoch, or RFC 3339 such as 2026-01-31T12:00:00Z.');
}

export function readSeconds(text: string, name: OptionName): number {
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text);
  throw usage(`--${name} must be a number of seconds.`);
}
