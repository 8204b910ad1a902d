// Formats text for terminals: colour, width and line breaks.

import { UNSAFE } from '../explanations/text.js';

/** The width of a standard terminal, in columns. */
export const WIDTH = 80;

const SGR = { bold: 1, dim: 2, inverse: 7, red: 31, green: 32, yellow: 33, cyan: 36 };

export type Style = keyof typeof SGR;

/** Styles a text, if colour is on. */
export type Paint = (text: string, ...styles: Style[]) => string;

export function painter(colour: boolean): Paint {
  return (text, ...styles) =>
    colour && styles.length > 0 && text ? `\x1b[${styles.map((style) => SGR[style]).join(';')}m${text}\x1b[0m` : text;
}

/** Returns JSON on one line, with unsafe characters escaped as `\\uXXXX`. */
export function jsonLine(value: unknown): string {
  const escaped = (unit: string): string => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
  return JSON.stringify(value).replace(UNSAFE, (char) => char.split('').map(escaped).join(''));
}

/** Returns the width of a text on a terminal, in columns. */
export function columns(text: string): number {
  return [...text].reduce((sum, char) => sum + columnsOf(char), 0);
}

/** Returns 0 for combining marks, 2 for wide characters (UAX #11), and 1 for all others. */
function columnsOf(char: string): number {
  if (char < '\u0300') return 1;
  if (/[\p{Mn}\p{Me}]/u.test(char)) return 0;
  return WIDE.test(char) ? 2 : 1;
}

/** Emoji, and the Unicode blocks that are East Asian Wide or Fullwidth. */
const WIDE =
  /[\p{Emoji_Presentation}\u1100-\u115f\u2329\u232a\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe10-\ufe19\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u2630-\u2637\u268a-\u268f\u{16fe0}-\u{18dff}\u{1aff0}-\u{1b2ff}\u{1d300}-\u{1d376}\u{1f200}-\u{1f265}\u{20000}-\u{3fffd}]/u;

/** Wraps a text to a width in columns. Words longer than the width are split. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  let left = width;
  for (const word of text.split(' ')) {
    const chars = [...word];
    let start = 0;
    if (line !== '' && (left < 1 || fitting(chars, start, left - 1) < chars.length)) {
      lines.push(line);
      line = '';
      left = width;
    } else if (line !== '') {
      line += ' ';
      left -= 1;
    }
    for (let end = fitting(chars, start, width); end < chars.length; end = fitting(chars, start, width)) {
      end = cutAt(chars, start, Math.max(end, start + 1));
      lines.push(chars.slice(start, end).join(''));
      start = end;
    }
    const last = chars.slice(start).join('');
    line += last;
    left -= columns(last);
  }
  return [...lines, line];
}

/** Returns the end of the longest piece from `start` that fits into a width in columns. */
function fitting(chars: readonly string[], start: number, width: number): number {
  let used = 0;
  for (let end = start; end < chars.length; end += 1) {
    used += columnsOf(chars[end]!);
    if (used > width) return end;
  }
  return chars.length;
}

/**
 * Returns where to split a long word: after the last separator of an ARN or URL, if that is near the end of the line,
 * otherwise at the end of the line.
 */
function cutAt(word: readonly string[], start: number, lineEnd: number): number {
  for (let end = lineEnd; end > lineEnd - 24 && end > start; end -= 1) if ('/:.,'.includes(word[end - 1]!)) return end;
  return lineEnd;
}

/** Returns the first lines, and a note with the number of omitted lines. */
export function limit(lines: string[], count: number): string[] {
  if (lines.length <= count) return lines;
  return [...lines.slice(0, count - 1), `… ${lines.length - count + 1} more lines; --json prints all`];
}
