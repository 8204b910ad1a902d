// A document of an issuer as a server answers it: what came, how fresh it is, whether browsers may fetch it.

import { maxAgeOf } from '../remote/fetch-json.js';
import { fetchDocument, reasonOf } from './input.js';

/** What a response says besides its body. */
export interface Answer {
  url: string;
  /** Milliseconds until all of it was there, or until it failed. */
  milliseconds: number;
  status?: number;
  contentType?: string;
  bytes?: number;
  cacheControl?: string;
  /** For how many seconds it is fresh still (RFC 9111 §4.2): `max-age` without the age in caches. */
  freshFor?: number;
  /** Seconds that the server's clock is ahead of this one, by `Date`; it has whole seconds only. */
  clockAhead?: number;
  /** Whether pages of other origins may read it (Fetch §3.3). */
  browsers?: boolean;
  /** Why there is no document. */
  problem?: string;
}

export interface Document {
  answer: Answer;
  /** The text, if it came whole. */
  text?: string;
}

/** An origin that no issuer knows. */
const ORIGIN = 'https://sts-jwt.invalid';

export async function readDocument(url: string): Promise<Document> {
  const answer: Answer = { url, milliseconds: 0 };
  const start = performance.now();
  const watched = async (target: string, init: RequestInit): Promise<Response> => {
    const response = await fetch(target, { ...init, headers: { ...init.headers, origin: ORIGIN } });
    note(answer, response);
    return response;
  };
  try {
    const text = await fetchDocument(url, watched);
    answer.bytes = new TextEncoder().encode(text).length;
    return { answer, text };
  } catch (error) {
    answer.problem = reasonOf(error);
    return { answer };
  } finally {
    answer.milliseconds = Math.round(performance.now() - start);
  }
}

function note(answer: Answer, { status, headers }: Response): void {
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
  // A cache keeps the Date of the origin; `Age` says for how long.
  if (!Number.isNaN(date)) answer.clockAhead = Math.round(date + age - Date.now() / 1000);
}
