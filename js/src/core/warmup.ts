// warmup(): compiles the hot paths before the first request.

import { wasmUnavailable } from './errors.js';
import { lastError, selfTest } from './wasm.js';

/**
 * Verifies a built-in token with each algorithm. Call it at module scope, to move the compilation of WebAssembly (a few
 * milliseconds of CPU) from the first request of an isolate to its start. Results do not change. A second call costs
 * half a millisecond.
 *
 * @throws JwtError `ERR_WASM_UNAVAILABLE` if the self-test fails, because the module is damaged; or before `await init()` in a browser.
 */
export function warmup(): void {
  if (!selfTest()) throw wasmUnavailable('the self-test failed', { cause: lastError() });
}
