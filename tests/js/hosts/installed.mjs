// Installs a tool and the packed package into one folder, as a user would. Links would not do: some tools do not follow
// links out of their root, or treat a linked package differently.
import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { MATRIX_TOOLS, WORK } from '../support/paths.mjs';

const FILES = ['.npmrc', 'package-lock.json', 'package.json'];

/** Where the tool of tests/js/matrix/<name> is installed. */
export const folderOf = (name) => join(WORK, name);

/** Installs the tool of tests/js/matrix/<name> once, and the packed package each time. */
export function installTool(name, title, size) {
  const folder = folderOf(name);
  mkdirSync(folder, { recursive: true });
  const source = (file) => join(MATRIX_TOOLS, name, file);
  const lock = readFileSync(source('package-lock.json'), 'utf8');
  const stamp = join(folder, 'node_modules/.installed');
  const npm = (...args) =>
    execFileSync('npm', [...args, '--ignore-scripts', '--loglevel=error'], { cwd: folder, stdio: 'ignore' });
  if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== lock) {
    console.log(`Installing ${title} into ${folder} (once, ${size})`);
    for (const file of FILES) copyFileSync(source(file), join(folder, file));
    npm('ci');
    writeFileSync(stamp, lock);
  }
  const [tarball] = readdirSync(WORK).filter((file) => /^sts-jwt-.*\.tgz$/.test(file));
  rmSync(join(folder, 'node_modules/sts-jwt'), { recursive: true, force: true });
  npm('install', '--no-save', join(WORK, tarball));
  return folder;
}
