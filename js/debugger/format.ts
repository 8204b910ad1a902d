// Times and values for people.

const LOCAL = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'long' });
const DAY = 86_400;
const YEAR = 31_557_600;

/** Dates beyond this are none in JavaScript. */
const LAST_DATE = 8.64e12;

/** A NumericDate in the time zone and language of the reader. */
export function localTime(seconds: number): string {
  return Math.abs(seconds) <= LAST_DATE ? LOCAL.format(seconds * 1000) : 'beyond every calendar';
}

/** A NumericDate as seen from `now`: "in 4 min 12 s". */
export function relativeTime(seconds: number, now: number): string {
  const distance = Math.ceil(seconds - now);
  if (distance === 0) return 'now';
  return distance > 0 ? `in ${duration(distance)}` : `${duration(distance)} ago`;
}

/** A length of time: "4 min 12 s". */
export function duration(seconds: number): string {
  const rest = Math.abs(seconds);
  if (rest < 60) return `${Number(rest.toFixed(rest < 10 ? 1 : 0))} s`;
  if (rest < 3600) return `${Math.floor(rest / 60)} min ${Math.floor(rest % 60)} s`;
  if (rest < DAY) return `${Math.floor(rest / 3600)} h ${Math.floor((rest % 3600) / 60)} min`;
  if (rest < 2 * YEAR) return `${Math.floor(rest / DAY)} ${rest < 2 * DAY ? 'day' : 'days'}`;
  return `${Math.floor(rest / YEAR).toLocaleString()} years`;
}
