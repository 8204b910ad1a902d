import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import test from 'node:test';
import { chromium } from 'playwright-core';
import { createFixtures } from './fixtures.mjs';
import { testCorporaLikeNode, testLikeNode } from './support/like-node.mjs';
import { PROJECT, ROOT, TOOLS } from './support/paths.mjs';

// The page has the strictest policy under which WebAssembly runs. Its script is this file's neighbour page.mjs.
const PAGE = (nonce, imports) => `<!doctype html>
<meta charset="utf-8">
<script type="importmap" nonce="${nonce}">${JSON.stringify({ imports })}</script>
<script type="module" src="/tests/page.mjs"></script>`;
const POLICY = (nonce) =>
  `default-src 'none'; connect-src 'self'; script-src 'self' 'nonce-${nonce}' 'wasm-unsafe-eval'`;
const TYPES = { js: 'text/javascript', mjs: 'text/javascript', wasm: 'application/wasm' };
const FOLDERS = { '/package/': join(PROJECT, 'node_modules/sts-jwt'), '/tests/': TOOLS };

const { exports } = JSON.parse(await readFile(join(PROJECT, 'node_modules/sts-jwt/package.json'), 'utf8'));
const IMPORTS = Object.fromEntries(
  ['.', './aws'].map((path) => [`sts-jwt${path.slice(1)}`, `/package/${exports[path].default}`]),
);
const server = createServer(async (request, response) => {
  try {
    if (request.url === '/') {
      const nonce = 'of-this-page';
      response.writeHead(200, { 'content-type': 'text/html', 'content-security-policy': POLICY(nonce) });
      return response.end(PAGE(nonce, IMPORTS));
    }
    const [prefix, folder] = Object.entries(FOLDERS).find(([prefix]) => request.url.startsWith(prefix));
    const body = await readFile(join(folder, request.url.slice(prefix.length)));
    response.writeHead(200, { 'content-type': TYPES[request.url.split('.').at(-1)] }).end(body);
  } catch {
    response.writeHead(404).end();
  }
});
server.listen(0, '127.0.0.1');
await once(server, 'listening');

const browser = await chromium.launch({
  executablePath: execFileSync(join(ROOT, 'scripts/chromium'), { encoding: 'utf8' }).trim(),
  args: [
    '--no-sandbox',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ],
});
try {
  const page = await browser.newPage();
  const troubles = [];
  page.on('pageerror', (error) => troubles.push(String(error)));
  page.on('console', (message) => message.type() === 'error' && troubles.push(message.text()));
  await page.goto(`http://127.0.0.1:${server.address().port}/`);
  await page
    .waitForFunction(() => globalThis.runAll)
    .catch((cause) => {
      throw new Error(`the page did not start: ${troubles.join('\n')}`, { cause });
    });
  const fixtures = createFixtures();
  const { beforeInit, results } = await page.evaluate((fixtures) => globalThis.runAll(fixtures), fixtures);
  test('Chromium: says that init() is needed first', () => {
    assert.equal(beforeInit.code, 'ERR_OPTIONS_INVALID');
    assert.match(beforeInit.message, /await init\(\)/);
  });
  await testLikeNode('Chromium', fixtures, results);
  await testCorporaLikeNode('Chromium', async (batch) =>
    JSON.parse(await page.evaluate((cases) => globalThis.runCorpus(cases), batch)),
  );
  test('Chromium: reports no error', () => assert.deepEqual(troubles, []));
} finally {
  await browser.close();
  server.closeAllConnections();
  server.close();
}
