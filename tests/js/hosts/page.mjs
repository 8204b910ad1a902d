// Pages, with and without bundling.
import { openPage, openUrl, serve } from '../support/browser.mjs';
import { createApp } from './app.mjs';
import { coldPage } from './cold.mjs';

/** A page that loads the package through an import map. */
export async function startPage(name, engine) {
  const folder = createApp(name);
  const host = await hostOf(
    await openPage({ script: '/app/apps/page.mjs', folders: { '/app/': folder }, ready: 'answer', engine }),
  );
  return { ...host, cold: () => coldPage(engine) };
}

/** A module worker, which does not support import maps. */
export async function startModuleWorker(name, engine) {
  const folder = createApp(name, {
    imports: { 'sts-jwt': '/package/dist/web.js', 'sts-jwt/aws': '/package/dist/aws.js' },
  });
  const script = '/app/apps/page-of-worker.mjs';
  return hostOf(await openPage({ script, folders: { '/app/': folder }, ready: 'answer', engine }));
}

/** A page from a folder with an index.html. */
export async function startFolder(folder) {
  const { url, stop } = await serve({ '/': folder });
  return startUrl(url, stop);
}

export async function startUrl(url, stop = () => {}) {
  try {
    return hostOf(await openUrl(url, { ready: 'answer' }), stop);
  } catch (error) {
    await stop();
    throw error;
  }
}

async function hostOf({ browser, page, troubles, close }, stop = () => {}) {
  const version = await browser.version();
  return {
    version: /\d+(\.\d+)*/.exec(version)[0],
    async ask(question) {
      const answer = await page.evaluate((question) => globalThis.answer(question), question);
      if (troubles.length > 0) throw new Error(`the page reported: ${troubles.join('\n')}`);
      return answer;
    },
    async stop() {
      await close();
      await stop();
    },
  };
}
