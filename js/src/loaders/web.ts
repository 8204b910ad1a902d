// The entry for browsers. Nothing is loaded before the first init().

import { assertRunning, isFused } from '../core/shared.js';
import { fetchWasm } from './fetch-wasm.js';

export * from '../core/api.js';

let started: Promise<void> | undefined;

/** Replaces `init` of core/api.ts. */
export async function init(): Promise<void> {
  started ??= fetchFusedOrPlain();
  try {
    await started;
  } catch (error) {
    started = undefined; // a later call tries again
    throw error;
  }
  assertRunning();
}

/** Loads the fused file where it is faster. Loads the plain file elsewhere, and if the fused file is missing or does not load. */
function fetchFusedOrPlain(): Promise<void> {
  // Bundlers recognise exactly these expressions, and emit both files.
  const fetchPlain = () => fetchWasm(new URL('./sts_jwt.wasm', import.meta.url));
  return isFused() ? fetchWasm(new URL('./sts_jwt.fused.wasm', import.meta.url)).catch(fetchPlain) : fetchPlain();
}
