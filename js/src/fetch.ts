// Fetches the .wasm and recognises common mistakes.

import { imports, link } from './engine.js';
import { loadingFailed } from './failure.js';

/** Fetches and starts the module. Rejects with a JwtError that says what to do. */
export async function load(url: URL | string): Promise<void> {
  const advice = 'put the package\'s sts_jwt.wasm there, or import "sts-jwt/inline"';
  let otherwise = `${url} cannot be fetched; ${advice}`;
  try {
    const response = await fetch(url);
    if (!response.ok) throw new Error(`status ${response.status}`);
    otherwise = `${url} is not the .wasm, but perhaps an HTML page; ${advice} (Vite before 8: optimizeDeps.exclude)`;
    await loadResponse(response);
  } catch (cause) {
    throw loadingFailed(cause, otherwise);
  }
}

export async function loadResponse(response: Response): Promise<void> {
  // Streaming requires this content type. With any other, loading works but is a little slower.
  const streams = response.headers.get('content-type')?.startsWith('application/wasm');
  const result = streams
    ? WebAssembly.instantiateStreaming(response, imports)
    : WebAssembly.instantiate(await response.arrayBuffer(), imports);
  link((await result).instance);
}
