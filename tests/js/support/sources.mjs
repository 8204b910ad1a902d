// Imports modules that no entry of the package exports, by compiling the published sources.
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { PROJECT, ROOT } from './paths.mjs';

const esbuild = createRequire(join(ROOT, 'js/package.json'))('esbuild');

/** @param file The path below `src/` (for example, `remote/decide.ts`). */
export async function importSource(file, directory = join(PROJECT, 'node_modules/sts-jwt')) {
  // Gives the module a name for coverage and stack traces, because a data: URL has no path.
  const footer = { js: `//# sourceURL=${pathToFileURL(join(directory, 'src', file))}` };
  const options = { bundle: true, format: 'esm', packages: 'external', write: false, footer };
  const { outputFiles } = await esbuild.build({ entryPoints: [join(directory, 'src', file)], ...options });
  return import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString('base64')}`);
}
