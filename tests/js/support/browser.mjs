// Opens pages in Chromium and Firefox. Pages that import the installed package by name have the strictest content
// security policy that allows WebAssembly.
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { extname, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';
import { MATRIX_TOOLS, PROJECT, ROOT } from './paths.mjs';

const TYPES = {
  '.css': 'text/css',
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.wasm': 'application/wasm',
};
const NONCE = 'of-this-page';
/** A policy that allows only what these pages need. */
export const POLICY = `default-src 'none'; img-src data:; connect-src 'self'; worker-src 'self'; script-src 'self' 'nonce-${NONCE}' 'wasm-unsafe-eval'`;
const START = 30_000;

const PACKAGE = join(PROJECT, 'node_modules/sts-jwt');
const CHROMIUM = [
  '--no-sandbox',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Returns a page with one script and an import map for the package and `imports`. */
export function htmlOf({ script, imports = {} }) {
  const { exports } = JSON.parse(readFileSync(join(PACKAGE, 'package.json'), 'utf8'));
  const own = ['.', './aws', './inline'].map((path) => [
    `sts-jwt${path.slice(1)}`,
    `/package/${exports[path].default}`,
  ]);
  const map = JSON.stringify({ imports: { ...Object.fromEntries(own), ...imports } });
  return `<!doctype html>
<meta charset="utf-8">
<link rel="icon" href="data:,">
<script type="importmap" nonce="${NONCE}">${map}</script>
<script type="module" src="${script}"></script>`;
}

/**
 * Opens a page that runs `script`, the URL path of a file in one of `folders`. `folders` maps URL paths to the folders
 * that are served there. `imports` adds names to the import map. Waits until `globalThis[ready]` exists.
 */
export async function openPage(/** @type {Record<string, any>} */ { script, folders, imports, ready, engine, policy }) {
  const { url, stop } = await serve(
    { '/package/': PACKAGE, ...folders },
    { html: htmlOf({ script, imports }), policy },
  );
  try {
    const opened = await openUrl(url, { ready, engine });
    return { ...opened, close: async () => (await opened.close(), stop()) };
  } catch (error) {
    stop();
    throw error;
  }
}

/** Opens a URL in `engine`, "chromium" or "firefox". `troubles` collects the errors that the page reports. */
export async function openUrl(
  url,
  /** @type {{ ready?: string, engine?: string }} */ { ready, engine = 'chromium' } = {},
) {
  const browser = await (engine === 'firefox' ? launchFirefox() : launchChromium());
  try {
    const page = await browser.newPage();
    const troubles = [];
    page.on('pageerror', (error) => troubles.push(String(error)));
    page.on('console', (message) => message.type() === 'error' && troubles.push(message.text()));
    await page.goto(url);
    if (ready) await waitFor(page, ready, troubles);
    return { browser, page, troubles, close: () => browser.close() };
  } catch (error) {
    await browser.close();
    throw error;
  }
}

async function waitFor(page, ready, troubles) {
  for (const end = Date.now() + START; Date.now() < end; await setTimeout(20)) {
    if (await page.evaluate((ready) => ready in globalThis, ready)) return;
  }
  throw new Error(`the page did not start: ${troubles.join('\n')}`);
}

function launchChromium() {
  const executablePath = execFileSync(join(ROOT, 'scripts/browser'), ['chromium'], { encoding: 'utf8' }).trim();
  return chromium.launch({ executablePath, args: CHROMIUM });
}

async function launchFirefox() {
  const driver = createRequire(join(MATRIX_TOOLS, 'package.json')).resolve('puppeteer-core');
  const { default: puppeteer } = await import(pathToFileURL(driver).href);
  const executablePath = execFileSync(join(ROOT, 'scripts/browser'), ['firefox'], { encoding: 'utf8' }).trim();
  return puppeteer.launch({ browser: 'firefox', executablePath, headless: true });
}

/** Serves each folder at its URL path in `folders`, and `html` (if given) at "/", on a free loopback port. */
export async function serve(folders, /** @type {{ html?: string, policy?: string }} */ { html, policy = POLICY } = {}) {
  const server = createServer(async (request, response) => {
    const path = new URL(request.url, 'http://localhost').pathname;
    try {
      if (path === '/' && html) {
        return response.writeHead(200, { 'content-type': 'text/html', 'content-security-policy': policy }).end(html);
      }
      const file = path.endsWith('/') ? `${path}index.html` : path;
      const [prefix, folder] = Object.entries(folders).find(([prefix]) => file.startsWith(prefix));
      const body = await readFile(join(folder, file.slice(prefix.length)));
      const type = TYPES[extname(file)] ?? 'application/octet-stream';
      // The policy of a document does not apply to its workers.
      response.writeHead(200, { 'content-type': type, 'content-security-policy': policy }).end(body);
    } catch {
      response.writeHead(404).end();
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${/** @type {import('node:net').AddressInfo} */ (server.address()).port}/`,
    stop: () => (server.closeAllConnections(), server.close()),
  };
}
