// `sts-jwt keys`: prints which keys of a set are usable, and why the others are not.

import type { Arguments } from './arguments.js';
import type { Result } from './commands.js';
import { Failure, usage } from './failure.js';
import { type KeysLocation, locateKeysOf, readDiscovery, readKeys } from './input.js';
import { printKeys, reportKeys } from './key-report.js';

export async function run(args: Arguments): Promise<Result> {
  const { operand } = args;
  const jwks = args.one('jwks');
  if (operand !== undefined && jwks !== undefined) {
    throw usage('The keys were given twice.', 'Give their file or URL either with --jwks or without it.');
  }
  const location = readDiscovery(args) === undefined ? (jwks ?? operand) : locateIssuer(args);
  try {
    return await examine(location);
  } catch (error) {
    // This command checks the set, so the exit status for an invalid set is 1 (rejected), not 3 (keys unavailable).
    if (!(error instanceof Failure) || error.code !== 'ERR_JWKS_INVALID') throw error;
    throw new Failure(1, error.code, error.message, error.advice);
  }
}

/** With `--discovery` or `--no-discovery`, the operand is an issuer. */
function locateIssuer(args: Arguments): KeysLocation {
  if (args.operand === undefined) throw usage('The issuer is missing.', 'Give its https URL, without --jwks.');
  return locateKeysOf(args.operand, 'The issuer', args);
}

async function examine(operand: KeysLocation): Promise<Result> {
  const { text, source, notes } = await readKeys(operand);
  const report = reportKeys(text);
  const { keys, usable } = report;
  return {
    exitStatus: usable > 0 ? 0 : 1,
    notes,
    json: { keysFrom: source, ...report },
    print(page) {
      const style = usable === 0 ? 'red' : usable < keys.length ? 'yellow' : 'green';
      page.banner(`${usable} of ${keys.length} USABLE`, source, style);
      page.blank();
      printKeys(page, report);
    },
  };
}
