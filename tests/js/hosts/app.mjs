// Creates test apps: copies of tests/js/apps and their imports, in a project with the packed tarball installed.
// Bundlers and runtimes would treat a linked package differently.
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROJECT, TOOLS } from '../support/paths.mjs';

const PARTS = ['apps', 'corpus', 'memory.mjs', 'suite', 'suite.mjs'];

/**
 * Creates the app with a name and returns its folder. `imports` replaces package names, for example `sts-jwt` with
 * `sts-jwt/inline`.
 */
export function createApp(name, { imports = {}, project = PROJECT } = {}) {
  const folder = join(project, 'apps', name);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const part of PARTS) cpSync(join(TOOLS, part), join(folder, part), { recursive: true });
  if (Object.keys(imports).length > 0) rewriteImports(folder, imports);
  return folder;
}

function rewriteImports(folder, imports) {
  for (const file of readdirSync(folder, { encoding: 'utf8', recursive: true }).filter((file) =>
    /\.[cm]js$/.test(file),
  )) {
    const path = join(folder, file);
    const text = readFileSync(path, 'utf8');
    writeFileSync(
      path,
      text.replace(/(?<=from |require\()'([^']+)'/g, (all, name) => (imports[name] ? `'${imports[name]}'` : all)),
    );
  }
}
