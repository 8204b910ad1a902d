// Tests the package in environments in which it cannot load: the import never throws, and the first use reports what is
// wrong and what to do.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import test, { before, describe } from 'node:test';
import { pathToFileURL } from 'node:url';
import { createFixtures } from '../fixtures.mjs';
import { htmlOf, openUrl, POLICY, serve } from '../support/browser.mjs';
import { PROJECT, TOOLS } from '../support/paths.mjs';
import { CURRENT_NODE, FASTER, FUSED, fileOfNode, OWN_NODE, PLAIN, programOf } from '../support/runtimes.mjs';
import { bundleWorker, startWorkerd } from '../support/workerd.mjs';

const esbuild = createRequire(join(TOOLS, 'package.json'))('esbuild');
const PACKAGE = join(PROJECT, 'node_modules/sts-jwt');
const FOLDER = join(PROJECT, 'loading');

/** Returns a program that prints the error of the first use of the package. */
const firstUse = (entry) => `import { decode } from '${entry}';
try { decode(''); } catch (error) { console.log(JSON.stringify([error.name, error.code, error.status, error.message])); }
`;

/** Returns a program that prints the name of the .wasm file that runs. `load` imports the package. */
const fileOf = (load) => `import { runningFile } from '${pathToFileURL(join(TOOLS, 'memory.mjs'))}';
import { createRequire } from 'node:module';
const require = createRequire(import.meta.url);
${load};
console.log(JSON.stringify([runningFile()]));
`;

