// Explains why the module did not start, and what to do.

import { type JwtError, wasmUnavailable } from './errors.js';

/** The smallest module that only a runtime with SIMD accepts: one function type with a v128 as its result. */
const SIMD_MODULE = /*#__PURE__*/ Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 1, 5, 1, 0x60, 0, 1, 0x7b);

/** What to do if a loader finds neither file. */
export const FILE_MISSING =
  'sts_jwt.wasm and sts_jwt.fused.wasm are not next to the code, perhaps due to bundling; keep "sts-jwt" external, or import ' +
  '"sts-jwt/inline"';

/** Returns the error for a failed start. `otherwise` is the message if the runtime is not the problem. */
export function startFailure(cause: unknown, otherwise: string): JwtError {
  return wasmUnavailable(`WebAssembly did not start: ${problemOf(String(cause)) ?? otherwise}`, { cause });
}

function problemOf(message: string): string | undefined {
  if (typeof WebAssembly !== 'object') {
    return 'it is not available in this runtime; use the Rust crate in a native host';
  }
  if (/content security policy|\bCSP\b|unsafe-eval/i.test(message)) {
    return "the page's Content-Security-Policy forbids it: add 'wasm-unsafe-eval' to script-src";
  }
  if (/disallowed/i.test(message)) {
    return 'this runtime forbids compiling: import "sts-jwt", or pass a precompiled module to "sts-jwt/slim"';
  }
  if (!WebAssembly.validate(SIMD_MODULE)) {
    return 'this runtime has no SIMD: pass a build without SIMD to "sts-jwt/slim" (`cargo xtask build --no-simd`)';
  }
  return undefined;
}
