// `sts-jwt keys`: which keys of a set can be used, and why not the others.

import type { Arguments } from './arguments.js';
import type { Result } from './commands.js';
import { Failure, usage } from './failure.js';
import { readKeys } from './input.js';
import { printKeys, reportKeys } from './key-report.js';

export async function run(args: Arguments): Promise<Result> {
  const { operand } = args;
  const jwks = args.one('jwks');
  if (operand !== undefined && jwks !== undefined) {
    throw usage('The keys are named twice.', 'Write their file or URL with --jwks or without it.');
  }
  try {
    return await examine(jwks ?? operand);
  } catch (error) {
    // Here the set itself is judged: one that is none is rejected, not unavailable.
    if (!(error instanceof Failure) || error.code !== 'ERR_JWKS_INVALID') throw error;
    throw new Failure(1, error.code, error.message, error.advice);
  }
}

async function examine(operand: string | undefined): Promise<Result> {
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
