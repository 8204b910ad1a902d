// Opens the debugger page from disk in Chromium.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before } from 'node:test';
import { pathToFileURL } from 'node:url';
import { createTestIssuer } from 'sts-jwt/testing';
import { openUrl } from './browser.mjs';
import { PROJECT } from './paths.mjs';

export const FILE = join(PROJECT, 'node_modules/sts-jwt/debugger.html');
export const URL_OF_PAGE = pathToFileURL(FILE).href;
export const AUDIENCE = 'https://my-service.example';

export const issuer = await createTestIssuer();
export const token = await issuer.token({ audience: AUDIENCE });

let opened;
before(async () => (opened = await openUrl('about:blank')));
after(() => opened.close());

/**
 * Opens a new page. Fails if the page reports errors. `requests()` returns all requests except the request for the page.
 */
export async function withPage(
  act,
  { url = URL_OF_PAGE, width = 1440, colorScheme = 'light', troublesExpected = false } = {},
) {
  const context = await opened.browser.newContext({ viewport: { width, height: 900 }, colorScheme });
  const page = await context.newPage();
  const troubles = [];
  const requests = [];
  page.on('pageerror', (error) => troubles.push(String(error)));
  page.on('console', (message) => message.type() === 'error' && troubles.push(message.text()));
  page.on('dialog', (dialog) => (troubles.push(dialog.message()), dialog.dismiss()));
  page.on('request', (request) => requests.push(request.url()));
  try {
    await page.goto(url);
    const others = () => requests.filter((each) => each !== url && !each.startsWith('data:'));
    await act(page, { requests: others, context });
    if (!troublesExpected) assert.deepEqual(troubles, []);
  } finally {
    await context.close();
  }
}

export const verdictOf = (page) =>
  page.evaluate(() => ({
    state: document.querySelector('#verdict').dataset.state,
    title: document.querySelector('#verdict-title').textContent,
    text: document.querySelector('#verdict-text').textContent,
  }));
export const frame = (page) =>
  page.evaluate(() => new Promise((done) => requestAnimationFrame(() => setTimeout(done))));
export async function fill(page, id, text) {
  await page.locator(`#${id}`).fill(text);
  await frame(page);
}
export async function sample(page, name) {
  await page.getByRole('button', { name, exact: true }).click();
  await page.waitForFunction(() => !document.querySelector('[aria-busy]') && document.querySelector('#token').value);
  await frame(page);
}
