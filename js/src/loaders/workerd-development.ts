// The entry for Cloudflare Workers in Vite's development mode, and so in Vitest. Without a wrangler config, Vitest does not
// compile the .wasm. The import is dynamic so that this file can catch the error.

import { start } from '../core/shared.js';

export * from '../core/api.js';

let compile: () => WebAssembly.Module;
try {
  const { default: module } = await import('./sts_jwt.fused.wasm');
  compile = () => module;
} catch (cause) {
  compile = () => {
    throw cause;
  };
}
start(
  compile,
  'Vite did not compile sts_jwt.fused.wasm; in Vitest, pass a wrangler config to the plugin, or in `miniflare` the rule ' +
    '`modulesRules: [{ type: "CompiledWasm", include: ["**/*.wasm"] }]`',
);
