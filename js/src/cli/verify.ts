// `sts-jwt verify`: the verdict, and whose token it is.

import type { VerifiedToken } from '../types.js';
import type { Arguments } from './arguments.js';
import type { Result } from './commands.js';
import { decide, type Decision } from './decision.js';
import type { Page } from './page.js';
import { printSteps } from './steps.js';
import { printTimes, printValidity } from './times.js';

export async function run(args: Arguments): Promise<Result> {
  const decision = await decide(args);
  const { exitStatus, notes, explanation, verified, keysFrom, options } = decision;
  const { verdict, code, error } = explanation;
  return {
    exitStatus,
    notes,
    json: {
      verdict,
      ...(code ? { code, error } : {}),
      ...(verified ? { token: verified } : {}),
      keysFrom,
      now: options.now,
    },
    print(page) {
      printVerdict(page, decision);
      page.blank();
      if (verified) printToken(page, verified, decision);
      else printSteps(page, explanation, options.now, 'failed');
    },
  };
}

/** The banner of `verify` and `explain`. */
export function printVerdict(page: Page, { explanation, verified }: Decision): void {
  if (!verified) {
    const { message = '', code } = explanation.error ?? {};
    return page.banner('REJECTED', message, 'red', code);
  }
  const { aws, claims } = verified;
  const who = aws ? `${aws.principal.type} ${aws.principal.name} of account ${aws.account}` : claims.sub;
  page.banner('VERIFIED', who ?? 'a token without "sub"', 'green');
}

function printToken(page: Page, { claims, alg, key, aws }: VerifiedToken, { options, keysFrom }: Decision): void {
  const { iss, sub, aud, iat, exp } = claims;
  const row = (name: string, value: string | readonly string[] | undefined): void => {
    if (value !== undefined) page.row({ name, value, nameStyle: 'dim' });
  };
  row('subject', sub);
  row('account', aws?.account);
  row('audience', aud);
  row('issuer', iss);
  row('key', [`${key.kid ?? 'without "kid"'}, ${alg}`, `thumbprint ${key.thumbprint}`]);
  row('keys from', keysFrom);
  printTimes(page, iat, exp, options.now);
  printValidity(page, iat, exp, options.now);
  const unchecked = (['issuer', 'audience'] as const).filter((name) => options[name] === null);
  if (unchecked.length > 0) {
    page.row({ name: 'NOT CHECKED', value: unchecked.join(', '), nameStyle: 'yellow', valueStyle: 'yellow' });
  }
}
