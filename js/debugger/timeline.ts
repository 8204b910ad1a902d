// Draws the lifetime of a token: a line from iat to exp, with the tolerance shaded and the current time marked.

import { distance } from '../src/explanations/text.js';
import { element } from './element.js';
import { localTime } from './format.js';

const NAMES: Readonly<Record<string, string>> = { iat: 'issued', nbf: 'not before', exp: 'expires' };

/** Labels closer than this, in percent of the line, are merged. */
const NEAR = 14;

/** Draws the times of the claims into `place`. */
export function drawTimes(
  place: HTMLElement,
  claims: Readonly<Record<string, unknown>>,
  tolerance: number,
  now: number,
): void {
  const times = Object.keys(NAMES).flatMap((name) => {
    const seconds = claims[name];
    return typeof seconds === 'number' && Number.isFinite(seconds) ? [{ name, seconds }] : [];
  });
  const list = element('dl', { class: 'times' });
  for (const { name, seconds } of times) list.append(...entry(name, NAMES[name]!, seconds, now));
  list.append(element('dt', {}, 'now'), element('dd', {}, localTime(now)));
  place.replaceChildren(...(times.length > 0 ? [lineOf(times, tolerance, now)] : []), list);
}

function entry(name: string, meaning: string, seconds: number, now: number): HTMLElement[] {
  const relative = element('span', { class: 'relative' }, distance(seconds - now));
  return [
    element('dt', {}, element('code', {}, name), ` ${meaning}`),
    element('dd', {}, `${localTime(seconds)} · `, relative),
  ];
}

function lineOf(times: readonly { name: string; seconds: number }[], tolerance: number, now: number): HTMLElement {
  const timeOf = (name: string): number | undefined => times.find((time) => time.name === name)?.seconds;
  const begin = Math.max(timeOf('iat') ?? -Infinity, timeOf('nbf') ?? -Infinity);
  const end = timeOf('exp') ?? Infinity;
  const all = [...times.map(({ seconds }) => seconds), now];
  const span = Math.max(Math.max(...all) - Math.min(...all), 60);
  const first = Math.min(...all) - span * 0.12;
  const length = span * 1.24;
  const percent = (seconds: number): number => Math.min(Math.max(((seconds - first) / length) * 100, 0), 100);

  const line = element('div', { class: 'line', role: 'img', 'aria-label': spoken(begin, end, tolerance, now) });
  const zone = (kind: string, from: number, to: number): void => {
    if (to > from) line.append(placed(element('div', { class: `zone ${kind}` }), percent(from), percent(to)));
  };
  if (Number.isFinite(begin)) zone('tolerance', begin - tolerance, begin);
  zone('valid', begin, end);
  if (Number.isFinite(end)) zone('tolerance', end, end + tolerance);
  for (const { names, percent: left } of labelsOf(
    times.map(({ name, seconds }) => ({ name, percent: percent(seconds) })),
  )) {
    line.append(placed(element('div', { class: 'mark' }, element('span', {}, names)), left));
  }
  line.append(placed(element('div', { class: 'mark now' }, element('span', {}, 'now')), percent(now)));
  return line;
}

function labelsOf(marks: { name: string; percent: number }[]): { names: string; percent: number }[] {
  const labels: { names: string; percent: number }[] = [];
  for (const { name, percent } of marks.sort((one, other) => one.percent - other.percent)) {
    const last = labels.at(-1);
    if (last && percent - last.percent < NEAR) last.names += ` ${name}`;
    else labels.push({ names: name, percent });
  }
  return labels;
}

function placed(mark: HTMLElement, left: number, right?: number): HTMLElement {
  mark.style.left = `${left}%`;
  if (right !== undefined) mark.style.width = `${right - left}%`;
  return mark;
}

function spoken(begin: number, end: number, tolerance: number, now: number): string {
  if (now >= end + tolerance) return 'Time line: the token has expired.';
  if (now >= end) return 'Time line: the token has expired, within the tolerance.';
  if (now < begin - tolerance) return 'Time line: the token is not yet valid.';
  return 'Time line: the token is valid now.';
}
