// Text for terminals: coloured, and fitted into lines.

import { UNSAFE } from '../explanations/text.js';

/** The columns of the narrowest usual terminal. */
export const WIDTH = 80;

const SGR = { bold: 1, dim: 2, inverse: 7, red: 31, green: 32, yellow: 33, cyan: 36 };

export type Style = keyof typeof SGR;

/** Gives a text styles, if there is colour. */
export type Paint = (text: string, ...styles: Style[]) => string;

export function painter(colour: boolean): Paint {
  return (text, ...styles) =>
    colour && styles.length > 0 && text ? `\x1b[${styles.map((style) => SGR[style]).join(';')}m${text}\x1b[0m` : text;
}

/** JSON on one line, with the same characters escaped as JSON does it. */
export function jsonLine(value: unknown): string {
  const escape = (unit: string): string => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
  return JSON.stringify(value).replace(UNSAFE, (char) => char.split('').map(escape).join(''));
}

/** Lines of at most so many code points, which most terminals show in a column each; words that are longer are cut. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line: string[] = [];
  for (const word of text.split(' ')) {
    let rest = [...word];
    if (line.length > 0 && line.length + 1 + rest.length > width) {
      lines.push(line.join(''));
      line = [];
    } else if (line.length > 0) {
      line.push(' ');
    }
    while (rest.length > width) {
      const end = cutAt(rest, width);
      lines.push(rest.slice(0, end).join(''));
      rest = rest.slice(end);
    }
    line.push(...rest);
  }
  return [...lines, line.join('')];
}

/** Where a word that is too long is cut: behind a separator of ARNs and URLs, if there is one near. */
function cutAt(word: readonly string[], width: number): number {
  for (let end = width; end > width - 24 && end > 0; end -= 1) if ('/:.,'.includes(word[end - 1]!)) return end;
  return width;
}

/** The first lines, and how much more there is. */
export function limit(lines: string[], most: number): string[] {
  if (lines.length <= most) return lines;
  return [...lines.slice(0, most - 1), `… ${lines.length - most + 1} more lines; --json has all`];
}
