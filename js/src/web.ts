// The entry for browsers. Nothing is loaded before the first init().

import { load } from './fetch.js';

export * from './index.js';

let started: Promise<void> | undefined;

/** Replaces `init` of index.ts. */
export function init(): Promise<void> {
  started ??= load(new URL('./sts_jwt.wasm', import.meta.url));
  started.catch(() => (started = undefined)); // the next call tries again
  return started;
}
