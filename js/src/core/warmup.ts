// warmup(): compiles the hot paths before the first request.

import { Verifier } from '../verifier/verifier.js';
import type { Algorithm } from './types.js';
import { readSelfTest } from './wasm.js';

/**
 * Verifies a built-in token with each algorithm, exactly as a `Verifier` verifies other tokens. Call this at module scope to
 * move the compilation of JavaScript and WebAssembly (a few milliseconds of CPU) from the first request to the start of the
 * isolate. Results do not change. A second call costs half a millisecond.
 *
 * @param algorithms The algorithms of the tokens that will arrive. Default: both.
 * @throws JwtError `ERR_WASM_UNAVAILABLE` in a browser before `await init()`; `ERR_OPTIONS_INVALID` if `algorithms` is not a
 *   list of algorithms; the error of `verify()` if the module is damaged.
 */
export function warmup(algorithms: readonly Algorithm[] = ['ES384', 'RS256']): void {
  const { config, tokens } = JSON.parse(readSelfTest());
  // A Verifier also compiles almost everything that verify() needs. Through verify(), the first request to a Verifier would
  // take 1.7 ms more, and the first verify() 0.4 ms less. The constructor checks `algorithms`.
  const verifier = new Verifier({ ...config, algorithms });
  for (const algorithm of algorithms) verifier.verify(tokens[algorithm], { now: 0 });
}
