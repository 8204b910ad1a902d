// `make screenshots`: saves screenshots of the debugger page in its main states, widths and themes to target/screenshots/
// for review, and makes the two images that the README shows: docs/debugger.png and docs/cli.png.
import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { openUrl } from '../tests/js/support/browser.mjs';
import { PROJECT, ROOT } from '../tests/js/support/paths.mjs';

const PAGE = pathToFileURL(join(PROJECT, 'node_modules/sts-jwt/debugger.html')).href;
const CLI = join(PROJECT, 'node_modules/sts-jwt/dist/cli.js');
const FOLDER = join(ROOT, 'target/screenshots');
const WIDTHS = { 360: 740, 800: 1000, 1440: 900 };
const SAMPLES = ['Good', 'Expired', 'Tampered', 'Weak key', 'Duplicate claim', 'China'];
const AUDIENCE = 'https://my-service.example';

rmSync(FOLDER, { recursive: true, force: true });
mkdirSync(FOLDER, { recursive: true });
const { browser, close } = await openUrl('about:blank');
try {
  for (const [width, height] of Object.entries(WIDTHS)) {
    for (const colorScheme of ['light', 'dark']) {
      await withPage({ viewport: { width: Number(width), height }, colorScheme }, (page) =>
        takeStates(page, `${width}-${colorScheme}`),
      );
    }
  }
  await withPage({ viewport: { width: 1440, height: 900 }, colorScheme: 'light' }, async (page) => {
    await sample(page, 'Expired');
    await page.screenshot({ path: join(ROOT, 'docs/debugger.png') });
  });
  await withPage({ viewport: { width: 720, height: 900 }, deviceScaleFactor: 2 }, takeTerminal);
} finally {
  await close();
}
console.log(`wrote the screenshots to ${FOLDER}, and those of the README to docs/`);

async function withPage(options, act) {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  try {
    await page.goto(PAGE);
    await act(page);
  } finally {
    await context.close();
  }
}

async function takeStates(page, name) {
  const shoot = async (state) => {
    await page.evaluate(() => scrollTo(0, 0));
    await page.screenshot({
      path: join(FOLDER, `${name}-${state.replaceAll(' ', '-').toLowerCase()}.png`),
      fullPage: true,
    });
  };
  await shoot('empty');
  for (const each of SAMPLES) {
    await sample(page, each);
    await shoot(each);
  }
  await page.locator('#jwks').fill('');
  await page.waitForFunction(() => document.querySelector('#verdict').dataset.state === 'undecided');
  await shoot('without keys');
  await page.locator('#share').click();
  await page.locator('#share-token').check();
  await page.screenshot({ path: join(FOLDER, `${name}-share.png`) });
}

async function sample(page, name) {
  await page.getByRole('button', { name, exact: true }).click();
  await page.waitForFunction(() => !document.querySelector('[aria-busy]') && document.querySelector('#token').value);
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => setTimeout(done))));
}

/** Takes a picture of the command line's output for the page's expired sample. */
async function takeTerminal(page) {
  await sample(page, 'Expired');
  const [token, jwks, issuer] = await Promise.all(
    ['token', 'jwks', 'expect-issuer'].map((id) => page.locator(`#${id}`).inputValue()),
  );
  const file = join(FOLDER, 'jwks.json');
  writeFileSync(file, jwks);
  const options = [
    '--jwks',
    'jwks.json',
    '--issuer',
    issuer,
    '--audience',
    AUDIENCE,
    '--account',
    '111122223333',
    '--color',
  ];
  const { stdout } = spawnSync(process.execPath, [CLI, 'explain', ...options], {
    input: token,
    encoding: 'utf8',
    cwd: FOLDER,
  });
  const command = `$ aws sts get-web-identity-token … | npx sts-jwt explain --issuer … --audience …\n\n`;
  await page.goto('about:blank');
  await page.evaluate(drawTerminal, command + stdout);
  await page.locator('pre').screenshot({ path: join(ROOT, 'docs/cli.png') });
}

/** Runs in the page: draws text with the colours of a terminal. */
function drawTerminal(text) {
  const COLOURS = { 31: '#ff8f86', 32: '#62d08f', 33: '#efbb5e', 36: '#78d0e0', 90: '#8b96a5' };
  const pre = document.body.appendChild(document.createElement('pre'));
  document.body.style.margin = '0';
  pre.style.cssText =
    'margin:0;padding:16px 20px;width:84ch;background:#14181e;font:14px/1.35 "DejaVu Sans Mono",monospace';
  const INK = '#e4e8ee';
  const PAPER = '#14181e';
  /** @type {Record<string, any>} */
  let style = {};
  for (const [index, piece] of text.split(/\x1b\[([\d;]*)m/).entries()) {
    if (index % 2 === 1) {
      for (const code of piece.split(';').map(Number)) {
        if (code === 0) style = {};
        else if (code === 1) style.bold = true;
        else if (code === 2) style.ink = COLOURS[90];
        else if (code === 7) style.inverse = true;
        else style.ink = COLOURS[code];
      }
      continue;
    }
    const span = pre.appendChild(document.createElement('span'));
    const { bold, ink = INK, inverse } = style;
    span.textContent = piece;
    Object.assign(span.style, {
      color: inverse ? PAPER : ink,
      background: inverse ? ink : PAPER,
      fontWeight: bold ? 'bold' : '',
    });
  }
}
