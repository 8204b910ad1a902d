// Tests that `sts-jwt/remote` starts the WebAssembly module by itself in every runtime. For Workers, see
// stores/workers.test.mjs.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { describe } from 'node:test';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { createApp } from '../hosts/app.mjs';
import { runTool } from '../hosts/http.mjs';
import { startFolder, startUrl } from '../hosts/page.mjs';
import { htmlOf, serve } from '../support/browser.mjs';
import { ROLE } from '../support/issuer.mjs';
import { PROJECT, TOOLS } from '../support/paths.mjs';
import { AUDIENCE, ISSUER, jwksOf, OLD, tokenOf } from '../support/remote.mjs';
import { CURRENT_NODE, programOf } from '../support/runtimes.mjs';

const token = tokenOf(OLD, Math.floor(Date.now() / 1000));
const question = JSON.stringify({ issuer: ISSUER, audience: AUDIENCE, jwks: jwksOf(OLD), token });
const PACKAGE = join(PROJECT, 'node_modules/sts-jwt');

const programs = {
  Node: { program: process.execPath, flags: ['--no-warnings'] },
  [`Node ${CURRENT_NODE}`]: { program: programOf(`node${CURRENT_NODE}`), flags: [] },
  Deno: { program: programOf('deno'), flags: ['run', '--no-prompt'] },
  Bun: { program: programOf('bun'), flags: [] },
};
// Deno is not tested with require(), because require() needs a permission.
const isAsked = (name, how) => name !== 'Deno' || how === 'import';
/** @type {Record<string, any>} */
const scripts = {
  import: ['imports.mjs', "import { answerRemote } from './apps/remote.mjs';"],
  require: ['requires.cjs', "const { answerRemote } = require('./apps/remote.mjs');"],
};

describe('sts-jwt/remote as the only entry', () => {
  for (const [name, { program, flags }] of Object.entries(programs)) {
    for (const [how, [file, load]] of Object.entries(scripts)) {
      if (!isAsked(name, how)) continue;
      test(`works in ${name} with ${how}`, {
        skip: program ? false : 'npm has no such program for this platform',
      }, () => {
        const script = join(createApp(`remote-${how}`), file);
        writeFileSync(script, `${load}\nanswerRemote(${JSON.stringify(question)}).then((sub) => console.log(sub));\n`);
        /** @type {import('node:child_process').ExecFileSyncOptionsWithStringEncoding} */
        const options = { encoding: 'utf8', env: { PATH: process.env.PATH, HOME: process.env.HOME, NO_COLOR: '1' } };
        assert.equal(execFileSync(program, [...flags, script], options), `${ROLE}\n`);
      });
    }
  }

  async function inBrowser(host) {
    try {
      assert.equal(await host.ask(question), ROLE);
    } finally {
      await host.stop();
    }
  }

  const page = (script) =>
    `<!doctype html>\n<link rel="icon" href="data:,">\n<script type="module" src="${script}"></script>\n`;

  test('works on a page with an import map', async () => {
    const folder = createApp('remote-page');
    const imports = { 'sts-jwt/remote': '/package/dist/remote.js' };
    const { url, stop } = await serve(
      { '/package/': PACKAGE, '/app/': folder },
      { html: htmlOf({ script: '/app/apps/remote.mjs', imports }) },
    );
    await inBrowser(await startUrl(url, stop));
  });

  test('works with Vite', async () => {
    const folder = createApp('remote-vite');
    writeFileSync(join(folder, 'index.html'), page('/apps/remote.mjs'));
    await runTool(join(TOOLS, 'node_modules/vite/bin/vite.js'), ['build', '--logLevel', 'warn'], { cwd: folder });
    await inBrowser(await startFolder(join(folder, 'dist')));
  });

  test('works with esbuild and sts-jwt/inline', async () => {
    const folder = createApp('remote-esbuild');
    const entry = join(folder, 'entry.mjs');
    writeFileSync(entry, "import 'sts-jwt/inline';\nimport './apps/remote.mjs';\n");
    await build({
      entryPoints: [entry],
      bundle: true,
      format: 'esm',
      outfile: join(folder, 'dist/page.js'),
      logLevel: 'warning',
    });
    writeFileSync(join(folder, 'dist/index.html'), page('page.js'));
    await inBrowser(await startFolder(join(folder, 'dist')));
  });

  test('adds at most 6.5 KB to the main entry, minified and gzipped', async () => {
    const sizeOf = async (/** @type {string[]} */ ...entries) => {
      const contents = entries.map((entry) => `export * from '${join(PACKAGE, 'dist', entry)}';`).join('\n');
      const { outputFiles } = await build({
        stdin: { contents, resolveDir: PACKAGE },
        bundle: true,
        minify: true,
        format: 'esm',
        external: ['node:fs', 'sts-jwt'],
        write: false,
      });
      return gzipSync(outputFiles[0].text, { level: 9 }).length;
    };
    const added = (await sizeOf('node.js', 'remote.js')) - (await sizeOf('node.js'));
    assert.ok(added > 1024 && added <= 6656, `${added} bytes`);
  });
});
