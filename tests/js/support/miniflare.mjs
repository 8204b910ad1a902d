// Runs several Workers, and the bindings of Cloudflare, in one workerd process.
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { TOOLS } from './paths.mjs';
import { COMPATIBILITY_DATE, modulesIn } from './workerd.mjs';

/** Starts the Workers. The first one answers at `await miniflare.ready`. */
export function startMiniflare(workers) {
  const { Miniflare } = createRequire(createRequire(join(TOOLS, 'package.json')).resolve('wrangler'))('miniflare');
  return new Miniflare({ cf: false, workers });
}

/** Returns the options of a Worker, without bindings. `folder` is what `bundleWorker()` returned. */
export function workerOf(name, folder) {
  const modules = modulesIn(folder).map((file) => {
    return { type: file.endsWith('.wasm') ? 'CompiledWasm' : 'ESModule', path: join(folder, file) };
  });
  return { name, modules, modulesRoot: folder, compatibilityDate: COMPATIBILITY_DATE };
}
