// warmup(): compiles the hot paths before the first request.

import { refusalOf } from './errors.js';
import { KeySet } from './key-set.js';
import type { Algorithm } from './types.js';
import { verify } from './verify.js';
import { readSelfTest } from './wasm.js';

/**
 * Verifies a built-in token with each algorithm, exactly as `verify()` verifies other tokens. Call this at module scope to
 * move the compilation of JavaScript and WebAssembly (a few milliseconds of CPU) from the first request to the start of the
 * isolate. Results do not change. A second call costs half a millisecond.
 *
 * @param algorithms The algorithms of the tokens that will arrive. Default: both.
 * @throws JwtError `ERR_WASM_UNAVAILABLE` in a browser before `await init()`; `ERR_OPTIONS_INVALID` if `algorithms` is not a
 *   list of algorithms; the error of `verify()` if the module is damaged.
 */
export function warmup(algorithms?: readonly Algorithm[]): void {
  const { options, jwks, tokens } = JSON.parse(readSelfTest());
  const keys = new KeySet(jwks);
  for (const token of tokens) {
    try {
      verify(token, keys, { ...options, ...(algorithms !== undefined && { algorithms }) });
    } catch (error) {
      // The token of the other algorithm.
      if (refusalOf(error).code !== 'ERR_JOSE_ALG_NOT_ALLOWED') throw error;
    }
  }
  keys.free();
}
