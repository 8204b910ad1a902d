// Bundles with the esbuild that the build also uses to check the size budget of the package.
import { copyFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { PROJECT, ROOT } from '../tests/js/support/paths.mjs';
import { FUSED, PLAIN } from '../tests/js/support/runtimes.mjs';

const esbuild = createRequire(join(ROOT, 'js/package.json'))('esbuild');
const COMMON = { bundle: true, format: 'esm', minify: true, logLevel: 'error' };

/** Returns the path of a .wasm file of the installed package. */
export const wasmPath = (file) => join(PROJECT, 'node_modules/sts-jwt/dist', file);

/** Bundles into one file for Node, with both .wasm files next to it. Returns its path. */
export async function bundleForNode(entry, outdir) {
  const outfile = join(outdir, 'bundle.mjs');
  await esbuild.build({ ...COMMON, entryPoints: [entry], platform: 'node', outfile });
  for (const file of [PLAIN, FUSED]) copyFileSync(wasmPath(file), join(dirname(outfile), file));
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
