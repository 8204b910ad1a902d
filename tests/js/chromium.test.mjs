// The suite and the corpora in Chromium. The script of the page is this file's neighbour page.mjs.
import assert from 'node:assert/strict';
import test from 'node:test';
import { createFixtures } from './fixtures.mjs';
import { openPage } from './support/browser.mjs';
import { testCorporaLikeNode, testLikeNode } from './support/like-node.mjs';
import { TOOLS } from './support/paths.mjs';

const { page, troubles, close } = await openPage({
  script: '/tests/page.mjs',
  folders: { '/tests/': TOOLS },
  ready: 'runAll',
});
try {
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
  await close();
}
