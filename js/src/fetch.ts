// Fetching and instantiating the .wasm in a browser, and saying in one sentence why it did not work.

import { imports } from './engine.js';

export async function instantiate(url: URL): Promise<WebAssembly.Instance> {
  let response: Response;
  try {
    response = await fetch(url);
  } catch (cause) {
    throw new Error(`sts-jwt: ${url} could not be fetched`, { cause });
  }
  if (!response.ok) throw new Error(`sts-jwt: ${url} answered with status ${response.status}`);
  const type = response.headers.get('content-type') ?? '';
  if (type.startsWith('text/html')) throw htmlInstead(url);
  try {
    // Streaming needs this very type; servers that do not know it still work, a little slower.
    if (type.startsWith('application/wasm')) {
      return (await WebAssembly.instantiateStreaming(response, imports)).instance;
    }
    const bytes = await response.arrayBuffer();
    if (new Uint8Array(bytes)[0] === 0x3c /* "<" */) throw htmlInstead(url);
    return (await WebAssembly.instantiate(bytes, imports)).instance;
  } catch (cause) {
    if (!(cause instanceof WebAssembly.CompileError)) throw cause;
    throw new Error(`sts-jwt: ${whyNotCompiled(cause, url)}`, { cause });
  }
}

function htmlInstead(url: URL): Error {
  return new Error(
    `sts-jwt: ${url} is an HTML page, not the .wasm file: copy the package's wasm/ directory there` +
      ` (Vite before 8: add "sts-jwt" to optimizeDeps.exclude)`,
  );
}

function whyNotCompiled(error: WebAssembly.CompileError, url: URL): string {
  return /content security policy|\bCSP\b|unsafe-eval/i.test(error.message)
    ? `the page's Content-Security-Policy forbids WebAssembly: add 'wasm-unsafe-eval' to its script-src`
    : `${url} could not be compiled: the file is damaged, or the browser has no WebAssembly SIMD`;
}
