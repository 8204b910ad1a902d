// `sts-jwt/slim`: without a loader. The caller gives the .wasm, which is `sts-jwt/wasm`, in whatever form is at hand.

import { link } from './engine.js';
import { loadingFailed } from './failure.js';
import { load, loadResponse } from './fetch.js';

export * from './index.js';

const OTHERWISE = 'what was given is not the .wasm of this version of the package';

/**
 * Loads the module from what is given: a URL to fetch, a `Response`, the bytes, a `WebAssembly.Module`, or a promise of one of
 * these. Needed once, before anything else; afterwards it does nothing.
 *
 * @throws JwtError (as a rejection) `ERR_OPTIONS_INVALID` with one sentence on what to change; a later call tries again.
 */
export async function init(source: string | object): Promise<void> {
  const given: unknown = await source;
  if (typeof given === 'string' || given instanceof URL) return load(given);
  try {
    if (given instanceof Response) return await loadResponse(given);
    const module = isBytes(given) ? await WebAssembly.compile(given) : (given as WebAssembly.Module);
    link(await WebAssembly.instantiate(module));
  } catch (cause) {
    throw loadingFailed(cause, OTHERWISE);
  }
}

/**
 * The same at once: from a `WebAssembly.Module` or the bytes.
 *
 * @throws JwtError `ERR_OPTIONS_INVALID` with one sentence on what to change.
 */
export function initSync(source: object): void {
  try {
    const module = isBytes(source) ? new WebAssembly.Module(source) : (source as WebAssembly.Module);
    link(new WebAssembly.Instance(module));
  } catch (cause) {
    throw loadingFailed(cause, OTHERWISE);
  }
}

function isBytes(source: unknown): source is BufferSource {
  return source instanceof ArrayBuffer || ArrayBuffer.isView(source);
}
