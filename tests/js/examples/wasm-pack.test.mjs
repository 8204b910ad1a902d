// Runs examples/wasm-pack with the bindings that xtask builds: its page in Chromium, and its Worker in workerd.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cpSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import test, { after, before, describe } from 'node:test';
import { openUrl, serve } from '../support/browser.mjs';
import { audience, callers, identityOf, issuer, jwks } from '../support/callers.mjs';
import { ROOT, WORK } from '../support/paths.mjs';
import { ask } from '../support/server-tests.mjs';
import { bundleWorker, startWorkerd } from '../support/workerd.mjs';

const CHALLENGE = 'Bearer error="invalid_token"';
const folder = join(WORK, 'wasm-pack');
rmSync(folder, { recursive: true, force: true });
const isSource = (path) => !['bindings', '.wrangler'].includes(basename(path));
cpSync(join(ROOT, 'examples/wasm-pack'), folder, { recursive: true, filter: isSource });
const build = ['xtask', 'bindings', '--target', 'web', '--out-dir', join(folder, 'bindings')];
execFileSync('cargo', build, { cwd: ROOT, stdio: ['ignore', 'ignore', 'inherit'] });

describe('page of examples/wasm-pack', () => {
  let server;
  let opened;
  before(async () => {
    server = await serve({ '/': folder }, { policy: '' }); // the page has its own policy
    opened = await openUrl(server.url);
    await opened.page.waitForSelector('fieldset:enabled').catch((cause) => {
      throw new Error(`the page did not start: ${opened.troubles.join('\n')}`, { cause });
    });
  });
  after(async () => {
    await opened?.close();
    await server?.stop();
  });

  for (const { name, token, code, alg } of callers) {
    test(`${code ? 'rejects' : 'accepts'} ${name}`, async () => {
      const { page } = opened;
      for (const [field, value] of Object.entries({ token, jwks: JSON.stringify(jwks), issuer, audience })) {
        await page.fill(`[name=${field}]`, value);
      }
      await page.click('button');
      const shown = (id) => page.textContent(id);
      const [verdict, verified, steps] = [await shown('#verdict'), await shown('#verified'), await shown('#steps')];
      assert.equal(/failed: /.test(steps), code !== undefined, steps);
      if (code) return assert.deepEqual([verdict.startsWith(`rejected: ${code}: `), verified], [true, '']);
      assert.deepEqual([verdict, verified.includes(`"alg": "${alg}"`)], ['accepted', true]);
    });
  }

  test('logs no error', () => assert.deepEqual(opened.troubles, []));
});

describe('Worker of examples/wasm-pack', () => {
  let server;
  before(async () => {
    const bundle = await bundleWorker('wasm-pack', { project: folder });
    server = await startWorkerd(bundle, { vars: { ISSUER: issuer, AUDIENCE: audience, JWKS: jwks } });
  });
  after(() => server?.stop());

  for (const caller of /** @type {Record<string, any>[]} */ (callers)) {
    test(`${caller.code ? 'rejects' : 'accepts'} ${caller.name}`, async () => {
      const { status, body, challenge } = await ask(server, caller.token);
      if (caller.code) return assert.deepEqual([status, body.error, challenge], [401, caller.code, CHALLENGE]);
      const { principal, account, alg, key } = identityOf(/** @type {any} */ (caller));
      assert.deepEqual([status, body], [200, { principal, account, alg, key }]);
    });
  }

  test('rejects a request without a token', async () => {
    const { status, body } = await ask(server);
    assert.deepEqual([status, body.error], [401, 'ERR_JWS_INVALID']);
  });
});
