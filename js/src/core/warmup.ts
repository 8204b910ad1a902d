// warmup(): compiles the hot paths before the first request.

import { wasmUnavailable } from './errors.js';
import { lastError, selfTest } from './wasm.js';

/**
 * Verifies a built-in token with each algorithm. Call this at module scope to move the compilation of WebAssembly (a
 * few milliseconds of CPU) from the first request to the start of the isolate. Results do not change. A second call
 * costs half a millisecond.
 *
 * @throws JwtError `ERR_WASM_UNAVAILABLE` if the module is damaged (the self-test fails), or in a browser before `await init()`.
 */
export function warmup(): void {
  if (!selfTest()) throw wasmUnavailable('the self-test failed', { cause: lastError() });
}
