// What there is to say about a live issuer, in words.

import { duration } from '../explanations/text.js';
import { AWS_SUFFIXES, CLOCK_TOLERANCE } from '../generated/facts.js';
import type { Answer } from './documents.js';
import type { KeysReport } from './key-report.js';

/** `note`: worth knowing, not wrong. */
export interface Finding {
  part: 'url' | 'discovery' | 'jwks';
  outcome: 'passed' | 'failed' | 'note';
  text: string;
}

type Found = Omit<Finding, 'part'>;

const passed = (text: string): Found => ({ outcome: 'passed', text });
const failed = (text: string): Found => ({ outcome: 'failed', text });
const note = (text: string): Found => ({ outcome: 'note', text });

/** Whether an issuer of AWS has such a host: one label before a suffix. */
function isAwsHost(hostname: string): boolean {
  const [label = '', ...suffix] = hostname.split('.');
  return /^[a-z\d-]+$/.test(label) && Object.values<string>(AWS_SUFFIXES).includes(suffix.join('.'));
}

/** Of a URL that can be fetched. */
export function findInUrl(issuer: string): Found[] {
  const { origin, hostname, pathname, search, hash } = new URL(issuer);
  const host = isAwsHost(hostname) ? passed('a host of AWS STS') : note('not a host of AWS STS');
  if (issuer === origin) return [passed('an origin, without a slash at its end'), host];
  const findings: Found[] = [];
  if (search || hash) findings.push(failed('an issuer has no query and no fragment (RFC 8414 §2)'));
  if (issuer.endsWith('/'))
    findings.push(failed('a slash at its end: "iss" is compared to the letter, and AWS writes none'));
  if (pathname !== '/') findings.push(note('has a path: createVerifier() takes origins alone, verify() takes any'));
  if (findings.length === 0) findings.push(failed(`not as URLs are written: ${origin}`));
  return [...findings, host];
}

/** Of any answer: what came, freshness, the clock, browsers. */
export function findInAnswer(answer: Answer): Found[] {
  const { status, contentType, bytes, milliseconds, problem, cacheControl, freshFor, clockAhead, browsers } = answer;
  const facts = [status && `status ${status}`, contentType, bytes && `${bytes} bytes`, `${milliseconds} ms`];
  const what = facts.filter(Boolean).join(', ');
  if (problem === `status ${status}`) return [failed(what)];
  if (problem?.startsWith('content type')) return [failed(`${what}: JSON is needed`)];
  if (problem !== undefined) return [failed(`${problem} (${what})`)];
  const findings = [passed(what)];
  if (freshFor === undefined) findings.push(note(`Cache-Control ${cacheControl ?? 'is absent'}: no time of freshness`));
  else if (freshFor > 0) findings.push(passed(`fresh for ${duration(freshFor)} (Cache-Control: ${cacheControl})`));
  else findings.push(note(`no longer fresh (Cache-Control: ${cacheControl})`));
  if (clockAhead !== undefined && Math.abs(clockAhead) > CLOCK_TOLERANCE) {
    const side = clockAhead > 0 ? 'behind' : 'ahead of';
    findings.push(
      note(`the clock of this machine is ${duration(clockAhead)} ${side} the server's: tokens may fail for it`),
    );
  } else if (clockAhead !== undefined) {
    findings.push(passed('the clocks agree'));
  }
  findings.push(
    browsers
      ? passed('browsers may fetch it (CORS)')
      : note('browsers may not fetch it: no Access-Control-Allow-Origin'),
  );
  return findings;
}

/** Of a discovery document, and where it says that the keys are. */
export function findInDiscovery(
  text: string,
  issuer: string,
  usualUri: string,
  isSafe: (url: string) => boolean,
): { findings: Found[]; jwksUri?: string } {
  const document = parse(text);
  if (document === undefined) return { findings: [failed('not a JSON object')] };
  const { issuer: named, jwks_uri: uri } = document;
  // OpenID Connect Discovery §4.3.
  const isSame = named === issuer;
  const findings = [
    isSame
      ? passed('"issuer" is this very issuer')
      : failed(`"issuer" is ${JSON.stringify(named) ?? 'absent'}, not this issuer`),
  ];
  if (typeof uri !== 'string' || !isSafe(uri)) return { findings: [...findings, failed('"jwks_uri" is no https URL')] };
  findings.push(passed(`"jwks_uri" is ${uri}`));
  if (uri !== usualUri) {
    findings.push(
      note('not where keys are looked for by default: write jwksUri or discovery: true, and --jwks for verify'),
    );
  }
  return { findings, jwksUri: uri };
}

export function findInKeys({ keys, usable }: KeysReport): Found[] {
  const count = `${usable} of ${keys.length} keys usable`;
  return [usable > 0 ? passed(count) : failed(count)];
}

function parse(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
