// `sts-jwt explain`: prints every step, then the verdict.

import type { Arguments } from './arguments.js';
import type { Result } from './commands.js';
import { decide } from './decision.js';
import { printSteps } from './print-steps.js';
import { printTimes, printValidity } from './times.js';
import { printVerdict } from './verify-command.js';

export async function run(args: Arguments): Promise<Result> {
  const decision = await decide(args);
  const { exitStatus, notes, explanation, keysFrom, options } = decision;
  return {
    exitStatus,
    notes,
    json: { ...explanation, keysFrom, now: options.now },
    print(page) {
      printSteps(page, explanation, options.now);
      page.blank();
      printTimes(page, timeOf('iat'), timeOf('exp'), options.now);
      printValidity(page, timeOf('iat'), timeOf('exp'), options.now);
      if (timeOf('exp') !== undefined) page.blank();
      printVerdict(page, decision);
    },
  };

  /** Returns a claim from its step. The step exists only if the signature was verified. */
  function timeOf(claim: string): unknown {
    return explanation.steps.find(({ stage, name }) => stage === 'claim' && name === claim)?.actual;
  }
}
