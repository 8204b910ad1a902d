// Checks arguments, so a mistake in a test is reported and does not end up in a token.

/** A rule for a value: its description, and a function that checks it. */
export type Rule = readonly [what: string, holds: (value: unknown) => boolean];

/** A rule for every member of T. If a rule is missing, the code does not compile. */
export type Rules<T> = { readonly [name in keyof Required<T>]: Rule };

export const isText: Rule = ['a string', (value) => typeof value === 'string'];
export const isNumber: Rule = ['a finite number', (value) => Number.isFinite(value)];
export const isBoolean: Rule = ['a boolean', (value) => typeof value === 'boolean'];
export const isFunction: Rule = ['a function', (value) => typeof value === 'function'];
export const isRecord: Rule = [
  'an object',
  (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
];
export const oneOf = (values: readonly string[]): Rule => [
  `one of ${values.map((value) => `"${value}"`).join(', ')}`,
  (value) => values.includes(value as string),
];

/**
 * Returns a copy of the own members, without a prototype. @throws TypeError if a member is unknown, missing or invalid;
 * the message names the member.
 */
export function check<T extends object>(given: T, rules: Rules<T>, required: readonly (keyof T & string)[] = []): T {
  if (!isRecord[1](given)) throw new TypeError('the options must be an object');
  for (const name of Object.keys(given)) {
    if (!Object.hasOwn(rules, name)) throw new TypeError(`option "${name}" is unknown`);
  }
  const own: T = Object.assign(Object.create(null), given);
  for (const [name, [what, holds]] of Object.entries<Rule>(rules)) {
    const value: unknown = own[name as keyof T];
    if (value === undefined ? required.includes(name as keyof T & string) : !holds(value)) {
      throw new TypeError(`option "${name}" must be ${what}`);
    }
  }
  return own;
}
