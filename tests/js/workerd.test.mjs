import { fileURLToPath } from 'node:url';
import { createFixtures } from './fixtures.mjs';
import { bundleWorker, startWorkerd } from './support/workerd.mjs';
import { testLikeNode } from './support/like-node.mjs';

const fixtures = createFixtures();
const bundle = await bundleWorker('suite', { entry: fileURLToPath(new URL('suite-worker.mjs', import.meta.url)) });
const workerd = await startWorkerd(bundle);
try {
  const response = await fetch(workerd.url, { method: 'POST', body: JSON.stringify(fixtures) });
  if (!response.ok) throw new Error(`${response.status}: ${await response.text()}\n${workerd.log()}`);
  await testLikeNode('workerd', fixtures, await response.json());
} finally {
  await workerd.stop();
}
