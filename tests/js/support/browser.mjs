// A page in Chromium that imports the installed package by its name, under the strictest policy with which WebAssembly runs.
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { PROJECT, ROOT } from './paths.mjs';

const PAGE = (nonce, script, imports) => `<!doctype html>
<meta charset="utf-8">
<script type="importmap" nonce="${nonce}">${JSON.stringify({ imports })}</script>
<script type="module" src="${script}"></script>`;
const POLICY = (nonce) =>
  `default-src 'none'; connect-src 'self'; script-src 'self' 'nonce-${nonce}' 'wasm-unsafe-eval'`;
const TYPES = { js: 'text/javascript', mjs: 'text/javascript', wasm: 'application/wasm' };

const PACKAGE = join(PROJECT, 'node_modules/sts-jwt');

/**
 * Opens a page that runs `script`, a path in one of `folders`: the folders to serve, by their paths. `imports` are more
 * names that scripts may import. The page is there when `globalThis[ready]` is.
 */
export async function openPage({ script, folders, imports = {}, ready }) {
  const { exports } = JSON.parse(readFileSync(join(PACKAGE, 'package.json'), 'utf8'));
  const own = ['.', './aws'].map((path) => [`sts-jwt${path.slice(1)}`, `/package/${exports[path].default}`]);
  const page = { script, imports: { ...Object.fromEntries(own), ...imports } };
  const { url, stop } = await serve(page, { ...folders, '/package/': PACKAGE });
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
  const close = async () => (await browser.close(), stop());
  try {
    const page = await browser.newPage();
    const troubles = [];
    page.on('pageerror', (error) => troubles.push(String(error)));
    page.on('console', (message) => message.type() === 'error' && troubles.push(message.text()));
    await page.goto(url);
    await page
      .waitForFunction((ready) => globalThis[ready], ready)
      .catch((cause) => {
        throw new Error(`the page did not start: ${troubles.join('\n')}`, { cause });
      });
    return { browser, page, troubles, close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function serve({ script, imports }, folders) {
  const server = createServer(async (request, response) => {
    try {
      if (request.url === '/') {
        const nonce = 'of-this-page';
        response.writeHead(200, { 'content-type': 'text/html', 'content-security-policy': POLICY(nonce) });
        return response.end(PAGE(nonce, script, imports));
      }
      const [prefix, folder] = Object.entries(folders).find(([prefix]) => request.url.startsWith(prefix));
      const body = await readFile(join(folder, request.url.slice(prefix.length)));
      response.writeHead(200, { 'content-type': TYPES[request.url.split('.').at(-1)] }).end(body);
    } catch {
      response.writeHead(404).end();
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${server.address().port}/`,
    stop: () => (server.closeAllConnections(), server.close()),
  };
}
