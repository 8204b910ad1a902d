// `sts-jwt/slim`: the API without a loader. The caller passes either .wasm (`sts-jwt/wasm` or `sts-jwt/wasm/fused`) in any form.

import { hasRelaxedSimd, isFused as isFusedHere, link, linkLater, startFailure } from '../core/shared.js';
import { fetchWasm, linkResponse } from './fetch-wasm.js';

export * from '../core/api.js';

/**
 * Whether `sts-jwt/wasm/fused` is faster here than `sts-jwt/wasm`: the runtime has relaxed SIMD, its multiply-add is fused, and
 * it allows compiling. Takes less than half a millisecond. Never throws.
 */
export function isFused(): boolean {
  return isFusedHere();
}

/**
 * Loads the module from a URL, a `Response`, the bytes, a `WebAssembly.Module`, or a promise of one of these. Call this
 * once, before anything else. Later calls do nothing. Either file of the package works: `sts-jwt/wasm/fused` is faster if
 * {@link isFused} returns true, and `sts-jwt/wasm` works in every runtime with SIMD.
 *
 * @throws JwtError (as a rejection) `ERR_WASM_UNAVAILABLE`. The message says what to change. A later call tries again.
 */
export async function init(source: string | object): Promise<void> {
  let wasm: unknown;
  let isUrl: boolean;
  try {
    wasm = await source;
    isUrl = typeof wasm === 'string' || wasm instanceof URL;
  } catch (cause) {
    throw startFailure(cause, otherwise());
  }
  if (isUrl) return fetchWasm(wasm as string | URL, hasRelaxedSimd() ? undefined : otherwise());
  try {
    if (wasm instanceof Response) return await linkResponse(wasm);
    await linkLater(isBytes(wasm) ? await WebAssembly.compile(wasm) : (wasm as WebAssembly.Module));
  } catch (cause) {
    throw startFailure(cause, otherwise());
  }
}

/**
 * Loads the module synchronously, from a `WebAssembly.Module` or its bytes.
 *
 * @throws JwtError `ERR_WASM_UNAVAILABLE`. The message says what to change.
 */
export function initSync(source: object): void {
  try {
    link(isBytes(source) ? new WebAssembly.Module(source) : (source as WebAssembly.Module));
  } catch (cause) {
    throw startFailure(cause, otherwise());
  }
}

function otherwise(): string {
  const problem = 'the source is not the .wasm of this version of the package';
  if (hasRelaxedSimd()) return problem;
  return `${problem}, or it is "sts-jwt/wasm/fused", which needs relaxed SIMD; in this runtime, pass "sts-jwt/wasm"`;
}

function isBytes(source: unknown): source is BufferSource {
  return source instanceof ArrayBuffer || ArrayBuffer.isView(source);
}
