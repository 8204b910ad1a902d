// The findings about a live issuer, in words.

import { duration } from '../explanations/text.js';
import { AWS_SUFFIXES, CLOCK_TOLERANCE } from '../generated/facts.js';
import type { Answer } from './fetch-documents.js';
import type { KeysReport } from './key-report.js';

/** One finding. A `note` is worth knowing, but not an error. */
export interface Finding {
  part: 'url' | 'discovery' | 'jwks';
  outcome: 'passed' | 'failed' | 'note';
  text: string;
}

type Found = Omit<Finding, 'part'>;

const passed = (text: string): Found => ({ outcome: 'passed', text });
const failed = (text: string): Found => ({ outcome: 'failed', text });
const note = (text: string): Found => ({ outcome: 'note', text });

/** Whether the host is that of an AWS issuer: one label before a known suffix. */
function isAwsHost(hostname: string): boolean {
  const [label = '', ...suffix] = hostname.split('.');
  return /^[a-z\d-]+$/.test(label) && Object.values<string>(AWS_SUFFIXES).includes(suffix.join('.'));
}

/** Findings about the issuer URL. The URL must be valid. */
export function findInUrl(issuer: string): Found[] {
  const { origin, hostname, pathname, search, hash } = new URL(issuer);
  const host = isAwsHost(hostname) ? passed('a host of AWS STS') : note('not a host of AWS STS');
  if (issuer === origin) return [passed('an origin without a trailing slash'), host];
  const findings: Found[] = [];
  if (search || hash) findings.push(failed('must not have a query or fragment (RFC 8414 §2)'));
  if (issuer.endsWith('/'))
    findings.push(failed('has a trailing slash: "iss" must match exactly, and AWS issuers do not end with one'));
  if (pathname !== '/') findings.push(note('has a path: verify() accepts it, createVerifier() accepts only origins'));
  if (findings.length === 0) findings.push(failed(`not in canonical form, which is ${origin}`));
  return [...findings, host];
}

/** Findings about a response: status, caching, clock, CORS. */
export function findInAnswer(answer: Answer): Found[] {
  const { status, contentType, bytes, milliseconds, problem, kind, cacheControl, freshFor, clockAhead, browsers } =
    answer;
  const facts = [status && `status ${status}`, contentType, bytes && `${bytes} bytes`, `${milliseconds} ms`];
  const summary = facts.filter(Boolean).join(', ');
  if (kind === 'status') return [failed(summary)];
  if (kind === 'content_type') return [failed(`${summary}: the content type must be JSON`)];
  if (problem !== undefined) return [failed(`${problem} (${summary})`)];
  const findings = [passed(summary)];
  if (freshFor === undefined) findings.push(note(`no max-age (Cache-Control: ${cacheControl ?? 'absent'})`));
  else if (freshFor > 0) findings.push(passed(`fresh for ${duration(freshFor)} (Cache-Control: ${cacheControl})`));
  else findings.push(note(`no longer fresh (Cache-Control: ${cacheControl})`));
  if (clockAhead !== undefined && Math.abs(clockAhead) > CLOCK_TOLERANCE) {
    const side = clockAhead > 0 ? 'behind' : 'ahead of';
    findings.push(
      note(`this machine's clock is ${duration(clockAhead)} ${side} the server's: valid tokens may be rejected`),
    );
  } else if (clockAhead !== undefined) {
    findings.push(passed('the clocks agree'));
  }
  findings.push(
    browsers
      ? passed('browsers may fetch it (CORS)')
      : note('browsers cannot fetch it: Access-Control-Allow-Origin does not allow any origin'),
  );
  return findings;
}

/** Checks a discovery document. Returns the findings, and the document's `jwks_uri` if it is safe to fetch. */
export function findInDiscovery(
  text: string,
  issuer: string,
  usualUri: string,
  isSafe: (url: string) => boolean,
): { findings: Found[]; jwksUri?: string } {
  const document = parse(text);
  if (document === undefined) return { findings: [failed('not a JSON object')] };
  const { issuer: documentIssuer, jwks_uri: uri } = document;
  // OpenID Connect Discovery §4.3.
  const isSame = documentIssuer === issuer;
  const findings = [
    isSame
      ? passed('"issuer" is this issuer')
      : failed(`"issuer" is ${JSON.stringify(documentIssuer) ?? 'absent'}, not this issuer`),
  ];
  if (typeof uri !== 'string' || !isSafe(uri))
    return { findings: [...findings, failed('"jwks_uri" is not an https URL')] };
  findings.push(passed(`"jwks_uri" is ${uri}`));
  if (uri !== usualUri) {
    findings.push(note('not the default URL of the keys: set jwksUri or discovery: true, and pass --jwks to verify'));
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
