// Measures whole tokens in a page of a headless browser. The argument is `chromium` or `firefox`. Prints the figures as JSON.
import { fileURLToPath } from 'node:url';
import { openPage } from '../tests/js/support/browser.mjs';
import { measured } from './cpu.mjs';
import { everywhere } from './peers.mjs';
import { contendersOf, interleave } from './rounds.mjs';
import { CASES, createMaterial } from './tokens.mjs';

const [engine] = process.argv.slice(2);
const runtime = { chromium: 'Chromium', firefox: 'Firefox' }[engine];

const folder = (path) => fileURLToPath(new URL(path, import.meta.url));
const contenders = contendersOf(Object.keys(everywhere), ['jose', 'subtle.verify']);
const { browser, page, close } = await openPage({
  script: '/benches/page.mjs',
  folders: { '/benches/': folder('.'), '/jose/': folder('node_modules/jose') },
  imports: { jose: '/jose/dist/webapi/index.js' },
  ready: 'timeOf',
  engine,
});
const rows = [];
try {
  // Only Chromium tells which process runs the page; in Firefox the elapsed time is measured.
  const pid = engine === 'chromium' ? await processOf(page) : undefined;
  for (const each of CASES.filter(({ bare }) => !bare)) {
    console.error(`${runtime}: ${each.name}`);
    await page.evaluate((material) => globalThis.prepare(material), createMaterial(each));
    const figures = await interleave(contenders, async (...slice) => {
      const timeInPage = () => page.evaluate((slice) => globalThis.timeOf(...slice), slice);
      if (pid === undefined) return { wall: await timeInPage(), cpu: undefined };
      let wall;
      const { cpu } = await measured(pid, async () => {
        wall = await timeInPage();
      });
      return { wall, cpu };
    });
    rows.push(...figures.map((figure) => ({ runtime, case: each.name, ...figure })));
  }
  console.log(JSON.stringify({ rows, versions: { [runtime]: (await browser.version()).replace(/^.*\//, '') } }));
} finally {
  await close();
}

/** Finds the renderer process of the page, by the CPU time it uses. WebCrypto's threads belong to this process. */
async function processOf(page) {
  const session = await browser.newBrowserCDPSession();
  const renderers = async () => {
    const { processInfo } = await session.send('SystemInfo.getProcessInfo');
    return processInfo.filter(({ type }) => type === 'renderer');
  };
  const before = new Map((await renderers()).map(({ id, cpuTime }) => [id, cpuTime]));
  // Runs for longer than the start of a renderer (0.2 s), because other renderers may still be starting.
  await page.evaluate(() => {
    for (const end = performance.now() + 1000; performance.now() < end; );
  });
  // Renderers that started meanwhile are spare processes, and may have used more time than the page, so they are ignored.
  const worked = ({ id, cpuTime }) => cpuTime - (before.get(id) ?? cpuTime);
  return (await renderers()).sort((a, b) => worked(b) - worked(a))[0].id;
}
