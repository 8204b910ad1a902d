// Fetches an issuer's documents and records the details of the response: status, caching, clock, CORS.

import type { FetchFailureKind } from '../core/errors.js';
import { JwtError } from '../core/shared.js';
import { maxAgeOf } from '../remote/fetch-json.js';
import { fetchDocument, problemOf } from './input.js';

/** Everything about a response except its body. */
export interface Answer {
  url: string;
  /** Milliseconds until the response was complete or the fetch failed. */
  milliseconds: number;
  status?: number;
  contentType?: string;
  bytes?: number;
  cacheControl?: string;
  /** Remaining freshness lifetime in seconds (RFC 9111 §4.2): `max-age` minus `Age`. */
  freshFor?: number;
  /** How far the server's clock is ahead of the local clock, in whole seconds, according to the header `Date`. */
  clockAhead?: number;
  /** Whether pages of other origins may read the response (Fetch §3.3). */
  browsers?: boolean;
  /** Why the fetch failed. */
  problem?: string;
  kind?: FetchFailureKind;
}

export interface Document {
  answer: Answer;
  /** The body, if the fetch succeeded. */
  text?: string;
}

/** Sent as `Origin`. No server lists this origin, so if the CORS header allows it, the server allows every origin. */
const ORIGIN = 'https://sts-jwt.invalid';

export async function readDocument(url: string): Promise<Document> {
  const answer: Answer = { url, milliseconds: 0 };
  const start = performance.now();
  const recordingFetch = async (target: string, init: RequestInit): Promise<Response> => {
    const response = await fetch(target, { ...init, headers: { ...init.headers, origin: ORIGIN } });
    record(answer, response);
    return response;
  };
  try {
    const text = await fetchDocument(url, recordingFetch);
    answer.bytes = new TextEncoder().encode(text).length;
    return { answer, text };
  } catch (error) {
    if (!(error instanceof JwtError)) throw error;
    answer.problem = problemOf(error);
    answer.kind = error.kind!;
    return { answer };
  } finally {
    answer.milliseconds = Math.round(performance.now() - start);
  }
}

function record(answer: Answer, { status, headers }: Response): void {
  answer.status = status;
  answer.browsers = ['*', ORIGIN].includes(headers.get('access-control-allow-origin') ?? '');
  const contentType = headers.get('content-type');
  if (contentType !== null) answer.contentType = contentType;
  const cacheControl = headers.get('cache-control');
  if (cacheControl !== null) answer.cacheControl = cacheControl;
  const maxAge = maxAgeOf(cacheControl);
  const age = Number(headers.get('age')) || 0;
  if (maxAge !== undefined) answer.freshFor = maxAge - age;
  const date = Date.parse(headers.get('date') ?? '') / 1000;
  // A cached response keeps the Date of the origin; `Age` is the time since then.
  if (!Number.isNaN(date)) answer.clockAhead = Math.round(date + age - Date.now() / 1000);
}
