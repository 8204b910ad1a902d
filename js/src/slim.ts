// `sts-jwt/slim`: without a loader. The caller passes the .wasm (`sts-jwt/wasm`) in any form.

import { imports, link } from './engine.js';
import { loadingFailed } from './failure.js';
import { load, loadResponse } from './fetch.js';

export * from './index.js';

const OTHERWISE = 'the source is not the .wasm of this version of the package';

/**
 * Loads the module from a URL to fetch, a `Response`, the bytes, a `WebAssembly.Module`, or a promise of one of these.
 * Required once, before anything else. Later calls do nothing.
 *
 * @throws JwtError (as a rejection) `ERR_OPTIONS_INVALID`, with what to change. A later call tries again.
 */
export async function init(source: string | object): Promise<void> {
  const given: unknown = await source;
  if (typeof given === 'string' || given instanceof URL) return load(given);
  try {
    if (given instanceof Response) return await loadResponse(given);
    const module = isBytes(given) ? await WebAssembly.compile(given) : (given as WebAssembly.Module);
    link(await WebAssembly.instantiate(module, imports));
  } catch (cause) {
    throw loadingFailed(cause, OTHERWISE);
  }
}

/**
 * Loads the module synchronously, from a `WebAssembly.Module` or the bytes.
 *
 * @throws JwtError `ERR_OPTIONS_INVALID`, with what to change.
 */
export function initSync(source: object): void {
  try {
    const module = isBytes(source) ? new WebAssembly.Module(source) : (source as WebAssembly.Module);
    link(new WebAssembly.Instance(module, imports));
  } catch (cause) {
    throw loadingFailed(cause, OTHERWISE);
  }
}

function isBytes(source: unknown): source is BufferSource {
  return source instanceof ArrayBuffer || ArrayBuffer.isView(source);
}
