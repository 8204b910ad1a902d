// Bundles the debugger page into one self-contained file: `node bundle.mjs <package directory>`. The directory must
// contain the .wasm.
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const packageDirectory = resolve(process.argv[2]);
const here = (file) => fileURLToPath(new URL(file, import.meta.url));
const { version } = JSON.parse(readFileSync(join(packageDirectory, 'package.json'), 'utf8'));

async function bundle(file) {
  const { outputFiles } = await build({
    alias: { 'sts_jwt.wasm': join(packageDirectory, 'dist/sts_jwt.wasm') },
    bundle: true,
    charset: 'utf8',
    entryPoints: [here(file)],
    format: 'esm',
    legalComments: 'none',
    loader: { '.wasm': 'binary' },
    minify: true,
    target: ['chrome123', 'firefox120', 'safari17.5'],
    write: false,
  });
  return outputFiles[0].text.trim();
}

const [script, style] = await Promise.all([bundle('main.ts'), bundle('style.css')]);
if (/<\/script|<!--/i.test(script) || /<\/style/i.test(style))
  throw new Error('the script or style would close its own element');

const hash = (text) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
// connect-src allows fetching keys on request. The policy blocks all other requests.
const policy = [
  "default-src 'none'",
  `script-src ${hash(script)} 'wasm-unsafe-eval'`,
  `style-src ${hash(style)}`,
  'connect-src https: http://localhost:* http://127.0.0.1:*',
  'img-src data:',
  "base-uri 'none'",
  "form-action 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join('; ');

const parts = { policy, script, style, version };
/**
 * Even indexes hold text of the page, and odd indexes hold the names of parts. The white space around every part except
 * the version is removed.
 */
const pieces = readFileSync(here('index.html'), 'utf8').split(/%(policy|script|style|version)%/);
const isTrimmed = (name) => name !== undefined && name !== 'version';
const page = pieces
  .map((piece, index) => {
    if (index % 2 === 1) return parts[piece];
    const text = isTrimmed(pieces[index - 1]) ? piece.trimStart() : piece;
    return isTrimmed(pieces[index + 1]) ? text.trimEnd() : text;
  })
  .join('');
writeFileSync(join(packageDirectory, 'debugger.html'), page);
