// Formats times: as a local date, relative to now, and as a bar.

import { distance, duration } from '../explanations/text.js';
import type { Page } from './output.js';
import { WIDTH } from './terminal-text.js';

/** Formats a time as in `2026-01-31 13:00:00 +01:00`. Returns `undefined` if it is outside the range of `Date`. */
export function localDate(seconds: number): string | undefined {
  const date = new Date(seconds * 1000);
  if (Number.isNaN(date.getTime())) return undefined;
  const offset = -date.getTimezoneOffset();
  const local = new Date(date.getTime() + offset * 60_000);
  // Near the end of the range of `Date`, adding the offset may exceed the range.
  if (Number.isNaN(local.getTime())) return undefined;
  const [day = '', time = ''] = local.toISOString().split('T');
  const two = (number: number): string => String(Math.trunc(Math.abs(number))).padStart(2, '0');
  return `${day} ${time.slice(0, 8)} ${offset < 0 ? '-' : '+'}${two(offset / 60)}:${two(offset % 60)}`;
}

/** Formats a time as a local date and relative to now. */
export function dateAndDistance(seconds: number, now: number): string {
  const date = localDate(seconds);
  return date === undefined ? `${seconds} (out of range for a date)` : `${date} (${distance(seconds - now)})`;
}

/** Prints when a token was issued and when it expires. */
export function printTimes(page: Page, iat: unknown, exp: unknown, now: number): void {
  const row = (name: string, time: unknown): void => {
    if (typeof time === 'number') page.row({ name, value: dateAndDistance(time, now), nameStyle: 'dim' });
  };
  row('issued', iat);
  row('expires', exp);
}

/** Prints the lifetime of a token as a bar that marks the current time. */
export function printValidity(page: Page, iat: unknown, exp: unknown, now: number): void {
  if (typeof iat !== 'number' || typeof exp !== 'number' || !(exp > iat)) return;
  const label =
    now >= exp ? 'expired' : now < iat ? 'not yet valid' : `${duration(exp - now)} left of ${duration(exp - iat)}`;
  const width = WIDTH - 14 - label.length - 2;
  page.lines.push(`  ${page.paint('validity', 'dim')}    ${bar(page, (now - iat) / (exp - iat), width)}  ${label}`);
}

function bar({ paint }: Page, part: number, width: number): string {
  if (part >= 1) return `${paint('━'.repeat(width - 1), 'dim')}${paint('●', 'red')}`;
  if (part < 0) return `${paint('●', 'yellow')}${paint('─'.repeat(width - 1), 'dim')}`;
  const position = Math.min(Math.floor(part * width), width - 1);
  const style = part > 0.9 ? 'yellow' : 'green';
  return `${paint('━'.repeat(position), 'dim')}${paint('●', style)}${paint('─'.repeat(width - 1 - position), style)}`;
}
