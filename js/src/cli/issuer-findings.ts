// The findings about a live issuer, in words.

import { isAwsIssuer } from '../core/shared.js';
import { duration } from '../explanations/text.js';
import { CLOCK_TOLERANCE } from '../generated/facts.js';
import type { Answer } from './fetch-documents.js';
import type { KeysReport } from './key-report.js';

/** One finding. A `note` is worth knowing but is not an error. */
export interface Finding {
  part: 'url' | 'discovery' | 'jwks';
  outcome: 'passed' | 'failed' | 'note';
  text: string;
}

type Found = Omit<Finding, 'part'>;

const passed = (text: string): Found => ({ outcome: 'passed', text });
const failed = (text: string): Found => ({ outcome: 'failed', text });
const note = (text: string): Found => ({ outcome: 'note', text });

/** Findings about the issuer URL. The URL must be valid. */
export function findInUrl(issuer: string): Found[] {
  const { origin, href, pathname, search, hash } = new URL(issuer);
  const host = isAwsIssuer(issuer) ? passed('an issuer of AWS STS') : note('not an issuer of AWS STS');
  if (search || hash || /[?#]$/.test(issuer)) {
    return [failed('must not have a query or fragment (RFC 8414 §2)'), host];
  }
  if (issuer === origin) return [passed('an origin without a trailing slash'), host];
  if (issuer !== href) return [failed(`not in canonical form, which is ${pathname === '/' ? origin : href}`), host];
  const end = issuer.endsWith('/') ? 'ends with a slash' : 'has a path without a trailing slash';
  return [passed(`${end}: "iss" must match exactly`), host];
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

/**
 * Checks a discovery document. Returns the findings, and the document's `jwks_uri` if it is safe to fetch.
 *
 * @param usedUri The URL of the keys if it does not come from the document.
 */
export function findInDiscovery(
  text: string,
  issuer: string,
  usedUri: string | undefined,
  isSafe: (url: string) => boolean,
): { findings: Found[]; jwksUri?: string } {
  const document = parse(text);
  if (document === undefined) return { findings: [failed('not a JSON object')] };
  const { issuer: documentIssuer, jwks_uri: uri } = document;
  // OpenID Connect Discovery §4.3.
  const isSame = documentIssuer === issuer;
  const findings = [
    isSame ? passed('"issuer" is this issuer') : failed(`"issuer" is ${shown(documentIssuer)}, not this issuer`),
  ];
  if (typeof uri !== 'string' || !isSafe(uri))
    return { findings: [...findings, failed('"jwks_uri" is not an https URL')] };
  findings.push(passed(`"jwks_uri" is ${uri}`));
  if (usedUri !== undefined && uri !== usedUri) {
    findings.push(
      note(`differs from the URL in use, ${usedUri}; to use the document's, set discovery: true or pass --discovery`),
    );
  }
  return { findings, jwksUri: uri };
}

export function findInKeys({ keys, usable }: KeysReport): Found[] {
  const count = `${usable} of ${keys.length} keys usable`;
  return [usable > 0 ? passed(count) : failed(count)];
}

/** Shows a value of an unknown type. A deeply nested value would exhaust the stack of JSON.stringify. */
function shown(value: unknown): string {
  if (value === undefined) return 'absent';
  return typeof value === 'string' ? JSON.stringify(value.slice(0, 500)) : `of type ${typeof value}`;
}

function parse(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
