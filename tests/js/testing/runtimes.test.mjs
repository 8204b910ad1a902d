// Tests that `sts-jwt/testing` runs in every runtime with WebCrypto, and is not bundled unless it is imported.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import test, { describe } from 'node:test';
import { build } from 'esbuild';
import { trial } from '../apps/issuer.mjs';
import { createApp } from '../hosts/app.mjs';
import { openPage } from '../support/browser.mjs';
import { PROJECT, TOOLS } from '../support/paths.mjs';
import { programOf } from '../support/runtimes.mjs';
import { bundleWorker, startWorkerd } from '../support/workerd.mjs';

const EXPECTED = {
  accepted: ['EC384_0 role', 'RSA_0 user'],
  rotated: 'ERR_JWS_SIGNATURE_VERIFICATION_FAILED',
  isServed: true,
  outages: {
    503: [503, 'JSON', 'application/json'],
    network: ['TypeError'],
    timeout: ['TimeoutError'],
    stalled: [200, 'TimeoutError'],
    html: [200, 'no JSON', 'text/html'],
    'content-type': [200, 'JSON', 'text/plain'],
    truncated: [200, 'no JSON', 'application/json'],
    huge: [200, 'too long'],
    endless: [200, 'too long'],
    redirect: [302, 'no JSON', null],
  },
  requests: 11,
};

describe('test issuer', () => {
  test('runs in Node', async () => {
    assert.deepEqual(await trial(), EXPECTED);
  });

  for (const [runtime, ...flags] of [['deno', 'run', '--no-prompt'], ['bun', 'run'], ['node26']]) {
    const program = programOf(runtime);
    test(`runs in ${runtime}`, { skip: program ? false : `npm has no ${runtime} for this platform` }, () => {
      const script = join(createApp(`issuer-${runtime}`), 'apps/issuer-stdio.mjs');
      assert.deepEqual(JSON.parse(execFileSync(program, [...flags, script], { encoding: 'utf8' })), EXPECTED);
    });
  }

  test('runs in workerd', async () => {
    const entry = join(createApp('issuer-workerd'), 'apps/issuer-worker.mjs');
    const { url, log, stop } = await startWorkerd(await bundleWorker('issuer', { entry }));
    try {
      const response = await fetch(url);
      assert.equal(response.status, 200, log());
      assert.deepEqual(await response.json(), EXPECTED);
    } finally {
      await stop();
    }
  });

  test('runs as a separate Worker that acts as the network of examples/worker', async () => {
    const audience = 'https://edge.example.test';
    const vars = {
      ISSUER: 'https://a1000000-0000-4000-8000-000000000002.tokens.sts.global.api.aws',
      AUDIENCE: audience,
      AWS_POLICY: {},
    };
    const entry = join(createApp('issuer-as-worker'), 'apps/issuer-as-worker.mjs');
    const outbound = await bundleWorker('issuer-as-worker', { entry });
    const main = await bundleWorker('example-and-issuer', { project: join(PROJECT, 'worker') });
    const { url, outboundUrl, stop } = await startWorkerd(main, { vars, outbound });
    try {
      const body = JSON.stringify({ audience, caller: 'lambda' });
      const token = await (await fetch(`${outboundUrl}/token`, { method: 'POST', body })).text();
      const response = await fetch(url, { headers: { authorization: `Bearer ${token}` } });
      assert.equal((await response.json()).principal, 'arn:aws:iam::111122223333:role/service-role/edge-function');
    } finally {
      await stop();
    }
  });

  test('runs in Chromium', async () => {
    const imports = { 'sts-jwt/testing': '/package/dist/testing.js' };
    const folders = { '/app/': createApp('issuer-page') };
    const { page, close } = await openPage({ script: '/app/apps/issuer-page.mjs', folders, imports, ready: 'trial' });
    try {
      assert.deepEqual(await page.evaluate(() => globalThis.trial()), EXPECTED);
    } finally {
      await close();
    }
  });
});

// ---- bundles

const PACKAGE = join(PROJECT, 'node_modules/sts-jwt');
const { exports } = JSON.parse(readFileSync(join(PACKAGE, 'package.json'), 'utf8'));
/** Part of a message of the test issuer. */
const MARKER = 'sts-jwt/testing needs WebCrypto';

/** Bundles an app. Returns the package's files in the bundle, and the text of the bundle. */
async function bundle(app, condition) {
  const { metafile, outputFiles } = await build({
    stdin: { contents: app, resolveDir: TOOLS },
    bundle: true,
    conditions: [condition],
    external: ['node:*', 'cloudflare:*', 'hono', 'hono/*', '*.wasm', '*.wasm?module'],
    format: 'esm',
    metafile: true,
    platform: 'neutral',
    write: false,
    absWorkingDir: TOOLS,
  });
  const inputs = Object.keys(metafile.inputs).map((file) => relative(PACKAGE, join(TOOLS, file)));
  return { files: inputs.filter((file) => !file.startsWith('..')), text: outputFiles[0].text };
}

const ofTesting = (file) => /\btesting\b/.test(file);
const entries = Object.entries(exports).flatMap(([path, { default: file, ...conditions }]) => {
  const name = `sts-jwt${path.slice(1)}`;
  if (!file?.endsWith('.js') || path === './testing') return [];
  return [...Object.keys(conditions), 'default']
    .filter((each) => each !== 'types')
    .map((condition) => [name, condition]);
});

/** The entry for Deno without the import of the .wasm, because esbuild does not support such imports. */
const forDeno = readFileSync(join(PACKAGE, exports['.'].deno), 'utf8')
  .replace(/^import source (\w+) .*$/m, 'const $1 = undefined;')
  .replaceAll('"./', `"${PACKAGE}/dist/`);

describe('bundles', () => {
  for (const [name, condition] of entries) {
    test(`keeps sts-jwt/testing out of ${name}, condition "${condition}"`, async () => {
      const isDeno = condition === 'deno';
      const { files, text } = await bundle(isDeno ? forDeno : `export * from '${name}'`, condition);
      // For Deno, the entry's own source is the app, so `files` lists only the core, not the entry.
      assert.ok(files.length > (isDeno ? 0 : 1), 'no file of the package was found');
      assert.deepEqual(files.filter(ofTesting), []);
      assert.ok(!text.includes(MARKER));
    });
  }

  test('bundles sts-jwt/testing only if an app imports it, and no other entry along with it', async () => {
    assert.ok(entries.length > 10);
    const both = await bundle("export * from 'sts-jwt'; export * from 'sts-jwt/testing'", 'workerd');
    assert.ok(both.files.some(ofTesting) && both.files.some((file) => !ofTesting(file)));
    assert.ok(both.text.includes(MARKER));
    const alone = await bundle("export * from 'sts-jwt/testing'", 'workerd');
    // The only other file is the generated `facts`, with constants of the crate (for example, the name of the AWS claim).
    const facts = alone.files.filter((file) => !ofTesting(file));
    assert.ok(facts.length === 1 && readFileSync(join(PACKAGE, facts[0]), 'utf8').length < 2000, facts.join(' '));
    assert.ok(!/\bfrom ?["']|\bimport\(/.test(alone.text.replace(/^\/\/.*$/gm, '')), 'it imports another file');
  });
});
