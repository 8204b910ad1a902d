// Tests examples/browser and examples/vite in Chromium: the unbundled page, Vite's development server, and Vite's build.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import test, { after, before, describe } from 'node:test';
import { openUrl, serve } from '../support/browser.mjs';
import { audience, callers, issuer, jwks } from '../support/callers.mjs';
import { checkTypes, copyExample, run, startServer } from '../support/examples.mjs';
import { TOOLS } from '../support/paths.mjs';

const VITE = join(TOOLS, 'node_modules/vite/bin/vite.js');
const LOCAL = ['--host', '127.0.0.1', '--port', '0'];

// The page sets its content security policy itself.
testPage('example page without a bundler', () => serve({ '/': copyExample('browser') }, { policy: '' }));

const app = copyExample('vite');
const startVite = (...args) => startServer(process.execPath, [VITE, ...args, ...LOCAL], { cwd: app });
testPage('examples/vite in development', () => startVite());
testPage('examples/vite after a build', async () => {
  await run(process.execPath, [VITE, 'build'], app);
  return startVite('preview');
});
describe('examples/vite as a project', () => {
  test('compiles with the types of the package', () => checkTypes(app));
});

function testPage(name, start) {
  describe(name, () => {
    let server;
    let opened;
    before(async () => {
      server = await start();
      opened = await openUrl(server.url);
      await opened.page.waitForSelector('fieldset:enabled').catch((cause) => {
        throw new Error(`the page did not start: ${opened.troubles.join('\n')}`, { cause });
      });
    });
    after(async () => {
      await opened?.close();
      await server?.stop();
    });

    /** Fills in and submits the form. Returns the text that the page then shows. */
    async function check(token) {
      const { page } = opened;
      for (const [field, value] of Object.entries({ token, jwks: JSON.stringify(jwks), issuer, audience })) {
        await page.fill(`[name=${field}]`, value);
      }
      await page.click('button');
      const shown = async (id) => ((await page.isVisible(id)) ? page.innerText(id) : '');
      return {
        verdict: await shown('#verdict'),
        unverified: await shown('#unverified'),
        verified: await shown('#verified'),
      };
    }

    for (const { name: caller, token, code, alg } of callers) {
      test(`${code ? 'rejects' : 'accepts'} ${caller}`, async () => {
        const { verdict, unverified, verified } = await check(token);
        assert.match(unverified, /^UNVERIFIED\n/);
        if (code) return assert.deepEqual([verdict.startsWith(`rejected: ${code}: `), verified], [true, '']);
        assert.deepEqual([verdict, verified.includes(`"alg": "${alg}"`)], ['accepted', true]);
      });
    }

    test('clears the page if the token is empty', async () => {
      await check(callers[0].token);
      assert.deepEqual(await check(''), { verdict: '', unverified: '', verified: '' });
    });

    test('logs no error', () => assert.deepEqual(opened.troubles, []));
  });
}
