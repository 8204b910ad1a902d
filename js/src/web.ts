// The entry for browsers: nothing is loaded before the first init().

import { start } from './engine.js';
import { instantiate } from './fetch.js';

export * from './index.js';

let started: Promise<void> | undefined;

/** See `init` in index.ts, whose place this one takes. */
export function init(): Promise<void> {
  started ??= instantiate(new URL('./wasm/sts_jwt_bg.wasm', import.meta.url)).then(start);
  started.catch(() => (started = undefined)); // a failure may be tried again
  return started;
}
