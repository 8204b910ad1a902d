// Fetches a JSON document, with a limited time and size, and without redirects.

import type { FetchFailureKind } from '../core/errors.js';
import { fetchFailed, JwtError, reasonOf } from '../core/shared.js';
import { MAX_JWKS_BYTES } from '../generated/facts.js';
import { requestFailed } from './request-failure.js';

export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

/** A fetched document. */
export interface Fetched {
  jwks: string;
  /** The `max-age` of the response, in seconds; 0 for `no-store` and `no-cache`. */
  maxAge: number | undefined;
}

/**
 * Headers of the requests. The headers decline compression, because the size of a compressed body can be checked only
 * after decompression.
 */
const HEADERS = { accept: 'application/json', 'accept-encoding': 'identity' };

/** A smaller chunk of a body counts as this many bytes. */
const LEAST_CHUNK = 64;

/** A failed fetch. */
export type FetchError = JwtError & {
  /** The status of the response, if it is not 200. */
  httpStatus?: number;
  /** The header `Retry-After` of a response with status 429 or 503. */
  wait?: string | null;
};

/**
 * Fetches and reads a document.
 *
 * @param seconds The timeout.
 * @param kind The kind of failure to report if `read` throws.
 * @throws JwtError `ERR_JWKS_UNAVAILABLE`, with a `message` that says what went wrong and what to do. If `read` throws
 *   an error about the configuration, rethrows this error.
 */
export async function fetchJson<T>(
  fetch: Fetch,
  url: string,
  seconds: number,
  kind: FetchFailureKind,
  read: (document: Fetched) => T,
): Promise<T> {
  const document = await within(seconds, (signal) => request(fetch, url, seconds, signal)).catch((error: unknown) => {
    throw requestFailed(url, error);
  });
  try {
    return read(document);
  } catch (error) {
    throw error instanceof JwtError && error.category === 'config'
      ? error
      : fetchFailed(kind, url, reasonOf(error), error);
  }
}

/** Returns the message of a failed fetch without its advice. */
export function withoutAdvice(message: string): string {
  return message.replace(/; [^;]*$/, '');
}

async function request(fetch: Fetch, url: string, seconds: number, signal: AbortSignal): Promise<Fetched> {
  // Redirects are not followed, because the configuration determines the URL. workerd does not support `redirect: 'error'`.
  const init = { __proto__: null, headers: HEADERS, redirect: 'manual', signal } as const;
  const { status, body, headers, redirected } = await fetch(url, init);
  const type = headers.get('content-type') ?? '(none)';
  const reader = body?.getReader();
  try {
    const target = headers.get('location');
    // Browsers report a redirect as status 0 and hide its target. A custom `fetch` may have followed the redirect; then
    // `redirected` is true.
    if (!status || redirected || (target && status < 400)) {
      const to = target?.slice(0, 200) ?? '(hidden)';
      throw fetchFailed('redirect', url, `status ${status}, redirect not followed: to ${to}; set "jwksUri"`);
    }
    if (status !== 200) {
      // Waits for the text of the error, but only half as long as for a whole response.
      const piece = await within(seconds / 2, async () => reader?.read()).catch(() => undefined);
      // Cloudflare's response to a Worker that fetches its own URL or that of another Worker in the same zone.
      const isOwn = /error( code:)? 1042/i.test(new TextDecoder().decode(piece?.value));
      const advice = isOwn
        ? ' (error 1042); a Worker cannot fetch itself: use a service binding or global_fetch_strictly_public'
        : status < 429
          ? '; check "jwksUri" and "discovery"'
          : '';
      const error: FetchError = fetchFailed('status', url, `status ${status}${advice}`);
      error.httpStatus = status;
      if (status === 429 || status === 503) error.wait = headers.get('retry-after');
      throw error;
    }
    if (!reader) throw fetchFailed('body', url, 'the response has no body');
    // The type for JWK Sets is application/jwk-set+json (RFC 7517 §8.5), but most servers send application/json.
    if (!/^application\/(jwk-set\+)?json *(;|$)/i.test(type)) {
      const advice = 'serve application/json, or rewrite the header in `fetch`';
      throw fetchFailed('content_type', url, `content type ${type.slice(0, 200)}; ${advice}`);
    }
    return { jwks: await readText(url, reader, signal), maxAge: maxAgeOf(headers.get('cache-control')) };
  } finally {
    reader?.cancel().catch(() => {});
  }
}

async function readText(
  url: string,
  reader: ReadableStreamDefaultReader<Uint8Array>,
  signal: AbortSignal,
): Promise<string> {
  // Keep a byte order mark, which the parser rejects.
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  let text = '';
  let length = 0;
  for (;;) {
    const { value } = await reader.read();
    // Small and empty chunks count as more than they hold: endless ones would keep the process busy, and the timeout
    // cannot interrupt chunks that have already arrived.
    length += value ? Math.max(value.length, LEAST_CHUNK) : 0;
    if (length > MAX_JWKS_BYTES || signal.aborted) throw fetchFailed('too_large', url, `over ${MAX_JWKS_BYTES} bytes`);
    try {
      text += decoder.decode(value, { stream: !!value });
    } catch (error) {
      throw fetchFailed('body', url, 'the body is not UTF-8', error);
    }
    if (value) continue;
    if (!text) throw fetchFailed('body', url, 'the response has no body');
    return text;
  }
}

/**
 * Returns how long a response may be used, in seconds (RFC 9111 §5.2.2). Returns 0 if the response must not be stored
 * or used again.
 */
export function maxAgeOf(cacheControl: string | null): number | undefined {
  const text = cacheControl ?? '';
  if (/(?:^|[\s,])no-(?:store|cache)(?![\w-])/i.test(text)) return 0;
  const seconds = /(?:^|[\s,])max-age="?(\d+)/i.exec(text)?.[1];
  return seconds === undefined ? undefined : Number(seconds);
}

/**
 * Rejects after `seconds`, even if `run` ignores the signal. Unlike the timer of `AbortSignal.timeout()`, this timer
 * keeps Node running until the promise is settled. The timer ends with the call.
 */
export async function within<T>(seconds: number, run: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  try {
    return await new Promise<T>((resolve, reject) => {
      timer = setTimeout(() => {
        const late = new DOMException(`no answer within ${seconds} seconds`, 'TimeoutError');
        reject(late);
        controller.abort(late);
      }, seconds * 1000);
      // A method of a custom store may return a value instead of a promise.
      Promise.resolve(run(controller.signal)).then(resolve, reject);
    });
  } finally {
    clearTimeout(timer);
  }
}
