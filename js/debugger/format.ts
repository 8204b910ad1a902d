// Dates for people.

const LOCAL = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'long' });

/** Dates beyond this are none in JavaScript. */
const LAST_DATE = 8.64e12;

/** A NumericDate in the time zone and language of the reader. */
export function localTime(seconds: number): string {
  return Math.abs(seconds) <= LAST_DATE ? LOCAL.format(seconds * 1000) : 'beyond all dates';
}
