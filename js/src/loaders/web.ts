// The entry for browsers. Nothing is loaded before the first init().

import { assertRunning } from '../core/shared.js';
import { fetchWasm } from './fetch-wasm.js';

export * from '../core/api.js';

let started: Promise<void> | undefined;

/** Replaces `init` of core/api.ts. */
export async function init(): Promise<void> {
  started ??= fetchWasm(new URL('./sts_jwt.wasm', import.meta.url));
  try {
    await started;
  } catch (error) {
    started = undefined; // a later call tries again
    throw error;
  }
  assertRunning();
}
