// Output for people: escapes untrusted text, and wraps text to the width of the terminal.

import { visible } from '../explanations/text.js';
import { columns, limit, type Paint, type Style, WIDTH, wrap } from './terminal-text.js';

/** Maximum number of lines of one value. */
const MOST_LINES = 8;

export interface Row {
  name: string;
  value: string | readonly string[];
  /** Number of columns before the row. */
  indent?: number;
  /** Number of columns for the name, including the space after it. */
  nameWidth?: number;
  /** One character before the name, such as ✓. */
  mark?: string;
  markStyle?: Style;
  nameStyle?: Style;
  valueStyle?: Style;
}

export class Page {
  readonly lines: string[] = [];

  constructor(readonly paint: Paint) {}

  /** Adds a verdict, its subject, and an optional line of detail. */
  banner(verdict: string, text: string, style: Style, detail?: string): void {
    // In colour, the verdict is a box with a space on both sides.
    const flag = this.paint(` ${verdict} `, 'inverse', 'bold', style).trim();
    const left = flag === verdict ? verdict.length + 2 : verdict.length + 4;
    const [first = '', ...rest] = wrap(visible(text), WIDTH - left).map((line) => this.paint(line, 'bold'));
    this.lines.push(`${flag}  ${first}`, ...rest.map((line) => ' '.repeat(left) + line));
    if (detail !== undefined) this.text(detail, left, 'dim');
  }

  blank(): void {
    this.lines.push('');
  }

  heading(text: string): void {
    if (this.lines.length > 0) this.blank();
    for (const line of wrap(visible(text), WIDTH)) this.lines.push(this.paint(line, 'bold'));
  }

  text(text: string, indent = 0, ...styles: Style[]): void {
    for (const line of wrap(visible(text), WIDTH - indent))
      this.lines.push(' '.repeat(indent) + this.paint(line, ...styles));
  }

  /** Adds a name with its value on the same line, or below it if the name is long. */
  row({ name, value, indent = 2, nameWidth = 12, mark, markStyle, nameStyle, valueStyle }: Row): void {
    const names = wrap(visible(name), WIDTH - indent - 2);
    const start = ' '.repeat(indent) + (mark === undefined ? '' : `${this.paint(mark, ...styles(markStyle))} `);
    const left = indent + (mark === undefined ? 0 : 2) + nameWidth;
    const lines = names.map(
      (line, i) => (i === 0 ? start : ' '.repeat(indent)) + this.paint(line, ...styles(nameStyle)),
    );
    const values = limit(
      [value].flat().flatMap((each) => wrap(visible(each), WIDTH - left)),
      MOST_LINES,
    );
    const shown = values.map((line) => this.paint(line, ...styles(valueStyle)));
    const length = columns(names[0]!);
    const fits = names.length === 1 && (length < nameWidth || name === '');
    if (fits) lines[0] += ' '.repeat(nameWidth - length) + (shown.shift() ?? '');
    this.lines.push(...lines, ...shown.filter(Boolean).map((line) => ' '.repeat(left) + line));
  }

  toString(): string {
    return this.lines.map((line) => `${line.trimEnd()}\n`).join('');
  }
}

function styles(style: Style | undefined): Style[] {
  return style === undefined ? [] : [style];
}
