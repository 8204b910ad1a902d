// Makes untrusted text safe to show, and formats durations.

/** @internal Characters that move the cursor, hide or reorder text, or look like a space. */
export const UNSAFE = /[\p{C}\p{Default_Ignorable_Code_Point}\u2800]|(?! )\p{Z}/gu;

/** Escapes control and invisible characters in untrusted text as `\\u{…}`. */
export function visible(text: string): string {
  return text.replace(UNSAFE, (char) => `\\u{${char.codePointAt(0)!.toString(16)}}`);
}

/** Formats a time relative to now: `in 4 min 12 s`. */
export function distance(seconds: number): string {
  if (Math.abs(seconds) < 1) return 'now';
  return seconds > 0 ? `in ${duration(seconds)}` : `${duration(seconds)} ago`;
}

/** A longer duration means that the date is nonsense. */
const LONGEST = 30_000 * 365 * 86_400;

const UNITS: readonly [number, string][] = [
  [365 * 86_400, 'years'],
  [86_400, 'd'],
  [3600, 'h'],
  [60, 'min'],
  [1, 's'],
];

/** Formats a duration in its two largest units: `4 min 12 s`. */
export function duration(seconds: number): string {
  if (!(Math.abs(seconds) < LONGEST)) return 'over 30,000 years';
  if (Math.abs(seconds) < 1) return `${Number(Math.abs(seconds).toFixed(3))} s`;
  let rest = Math.round(Math.abs(seconds));
  const index = UNITS.findIndex(([size]) => rest >= size);
  const parts: string[] = [];
  for (const [size, unit] of UNITS.slice(index, index + 2)) {
    const count = Math.floor(rest / size);
    if (count > 0) parts.push(`${count} ${unit}`);
    rest -= count * size;
  }
  return parts.join(' ');
}
