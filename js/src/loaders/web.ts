// The entry for browsers. Nothing is loaded before the first init().

import { fetchWasm } from './fetch-wasm.js';

export * from '../core/api.js';

let started: Promise<void> | undefined;

/** Replaces `init` of core/api.ts. */
export function init(): Promise<void> {
  started ??= fetchWasm(new URL('./sts_jwt.wasm', import.meta.url));
  started.catch(() => (started = undefined)); // a later call tries again
  return started;
}
