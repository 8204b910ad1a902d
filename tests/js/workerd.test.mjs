import { fileURLToPath } from 'node:url';
import { createFixtures } from './fixtures.mjs';
import { bundleWorker, startWorkerd } from './support/workerd.mjs';
import { testCorporaLikeNode, testLikeNode } from './support/like-node.mjs';

const fixtures = createFixtures();
const bundle = await bundleWorker('suite', { entry: fileURLToPath(new URL('suite-worker.mjs', import.meta.url)) });
const workerd = await startWorkerd(bundle);
try {
  const post = async (path, body) => {
    const response = await fetch(`${workerd.url}${path}`, { method: 'POST', body });
    if (!response.ok) throw new Error(`${response.status}: ${await response.text()}\n${workerd.log()}`);
    return response.json();
  };
  await testLikeNode('workerd', fixtures, await post('/suite', JSON.stringify(fixtures)));
  await testCorporaLikeNode('workerd', (batch) => post('/corpus', batch));
} finally {
  await workerd.stop();
}
