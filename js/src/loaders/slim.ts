// `sts-jwt/slim`: the API without a loader. The caller passes the .wasm (`sts-jwt/wasm`) in any form.

import { link, linkLater, startFailure } from '../core/shared.js';
import { fetchWasm, linkResponse } from './fetch-wasm.js';

export * from '../core/api.js';

const OTHERWISE = 'the source is not the .wasm of this version of the package';

/**
 * Loads the module from a URL, a `Response`, the bytes, a `WebAssembly.Module`, or a promise of one of these. Call this
 * once, before anything else. Later calls do nothing.
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
    throw startFailure(cause, OTHERWISE);
  }
  if (isUrl) return fetchWasm(wasm as string | URL);
  try {
    if (wasm instanceof Response) return await linkResponse(wasm);
    await linkLater(isBytes(wasm) ? await WebAssembly.compile(wasm) : (wasm as WebAssembly.Module));
  } catch (cause) {
    throw startFailure(cause, OTHERWISE);
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
    throw startFailure(cause, OTHERWISE);
  }
}

function isBytes(source: unknown): source is BufferSource {
  return source instanceof ArrayBuffer || ArrayBuffer.isView(source);
}
