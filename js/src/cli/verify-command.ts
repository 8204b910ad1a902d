// `sts-jwt verify`: prints the verdict, and the caller or the failed checks.

import type { AwsIdentity } from '../aws/aws.js';
import type { VerifiedToken } from '../core/types.js';
import type { Arguments } from './arguments.js';
import type { Result } from './commands.js';
import { type Decision, decide } from './decision.js';
import type { Page } from './output.js';
import { printSteps } from './print-steps.js';
import { localDate, printTimes, printValidity } from './times.js';

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

/** Prints the banner of `verify` and `explain`. */
export function printVerdict(page: Page, { explanation, verified, options, isTimeGiven }: Decision): void {
  if (verified) {
    const { aws, claims } = verified;
    page.banner('VERIFIED', aws ? callerOf(aws) : (claims.sub ?? 'a token without "sub"'), 'green');
  } else {
    const { message = '', code } = explanation.error ?? {};
    page.banner('REJECTED', message, 'red', code);
  }
  // A verdict for another time must say so.
  const value = localDate(options.now) ?? String(options.now);
  if (isTimeGiven) page.row({ name: 'DECIDED AT', value, nameStyle: 'yellow', valueStyle: 'yellow' });
}

/** Names the caller: `role app of account 1…`, or `origin identity alice, by role app of account 1…`. */
function callerOf({ account, subject, principal }: AwsIdentity): string {
  const origin = subject.kind === 'origin' ? `origin identity ${subject.value}, by ` : '';
  return `${origin}${principal ? `${principal.type} ${principal.name}` : 'an unnamed principal'} of account ${account}`;
}

function printToken(page: Page, { claims, alg, key, aws }: VerifiedToken, decision: Decision): void {
  const { options, keysFrom } = decision;
  const { iss, sub, aud, iat, exp } = claims;
  const row = (name: string, value: string | readonly string[] | undefined): void => {
    if (value !== undefined) page.row({ name, value, nameStyle: 'dim' });
  };
  row('subject', sub);
  if (aws?.subject.kind === 'origin') row('principal', aws.principal?.arn ?? 'not in the token');
  row('account', aws?.account);
  row('audience', aud);
  row('issuer', iss);
  row('key', [`${key.kid ?? 'without "kid"'}, ${alg}`, `thumbprint ${key.thumbprint}`]);
  row('keys from', keysFrom);
  printTimes(page, iat, exp, options.now);
  printValidity(page, iat, exp, options.now);
  const unchecked: string[] = (['issuer', 'audience'] as const).filter((name) => options[name] === null);
  if (exp === undefined) unchecked.push('expiration: it never expires');
  if (unchecked.length > 0) {
    page.row({ name: 'NOT CHECKED', value: unchecked.join(', '), nameStyle: 'yellow', valueStyle: 'yellow' });
  }
}
