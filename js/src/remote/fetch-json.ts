// Fetching a JSON document: bounded in time and size, JSON alone, no redirects.

import { MAX_JWKS_BYTES } from '../generated/facts.js';

export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

/** A document. */
export interface Fetched {
  jwks: string;
  /** For how many seconds its response says that it is fresh. */
  maxAge: number | undefined;
}

/** @throws Error whose message says what was wrong with the response, or whatever `fetch` or the signal throws. */
export async function fetchJson(fetch: Fetch, url: string, signal: AbortSignal): Promise<Fetched> {
  // Not followed, because the issuer's keys are where the configuration says; not `error`, which workerd does not know.
  const response = await fetch(url, { headers: { accept: 'application/json' }, redirect: 'manual', signal });
  const { status, body, headers } = response;
  const contentType = headers.get('content-type');
  // RFC 7517 §8.5; servers of key sets mostly say application/json. Browsers hide the status of a redirect.
  const isJson = /^application\/(jwk-set\+)?json *(;|$)/i.test(contentType ?? '');
  if (status !== 200 || !isJson || !body) {
    body?.cancel().catch(() => {});
    throw new Error(
      status === 200 ? `content type ${contentType?.slice(0, 50)}` : `status ${status || 'of a redirect'}`,
    );
  }
  return { jwks: await readText(body, signal), maxAge: maxAgeOf(headers.get('cache-control')) };
}

async function readText(body: ReadableStream<Uint8Array>, signal: AbortSignal): Promise<string> {
  // A byte order mark stays, for the parser to refuse.
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

/** RFC 9111 §5.2.2.1. */
export function maxAgeOf(cacheControl: string | null): number | undefined {
  const seconds = /(?:^|[\s,])max-age="?(\d+)/i.exec(cacheControl ?? '')?.[1];
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
