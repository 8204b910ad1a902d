// Bundles with the esbuild that the build also uses to check the size budget of the package.
import { copyFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { PROJECT, ROOT } from '../tests/js/support/paths.mjs';

const esbuild = createRequire(join(ROOT, 'js/package.json'))('esbuild');
const COMMON = { bundle: true, format: 'esm', minify: true, logLevel: 'error' };

const dist = join(PROJECT, 'node_modules/sts-jwt/dist');
/** Both modules. A runtime loads one of them. */
export const WASM = { '.wasm': join(dist, 'sts_jwt.wasm'), 'fused .wasm': join(dist, 'sts_jwt.fused.wasm') };

/** Bundles into one file for Node, with the .wasm next to it. Returns its path. */
export async function bundleForNode(entry, outdir) {
  const outfile = join(outdir, 'bundle.mjs');
  await esbuild.build({ ...COMMON, entryPoints: [entry], platform: 'node', outfile });
  for (const file of Object.values(WASM)) copyFileSync(file, join(dirname(outfile), basename(file)));
  return outfile;
}

/** Returns the minified JavaScript that a browser loads for these imports. */
export async function browserBundle(imports, resolveDir) {
  const { outputFiles } = await esbuild.build({
    ...COMMON,
    stdin: { contents: imports, resolveDir },
    platform: 'browser',
    write: false,
  });
  return outputFiles[0].contents;
}
