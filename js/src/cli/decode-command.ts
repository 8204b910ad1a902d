// `sts-jwt decode`: what a token says, which nobody vouches for.

import { decode } from 'sts-jwt';
import { explainClaim, explainHeaderParameter, type Meaning } from '../explanations/claims.js';
import { distance, visible } from '../explanations/text.js';
import type { Arguments } from './arguments.js';
import type { Result } from './commands.js';
import { readToken } from './input.js';
import type { Page } from './page.js';
import { readNow } from './policy.js';
import { show } from './print-steps.js';
import { columns } from './terminal-text.js';
import { dateAndDistance, printValidity } from './times.js';

/** The value of a longer name stands below it, so that all others need not stand far to the right. */
const LONG = 22;

/** Objects inside of more than so many others stay JSON. */
const MOST_DEPTH = 4;

export async function run(args: Arguments): Promise<Result> {
  const now = readNow(args);
  const { text, notes } = await readToken(args.operand);
  const { header, claims } = decode(text);
  return {
    exitStatus: 0,
    notes,
    json: { verified: false, header, claims },
    print(page) {
      page.banner('UNVERIFIED', 'Nothing was checked: anybody may have written this.', 'yellow');
      page.heading('Header');
      printMembers(page, header, [], now, explainHeaderParameter);
      page.heading('Claims');
      printMembers(page, claims, [], now, explainClaim);
      page.blank();
      printValidity(page, claims.iat, claims.exp, now);
      page.row({ name: 'UNVERIFIED', value: 'Use verify before you believe any of it.', nameStyle: 'yellow' });
    },
  };
}

type Explain = (...path: [string, ...string[]]) => Meaning | undefined;

function printMembers(page: Page, members: object, path: readonly string[], now: number, explain: Explain): void {
  const indent = 2 + 2 * path.length;
  const lengths = Object.keys(members).map((name) => columns(visible(name)));
  const nameWidth = Math.max(...lengths.filter((length) => length <= LONG), 2) + 2;
  for (const [name, value] of Object.entries(members)) {
    const meaning = explain(...(path as [string]), name);
    const isOpen = isObject(value) && path.length < MOST_DEPTH;
    const read = isOpen ? '' : readValue(value, meaning?.kind, now);
    page.row({ name, value: read, indent, nameWidth, nameStyle: 'cyan' });
    if (meaning) page.text(meaning.text, indent + nameWidth, meaning.chosenByCaller ? 'yellow' : 'dim');
    if (isOpen) printMembers(page, value, [...path, name], now, explain);
  }
}

function readValue(value: unknown, kind: Meaning['kind'], now: number): string | string[] {
  if (kind === 'time' && typeof value === 'number') return `${value}  ${dateAndDistance(value, now)}`;
  // As a string it looks like the number that it should be.
  if (kind === 'time' && typeof value === 'string') return JSON.stringify(value);
  const date = kind === 'date' && typeof value === 'string' ? Date.parse(value) / 1000 : NaN;
  if (!Number.isNaN(date)) return `${show(value)}  (${distance(date - now)})`;
  return Array.isArray(value) ? value.map(show) : show(value);
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && Object.keys(value).length > 0;
}
