// The network side of the issuer: serves two documents, records requests, and simulates outages.

import { check, oneOf, type Rules } from './check-options.js';
import { FAULT_NAMES, fail } from './faults.js';
import type { TestDocument, TestFault, TestOutageOptions, TestRequest } from './test-types.js';

/** A document and its URL. */
export interface Served {
  readonly url: string;
  readonly text: string;
}

/** An outage that affects `left` more requests. */
interface Outage {
  readonly fault: TestFault;
  left: number;
}

const RULES: Rules<TestOutageOptions> = {
  requests: ['a whole number of at least 1', (value) => Number.isInteger(value) && (value as number) >= 1],
  document: oneOf(['configuration', 'jwks'] satisfies TestDocument[]),
};

export class TestServer {
  readonly requests: TestRequest[] = [];
  readonly #documents: () => Record<TestDocument, Served>;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #now: () => number;
  /** The queued outages for each document and for all other URLs. Queues may share an outage. */
  #script: Record<TestDocument | 'rest', Outage[]> = { configuration: [], jwks: [], rest: [] };

  constructor(
    documents: () => Record<TestDocument, Served>,
    headers: Readonly<Record<string, string>>,
    now: () => number,
  ) {
    this.#documents = documents;
    this.#headers = headers;
    this.#now = now;
  }

  async fetch(input: string | URL | Request, init: RequestInit = {}): Promise<Response> {
    const given = typeof input === 'object' && 'url' in input ? input : undefined;
    const signal = init.signal === undefined ? given?.signal : init.signal;
    signal?.throwIfAborted();
    const request = this.#record(new URL(given?.url ?? String(input)), init.method ?? given?.method ?? 'GET');
    const { document } = request;
    const text = document ? this.#documents()[document].text : '{"message":"the test issuer has no such document"}';
    const answer = (): Response => {
      const headers = { 'content-type': 'application/json', ...(document ? this.#headers : {}) };
      return new Response(text, { status: document ? 200 : 404, headers });
    };
    const outage = this.#nextOutage(document ?? 'rest');
    if (!outage) return answer();
    const redirect = init.redirect ?? given?.redirect ?? 'follow';
    return untilAborted(signal, async () => fail(outage.fault, { request, redirect, signal, text, answer }));
  }

  outage(fault: TestFault, given: TestOutageOptions): void {
    const options = check(given, RULES);
    const isStatus = Number.isInteger(fault) && (fault as number) >= 200 && (fault as number) <= 599;
    if (!isStatus && typeof fault !== 'function' && !FAULT_NAMES.includes(fault as string)) {
      throw new TypeError(`the outage must be a status from 200 to 599, a function, or ${oneOf(FAULT_NAMES)[0]}`);
    }
    const outage: Outage = { fault, left: options.requests ?? Infinity };
    const queues = options.document ? [this.#script[options.document]] : Object.values(this.#script);
    for (const queue of queues) {
      if (queue.at(-1)?.left === Infinity) queue.pop();
      queue.push(outage);
    }
  }

  recover(): void {
    this.#script = { configuration: [], jwks: [], rest: [] };
  }

  #record(url: URL, method: string): TestRequest {
    url.hash = '';
    const documents = Object.entries(this.#documents()) as [TestDocument, Served][];
    const found = documents.find(([, served]) => method === 'GET' && new URL(served.url).href === url.href)?.[0];
    const request: TestRequest = { url: url.href, method, ...(found ? { document: found } : {}), at: this.#now() };
    this.requests.push(request);
    return request;
  }

  #nextOutage(document: TestDocument | 'rest'): Outage | undefined {
    const queue = this.#script[document];
    while (queue[0]?.left === 0) queue.shift();
    const outage = queue[0];
    if (outage) outage.left -= 1;
    return outage;
  }
}

/** Settles like the promise, or rejects with the signal's reason if the signal aborts first. */
function untilAborted<T>(signal: AbortSignal | null | undefined, work: () => Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal!.reason);
    signal?.addEventListener('abort', abort, { once: true });
    work()
      .then(resolve, reject)
      .finally(() => signal?.removeEventListener('abort', abort));
  });
}
