// Runs the suite and the corpora in the quick runtimes and bundlers; `make test-all` runs all of them.
import test from 'node:test';
import { cells, Unavailable } from '../hosts/cells.mjs';
import { testLikeNode } from '../support/like-node.mjs';

for (const { name, quick, file, start } of cells) {
  if (!quick) continue;
  let host;
  try {
    host = await start();
    await testLikeNode(`${name} (${host.version})`, host, file);
  } catch (error) {
    if (!(error instanceof Unavailable)) throw error;
    test(name, { skip: error.message });
  } finally {
    await host?.stop();
  }
}
