// Fetches the .wasm and recognises the usual mistakes. Not part of core/, because bundlers of edge runtimes rewrite `fetch`
// and WebAssembly.

import { linkLater, startFailure } from '../core/shared.js';

/**
 * Fetches and starts the module. Rejects with a JwtError that says what to do. If the response is not a module and `refused` is
 * given, `refused` is the message.
 */
export async function fetchWasm(url: URL | string, refused?: string): Promise<void> {
  const advice = 'put the package\'s .wasm files there, or import "sts-jwt/inline"';
  let otherwise = `${url} cannot be fetched; ${advice}`;
  try {
    const response = await fetch(url);
    if (!response.ok) throw new Error(`status ${response.status}`);
    otherwise =
      refused ?? `${url} is not the .wasm, but perhaps an HTML page; ${advice} (Vite before 8: optimizeDeps.exclude)`;
    await linkResponse(response);
  } catch (cause) {
    throw startFailure(cause, otherwise);
  }
}

export async function linkResponse(response: Response): Promise<void> {
  // Streaming requires this content type. With another content type, loading works but is a little slower.
  if (response.headers.get('content-type')?.startsWith('application/wasm')) {
    const module = await WebAssembly.compileStreaming(response);
    return linkLater(module);
  }
  // Next.js moves the arguments of compile() into a function that is not async, so they must not contain an `await`.
  const bytes = await response.arrayBuffer();
  const module = await WebAssembly.compile(bytes);
  return linkLater(module);
}
