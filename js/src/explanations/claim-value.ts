// Reads the expected value of a claim, as written on the command line and in the debugger page's form.

import type { ClaimValue } from '../core/types.js';

/**
 * Reads `name=text`, `name:=number` or `name:=true`. The name ends at the first `=`.
 *
 * @returns `undefined` for a line in any other form.
 */
export function readClaimValue(line: string): [name: string, value: ClaimValue] | undefined {
  const end = line.indexOf('=');
  if (end < 1) return undefined;
  const [name, value] = [line.slice(0, end), line.slice(end + 1)];
  if (!name.endsWith(':')) return [name, value];
  const isBoolean = value === 'true' || value === 'false';
  if (!isBoolean && !/^-?\d+(\.\d+)?$/.test(value)) return undefined;
  return [name.slice(0, -1), isBoolean ? value === 'true' : Number(value)];
}
