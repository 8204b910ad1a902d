// Simulates faults between a verifier and its issuer, as seen through `fetch`.

import type { TestFault, TestRequest } from './test-types.js';

/** A request and its regular response. */
export interface Exchange {
  readonly request: TestRequest;
  readonly redirect: RequestRedirect;
  readonly signal: AbortSignal | null | undefined;
  /** The text of the document, or of the 404 response. */
  readonly text: string;
  readonly answer: () => Response;
}

type Named = Extract<TestFault, string>;

const FAULTS: Record<Named, (exchange: Exchange) => Response | Promise<Response>> = {
  network() {
    throw new TypeError('fetch failed: an outage of the test issuer');
  },
  timeout({ signal }) {
    holdProcess(signal);
    return new Promise(() => {});
  },
  stalled: ({ text, signal }) => respond(bodyOf(half(text), undefined, signal)),
  html: () =>
    respond('<!doctype html>\n<title>Sign in</title>\n<h1>Sign in to this network</h1>\n', 'text/html; charset=utf-8'),
  'content-type': ({ text }) => respond(text, 'text/plain; charset=utf-8'),
  truncated: ({ text }) => respond(half(text)),
  // Valid except for its size.
  huge: ({ text }) => respond(`${text.slice(0, -1)},"padding":"${'x'.repeat(2 ** 20)}"}`),
  endless: ({ text, signal }) => respond(bodyOf(text.slice(0, -1), ' '.repeat(2 ** 16), signal)),
  redirect({ request, redirect, answer }) {
    if (redirect === 'error') throw new TypeError('fetch failed: a redirect by the test issuer');
    const location = `https://elsewhere.example.test${new URL(request.url).pathname}`;
    if (redirect === 'manual') return new Response(null, { status: 302, headers: { location } });
    return Object.defineProperty(answer(), 'redirected', { value: true });
  },
};

export const FAULT_NAMES = Object.keys(FAULTS);

export function fail(fault: TestFault, exchange: Exchange): Response | Promise<Response> {
  if (typeof fault === 'function') return fault(exchange.request, exchange.answer);
  if (typeof fault === 'string') return FAULTS[fault](exchange);
  // Fetch §2.2.3: responses with these statuses have no body.
  const isEmpty = [204, 205, 304].includes(fault);
  return respond(isEmpty ? null : `{"message":"an outage of the test issuer"}`, 'application/json', fault);
}

function respond(body: string | ReadableStream | null, contentType = 'application/json', status = 200): Response {
  return new Response(body, { status, headers: { 'content-type': contentType } });
}

/** Returns a body that sends `start`, then repeats `more` (or, without `more`, stalls) until cancelled or aborted. */
function bodyOf(start: string, more: string | undefined, signal: AbortSignal | null | undefined): ReadableStream {
  const [first, next] = [start, more].map((text) => new TextEncoder().encode(text));
  let started = false;
  let release: (() => void) | undefined;
  return new ReadableStream({
    start(controller) {
      signal?.addEventListener('abort', () => controller.error(signal.reason), { once: true });
    },
    pull(controller) {
      if (started && more === undefined) {
        release = holdProcess(signal);
        return new Promise<void>(() => {});
      }
      controller.enqueue(started ? next!.slice() : first);
      started = true;
      return undefined;
    },
    cancel: () => release?.(),
  });
}

/**
 * Like an open connection, keeps Node running until the signal aborts, but for at most a minute. Otherwise Node would
 * exit while only a promise or an `AbortSignal.timeout()` is pending.
 */
function holdProcess(signal: AbortSignal | null | undefined): () => void {
  if (!signal) return () => {};
  const timer = setTimeout(() => {}, 60_000);
  const release = (): void => clearTimeout(timer);
  signal.addEventListener('abort', release, { once: true });
  return release;
}

function half(text: string): string {
  return text.slice(0, text.length >> 1);
}
