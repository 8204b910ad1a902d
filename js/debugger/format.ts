// Formats dates.

const LOCAL = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'long' });

/** The last time that a JavaScript `Date` can represent, in seconds. */
const LAST_DATE = 8.64e12;

/** Formats a NumericDate in the reader's time zone and language. */
export function localTime(seconds: number): string {
  return Math.abs(seconds) <= LAST_DATE ? LOCAL.format(seconds * 1000) : 'out of range for a date';
}