describe('loading', () => {
  before(() => {
    rmSync(FOLDER, { recursive: true, force: true });
    mkdirSync(FOLDER, { recursive: true });
  });

  function write(name, text) {
    const file = join(FOLDER, name);
    writeFileSync(file, text);
    return file;
  }

  function run(program, args) {
    const { status, stdout, stderr } = spawnSync(program, args, { encoding: 'utf8' });
    assert.equal(status, 0, stderr);
    return stdout.split('\n').find((line) => line.startsWith('['));
  }

  function saysWhy(line, pattern) {
    const [name, code, status, message] = JSON.parse(line);
    assert.deepEqual([name, code, status], ['JwtError', 'ERR_WASM_UNAVAILABLE', 500]);
    assert.match(message, pattern);
  }

  const nodes = { 'this Node': process.execPath, 'the current Node': programOf('node26') };
  for (const [name, program] of Object.entries(nodes)) {
    const skip = program ? false : 'npm has no such Node for this platform';

    for (const entry of ['sts-jwt', 'sts-jwt/inline']) {
      test(`explains the lack of WebAssembly: ${entry} in ${name}`, { skip }, () => {
        const file = write('no-wasm.mjs', firstUse(entry));
        saysWhy(
          run(program, ['--jitless', '--no-warnings', file]),
          /not available in this runtime.*the Rust crate in a native host/,
        );
      });

      // V8 has SIMD only on processors with SSE 4.1.
      test(`explains the lack of SIMD: ${entry} in ${name}`, { skip: skip || process.arch !== 'x64' }, () => {
        const file = write('no-simd.mjs', firstUse(entry));
        saysWhy(run(program, ['--no-enable-sse4-1', file]), /no SIMD: pass a build without SIMD to "sts-jwt\/slim"/);
      });
    }

    test(`explains that compiling is forbidden in ${name}`, { skip }, () => {
      const script = write('forbidden.mjs', firstUse('sts-jwt/inline'));
      const bundle = bundleOf(script, { format: 'iife' });
      const context = `{ console, atob, TextEncoder, TextDecoder }`;
      const host = write(
        'context.cjs',
        `require('node:vm').runInNewContext(${JSON.stringify(bundle)}, ${context}, { contextCodeGeneration: { wasm: false } });`,
      );
      saysWhy(
        run(program, [host]),
        /forbids compiling: import "sts-jwt", or pass a precompiled module to "sts-jwt\/slim"/,
      );
    });
  }

  function bundleOf(entry, options) {
    const { outputFiles } = esbuild.buildSync({
      entryPoints: [entry],
      bundle: true,
      platform: 'node',
      write: false,
      ...options,
    });
    return outputFiles[0].text;
  }

  test('explains a missing .wasm next to a single-file bundle', () => {
    const bundle = bundleOf(write('bundled.mjs', firstUse('sts-jwt')), { format: 'esm' });
    saysWhy(
      run(process.execPath, [write('bundle.mjs', bundle)]),
      /not next to the code.*external, or import "sts-jwt\/inline"/,
    );
  });

  test('explains why a CommonJS bundle fails: it has no import.meta.url', () => {
    const bundle = bundleOf(write('bundled.mjs', firstUse('sts-jwt')), { format: 'cjs', logLevel: 'silent' });
    saysWhy(
      run(process.execPath, [write('bundle.cjs', bundle)]),
      /not next to the code.*external, or import "sts-jwt\/inline"/,
    );
  });

  // ---- which file --------------------------------------------------------------------------------------------------

  const current = programOf(`node${CURRENT_NODE}`);
  const withoutCurrent = current ? false : 'npm has no such Node for this platform';
  const LOADS = { import: "await import('sts-jwt')", require: "require('sts-jwt')" };
  for (const [form, load] of Object.entries(LOADS)) {
    for (const [name, program, flags, file] of [
      ['this Node', process.execPath, [], fileOfNode(OWN_NODE)],
      ['the current Node', current, [], fileOfNode(CURRENT_NODE)],
      ['the current Node on a processor without FMA', current, ['--no-enable-fma3'], PLAIN],
    ]) {
      test(`runs ${file} by ${form} in ${name}`, { skip: program ? false : withoutCurrent }, () => {
        const script = write('file.mjs', fileOf(load));
        assert.equal(run(program, [...flags, '--no-warnings', script]), JSON.stringify([file]));
      });
    }

    for (const [state, change] of Object.entries({
      missing: (file) => rmSync(file),
      damaged: (file) => writeFileSync(file, readFileSync(file).subarray(0, -1000)),
    })) {
      test(`runs ${PLAIN} by ${form} if ${FUSED} is ${state}`, { skip: withoutCurrent }, () => {
        const copy = join(FOLDER, 'node_modules/sts-jwt');
        cpSync(PACKAGE, copy, { recursive: true });
        try {
          const script = write('file.mjs', fileOf(load));
          const running = () => run(current, ['--no-warnings', script]);
          assert.equal(running(), JSON.stringify([FASTER]));
          change(join(copy, 'dist', FUSED));
          assert.equal(running(), JSON.stringify([PLAIN]));
        } finally {
          rmSync(join(FOLDER, 'node_modules'), { recursive: true });
        }
      });
    }
  }

  test(`runs ${PLAIN} of sts-jwt/inline`, { skip: withoutCurrent }, () => {
    const script = write('file.mjs', fileOf("await import('sts-jwt/inline')"));
    assert.equal(run(current, [script]), JSON.stringify([PLAIN]));
  });

  for (const [file, entry] of [
    [PLAIN, 'sts-jwt/wasm'],
    [FUSED, 'sts-jwt/wasm/fused'],
    [PLAIN, `sts-jwt/${PLAIN}`],
    [FUSED, `sts-jwt/${FUSED}`],
  ]) {
    test(`accepts ${entry}, which is ${file}, in sts-jwt/slim`, { skip: withoutCurrent }, () => {
      const load = `const { initSync } = await import('sts-jwt/slim');
initSync((await import('node:fs')).readFileSync(new URL(import.meta.resolve('${entry}'))))`;
      assert.equal(run(current, [write('file.mjs', fileOf(load))]), JSON.stringify([file]));
    });
  }

  test('recommends by isFused() of sts-jwt/slim the file that the main entry chooses', () => {
    const script = write(
      'fused.mjs',
      "import { isFused } from 'sts-jwt/slim';\nconsole.log(JSON.stringify([isFused()]));",
    );
    assert.equal(run(process.execPath, [script]), JSON.stringify([fileOfNode(OWN_NODE) === FUSED]));
    if (!current) return;
    assert.equal(run(current, [script]), JSON.stringify([FASTER === FUSED]));
    assert.equal(run(current, ['--no-enable-fma3', script]), '[false]');
    assert.equal(run(current, ['--jitless', '--no-warnings', script]), '[false]');
  });

  // ---- advice of each entry -----------------------------------------------------------------------------------------

  for (const [conditions, advice] of [
    [['workerd'], /did not return a module; bundle with wrangler, or declare it as CompiledWasm/],
    [['workerd', 'unwasm'], /did not return a module; bundle with Nitro or Nuxt/],
    [
      ['workerd', 'development'],
      /: Vite did not compile sts_jwt\.fused\.wasm; in Vitest, pass a wrangler config to the plugin/,
    ],
    [['edge-light'], /did not return a module; bundle with Next\.js or the Vercel CLI/],
  ]) {
    test(`explains a bundler that uses the conditions ${conditions} but does not compile the .wasm`, () => {
      const options = { format: 'esm', conditions, loader: { '.wasm': 'dataurl' } };
      const bundle = bundleOf(write('bundled.mjs', firstUse('sts-jwt')), options);
      saysWhy(run(process.execPath, [write('bundle.mjs', bundle)]), advice);
    });
  }

  test('explains that both .wasm files are damaged', () => {
    const copy = join(FOLDER, 'damaged');
    cpSync(PACKAGE, copy, { recursive: true });
    for (const file of [PLAIN, FUSED])
      writeFileSync(join(copy, 'dist', file), readFileSync(join(PACKAGE, 'dist', file)).subarray(0, -1000));
    for (const program of [process.execPath, current ?? process.execPath]) {
      const line = run(program, [write('damaged.mjs', firstUse('./damaged/dist/node.js'))]);
      saysWhy(line, /sts_jwt\.wasm and sts_jwt\.fused\.wasm are not next to the code/);
    }
  });

  test('rejects init() with the same error', () => {
    const text = `import { init } from 'sts-jwt';
    await init().catch((error) => console.log(JSON.stringify([error.name, error.code, error.status, error.message])));`;
    saysWhy(
      run(process.execPath, ['--jitless', '--no-warnings', write('init.mjs', text)]),
      /not available in this runtime/,
    );
  });

  // From the compatibility date 2025-06-01 on, workerd lets a Worker compile at startup (flag allow_eval_during_startup).
  for (const [compatibilityDate, allowed] of [
    ['2025-05-31', false],
    ['2025-06-01', true],
  ]) {
    const title = allowed ? 'runs sts-jwt/inline' : 'explains why sts-jwt/inline cannot compile';
    test(`${title} in workerd with the compatibility date ${compatibilityDate}`, async () => {
      const worker = `import { decode } from 'sts-jwt/inline';
    export default { fetch() {
      try { decode(''); } catch (error) { return Response.json([error.name, error.code, error.status, error.message]); }
    } };`;
      const bundle = await bundleWorker('inline', { entry: write('worker.mjs', worker) });
      const workerd = await startWorkerd(bundle, { compatibilityDate });
      try {
        const told = await (await fetch(workerd.url)).text();
        if (allowed) assert.match(told, /ERR_JWS_INVALID/);
        else saysWhy(told, /forbids compiling: import "sts-jwt", or/);
      } finally {
        await workerd.stop();
      }
    });
  }

  // ---- browsers ----------------------------------------------------------------------------------------------------

  const PAGE = `import { runningFile } from './memory.mjs';
import * as main from 'sts-jwt';
const told = (error) => JSON.stringify([error.name, error.code, error.status, error.message]);
const first = (use) => { try { use(); } catch (error) { return told(error); } };
globalThis.ask = async () => {
  const before = first(() => main.decode(''));
  const init = await main.init().catch(told);
  // The entries share one instance, so this import also starts the main entry.
  const inline = await import('sts-jwt/inline');
  const requested = performance.getEntriesByType('resource').map(({ name }) => name.split('/').at(-1));
  const wasm = requested.filter((name) => name.endsWith('.wasm'));
  return { before, init, inline: first(() => inline.decode('')), wasm, running: init ? undefined : runningFile() };
};`;

  /** Returns the errors of a page for which some files of the package are replaced. */
  async function inPage(/** @type {Record<string, any>} */ { policy, replaced = {} }) {
    const files = join(FOLDER, 'page-package');
    cpSync(PACKAGE, files, { recursive: true });
    for (const [file, content] of Object.entries(replaced)) {
      if (content === undefined) rmSync(join(files, file));
      else writeFileSync(join(files, file), content);
    }
    write('page.mjs', PAGE);
    cpSync(join(TOOLS, 'memory.mjs'), join(FOLDER, 'memory.mjs'));
    const served = await serve(
      { '/package/': files, '/app/': FOLDER },
      { html: htmlOf({ script: '/app/page.mjs' }), policy },
    );
    try {
      const { page, close } = await openUrl(served.url, { ready: 'ask' });
      try {
        return await page.evaluate(() => globalThis.ask());
      } finally {
        await close();
      }
    } finally {
      served.stop();
      rmSync(files, { recursive: true });
    }
  }

  test('explains a missing init() on a page with a strict policy', async () => {
    const { before, init, inline, wasm, running } = await inPage({});
    saysWhy(before, /call `await init\(\)` before the first use/);
    assert.equal(init, undefined);
    assert.match(inline, /ERR_JWS_INVALID/);
    // One download, of the faster file.
    assert.deepEqual([wasm, running], [[FASTER], FASTER]);
  });

  for (const [state, content] of Object.entries({ missing: undefined, 'an HTML page': '<!doctype html>' })) {
    test(`loads ${PLAIN} on a page if ${FUSED} is ${state}`, async () => {
      const { init, wasm, running } = await inPage({ replaced: { [`dist/${FUSED}`]: content } });
      assert.equal(init, undefined);
      assert.deepEqual([wasm, running], [[FUSED, PLAIN], PLAIN]);
    });
  }

  test("explains a page policy without 'wasm-unsafe-eval'", async () => {
    const { init, inline } = await inPage({ policy: POLICY.replace("'wasm-unsafe-eval'", '') });
    for (const told of [init, inline])
      saysWhy(told, /Content-Security-Policy forbids it: add 'wasm-unsafe-eval' to script-src/);
  });

  test('explains HTML instead of the .wasm', async () => {
    const html = '<!doctype html><title>Not found</title>';
    const { init } = await inPage({ replaced: { [`dist/${PLAIN}`]: html, [`dist/${FUSED}`]: html } });
    saysWhy(
      init,
      /sts_jwt\.wasm is not the \.wasm, but perhaps an HTML page; put the package's \.wasm files there, or import "sts-jwt\/inline"/,
    );
  });

  test('explains a missing file on a page', async () => {
    const { init } = await inPage({ replaced: { [`dist/${PLAIN}`]: undefined, [`dist/${FUSED}`]: undefined } });
    saysWhy(init, /sts_jwt\.wasm cannot be fetched; put the package's \.wasm files there/);
  });

  // ---- sts-jwt/slim -----------------------------------------------------------------------------------------------------------

  const fixtures = createFixtures();
  const SLIM = `import { readFileSync } from 'node:fs';
import { init, initSync, verify } from 'sts-jwt/slim';
const bytes = readFileSync(process.argv[2]);
const { token, jwks, issuer, audience } = JSON.parse(process.argv[3]);
const served = new Response(bytes, { headers: { 'content-type': 'application/wasm' } });
const sources = {
  module: () => init(new WebAssembly.Module(bytes)),
  bytes: () => init(bytes),
  'an ArrayBuffer': () => init(new Uint8Array(bytes).buffer),
  'a promise': () => init(Promise.resolve(bytes)),
  'a Response': () => init(served),
  'a Response of another type': () => init(new Response(bytes)),
  'a URL': () => init(new URL('data:application/wasm;base64,' + bytes.toString('base64'))),
  'a module, synchronously': () => initSync(new WebAssembly.Module(bytes)),
  'bytes, synchronously': () => initSync(bytes),
  'another module': () => init(new WebAssembly.Module(Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0))),
  'nothing, synchronously': () => initSync(undefined),
};
try {
  await sources[process.argv[4]]();
  console.log('[' + JSON.stringify(verify(token, jwks, { issuer, audience }).alg) + ']');
} catch (error) {
  console.log(JSON.stringify([error.name, error.code, error.status, error.message]));
}`;

  const slim = (source, { wasm = join(PACKAGE, 'dist/sts_jwt.wasm'), flags = [] } = {}) => {
    const { tokens, jwks, issuer, audience } = fixtures;
    const question = JSON.stringify({ token: tokens.ES384, jwks, issuer, audience });
    return run(process.execPath, [...flags, write('slim.mjs', SLIM), wasm, question, source]);
  };

  const SOURCES = [
    'module',
    'bytes',
    'an ArrayBuffer',
    'a promise',
    'a Response',
    'a Response of another type',
    'a URL',
    'a module, synchronously',
    'bytes, synchronously',
  ];
  for (const source of SOURCES) {
    test(`accepts ${source} in sts-jwt/slim`, () => assert.equal(slim(source), '["ES384"]'));
  }
  for (const source of ['another module', 'nothing, synchronously']) {
    test(`rejects ${source} in sts-jwt/slim`, () =>
      saysWhy(slim(source), /not the \.wasm of this version of the package/));
  }

  const hasRelaxedSimd = Number(OWN_NODE) >= 22 && 'this Node has relaxed SIMD';
  for (const source of ['bytes', 'a Response', 'a URL', 'bytes, synchronously']) {
    test(`names sts-jwt/wasm if sts-jwt/slim gets ${FUSED} as ${source} without relaxed SIMD`, {
      skip: hasRelaxedSimd,
    }, () => {
      saysWhy(
        slim(source, { wasm: join(PACKAGE, 'dist', FUSED) }),
        /needs relaxed SIMD; in this runtime, pass "sts-jwt\/wasm"$/,
      );
    });
  }
});
