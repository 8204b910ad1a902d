// `sts-jwt decode`: prints the unverified contents of a token.

import { decode } from 'sts-jwt';
import { explainClaim, explainHeaderParameter, type Meaning } from '../explanations/claims.js';
import { distance, visible } from '../explanations/text.js';
import type { Arguments } from './arguments.js';
import type { Result } from './commands.js';
import { readToken } from './input.js';
import type { Page } from './output.js';
import { readNow } from './policy.js';
import { show } from './print-steps.js';
import { columns } from './terminal-text.js';
import { dateAndDistance, printValidity } from './times.js';

/** If a name is longer than this, its value is on the next line. Otherwise one long name would indent all values. */
const LONG = 22;

/** Objects nested deeper than this are printed as JSON. */
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
      page.banner('UNVERIFIED', 'Nothing was checked: anyone may have written this.', 'yellow');
      page.heading('Header');
      printMembers(page, header, [], now, explainHeaderParameter);
      page.heading('Claims');
      printMembers(page, claims, [], now, explainClaim);
      page.blank();
      printValidity(page, claims.iat, claims.exp, now);
      page.row({ name: 'UNVERIFIED', value: 'Use verify before you trust any of this.', nameStyle: 'yellow' });
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
    const text = isOpen ? '' : formatValue(value, meaning?.kind, now);
    page.row({ name, value: text, indent, nameWidth, nameStyle: 'cyan' });
    if (meaning) page.text(meaning.text, indent + nameWidth, meaning.chosenByCaller ? 'yellow' : 'dim');
    if (isOpen) printMembers(page, value, [...path, name], now, explain);
  }
}

function formatValue(value: unknown, kind: Meaning['kind'], now: number): string | string[] {
  if (kind === 'time' && typeof value === 'number') return `${value}  ${dateAndDistance(value, now)}`;
  // Quoted, so the string is not mistaken for a number.
  if (kind === 'time' && typeof value === 'string') return JSON.stringify(value);
  const date = kind === 'date' && typeof value === 'string' ? Date.parse(value) / 1000 : NaN;
  if (!Number.isNaN(date)) return `${show(value)}  (${distance(date - now)})`;
  return Array.isArray(value) ? value.map(show) : show(value);
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && Object.keys(value).length > 0;
}
