// The entry for browsers: nothing is loaded before the first init().

import { load } from './fetch.js';

export * from './index.js';

let started: Promise<void> | undefined;

/** See `init` in index.ts, whose place this one takes. */
export function init(): Promise<void> {
  started ??= load(new URL('./sts_jwt.wasm', import.meta.url));
  started.catch(() => (started = undefined)); // a failure may be tried again
  return started;
}
