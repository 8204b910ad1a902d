// warmup(): compiles the hot paths before the first request does.

import { lastError, selfTest } from './wasm.js';

/**
 * Runs one self-test verification of each algorithm. Call it at module scope: it moves the compilation of WebAssembly, a few
 * milliseconds of CPU, from the first request of an isolate to its start. It changes no result; calling it again costs half a millisecond.
 *
 * @throws Error when the self-test fails, which means that the module is damaged; JwtError `ERR_OPTIONS_INVALID` before
 *   `await init()` in a browser.
 */
export function warmup(): void {
  if (!selfTest()) throw new Error('sts-jwt: the self-test failed', { cause: lastError() });
}
