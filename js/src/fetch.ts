// Fetching the .wasm, and noticing the usual mistakes.

import { link } from './engine.js';
import { loadingFailed } from './failure.js';

/** Rejects with a JwtError that says in one sentence what to do. */
export async function load(url: URL | string): Promise<void> {
  const advice = 'put the package\'s sts_jwt.wasm there, or import "sts-jwt/inline"';
  let otherwise = `${url} cannot be fetched; ${advice}`;
  try {
    const response = await fetch(url);
    if (!response.ok) throw new Error(`status ${response.status}`);
    otherwise = `${url} is not the .wasm but perhaps an HTML page; ${advice} (Vite before 8: optimizeDeps.exclude)`;
    await loadResponse(response);
  } catch (cause) {
    throw loadingFailed(cause, otherwise);
  }
}

export async function loadResponse(response: Response): Promise<void> {
  // Streaming needs this very type; servers that do not know it still work, a little slower.
  const streams = response.headers.get('content-type')?.startsWith('application/wasm');
  const result = streams
    ? WebAssembly.instantiateStreaming(response)
    : WebAssembly.instantiate(await response.arrayBuffer());
  link((await result).instance);
}
