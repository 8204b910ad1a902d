// Fetching a JSON document: bounded in time and size, JSON alone, no redirects.

/** The core's limit for a key set, in bytes. */
export const MAX_LENGTH = 256 * 1024;

export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

/** A document and for how many seconds its response says that it is fresh. */
export interface Fetched {
  text: string;
  maxAge: number | undefined;
}

/**
 * @param signal Ends it all; also where `fetch` does not look at it.
 * @throws Error whose message says what was wrong with the response, or whatever `fetch` or the signal throws.
 */
export async function fetchJson(fetch: Fetch, url: string, signal: AbortSignal): Promise<Fetched> {
  // Not followed, because the issuer's keys are where the configuration says; not `error`, which workerd does not know.
  const init: RequestInit = { headers: { accept: 'application/json' }, redirect: 'manual', signal };
  const response = await within(signal, fetch(url, init));
  const { status, body, headers } = response;
  const problem = problemOf(response);
  if (problem || !body) {
    body?.cancel().catch(ignore);
    throw new Error(problem ?? 'an empty response');
  }
  return { text: await readText(body, signal), maxAge: status === 200 ? maxAgeOf(headers.get('cache-control')) : undefined };
}

function problemOf({ status, type, headers }: Response): string | undefined {
  // Browsers hide what a redirect was.
  if (type === 'opaqueredirect' || (status >= 300 && status < 400)) return 'a redirect';
  if (status !== 200) return `status ${status}`;
  const contentType = headers.get('content-type') ?? 'none';
  // RFC 7517 §8.5; servers of key sets mostly say application/json.
  if (/^application\/(jwk-set\+)?json *(;|$)/i.test(contentType)) return undefined;
  return `content type ${contentType.slice(0, 50)}`;
}

async function readText(body: ReadableStream<Uint8Array>, signal: AbortSignal): Promise<string> {
  const reader = body.getReader();
  // A byte order mark stays, for the parser to refuse.
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  let text = '';
  let length = 0;
  try {
    for (;;) {
      const { value } = await within(signal, reader.read());
      if (!value) return text + decoder.decode();
      length += value.length;
      if (length > MAX_LENGTH) throw new Error(`over ${MAX_LENGTH} bytes`);
      text += decoder.decode(value, { stream: true });
    }
  } catch (error) {
    reader.cancel().catch(ignore);
    throw error;
  }
}

/** RFC 9111 §5.2.2.1. */
function maxAgeOf(cacheControl: string | null): number | undefined {
  const seconds = /(?:^|[\s,])max-age="?(\d+)/i.exec(cacheControl ?? '')?.[1];
  return seconds === undefined ? undefined : Number(seconds);
}

/** The promise, or the signal's reason if that comes first: what never settles must not hold a request. */
export function within<T>(signal: AbortSignal, promise: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason);
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}

export function ignore(): void {}
