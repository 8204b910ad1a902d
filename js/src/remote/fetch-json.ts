// Fetches a JSON document: limited in time and size, without redirects.

import { MAX_JWKS_BYTES } from '../generated/facts.js';

export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

/** A fetched document. */
export interface Fetched {
  jwks: string;
  /** The `max-age` of the response, in seconds; 0 for `no-store` and `no-cache`. */
  maxAge: number | undefined;
}

/** Headers of the requests. Compressed documents would be unpacked before their size can be limited. */
const HEADERS = { accept: 'application/json', 'accept-encoding': 'identity' };

/** Says what is wrong with a response. */
export interface FetchError extends Error {
  /** The header `Retry-After` of a 429 or 503. */
  retryAfter?: string | null;
}

/** @throws Error that says what is wrong with the response, or any error of `fetch` or the signal. */
export async function fetchJson(fetch: Fetch, url: string, signal: AbortSignal): Promise<Fetched> {
  // Redirects are not followed, because the configuration names the URL. workerd does not support `error`.
  const init = { __proto__: null, headers: HEADERS, redirect: 'manual', signal } as const;
  const response = await fetch(url, init);
  const { status, body, headers } = response;
  const contentType = headers.get('content-type');
  // RFC 7517 §8.5, but most servers send application/json. Browsers hide the status of a redirect (0).
  const isJson = /^application\/(jwk-set\+)?json *(;|$)/i.test(contentType ?? '');
  if (status !== 200 || !isJson || !body) {
    body?.cancel().catch(() => {});
    const error: FetchError = new Error(
      status === 200 ? `content type ${contentType?.slice(0, 50)}` : `status ${status || 'of a redirect'}`,
    );
    if (status === 429 || status === 503) error.retryAfter = headers.get('retry-after');
    throw error;
  }
  return { jwks: await readText(body, signal), maxAge: maxAgeOf(headers.get('cache-control')) };
}

async function readText(body: ReadableStream<Uint8Array>, signal: AbortSignal): Promise<string> {
  // Keep a byte order mark, which the parser rejects.
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  const reader = body.getReader();
  let text = '';
  let length = 0;
  for (;;) {
    const { value } = await reader.read();
    if (!value) return text + decoder.decode();
    length += value.length;
    if (length > MAX_JWKS_BYTES || signal.aborted) {
      reader.cancel().catch(() => {});
      throw new Error(`over ${MAX_JWKS_BYTES} bytes`);
    }
    text += decoder.decode(value, { stream: true });
  }
}

/** Returns how long a response may be used, in seconds (RFC 9111 §5.2.2). 0 if it must not be stored or used again. */
export function maxAgeOf(cacheControl: string | null): number | undefined {
  const text = cacheControl ?? '';
  if (/(?:^|[\s,])no-(?:store|cache)(?![\w-])/i.test(text)) return 0;
  const seconds = /(?:^|[\s,])max-age="?(\d+)/i.exec(text)?.[1];
  return seconds === undefined ? undefined : Number(seconds);
}

/** Rejects after `seconds`, even if `run` ignores the signal. */
export function within<T>(seconds: number, run: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const signal = AbortSignal.timeout(seconds * 1000);
  return new Promise((resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason));
    run(signal).then(resolve, reject);
  });
}
