// Runs hostile requests, polluted prototypes and odd values in every runtime. Each case must pass, with the same
// results as in this Node. The cost of headers is measured in this process, because the clock of a Worker stands still
// during a request.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import test, { after, before, describe } from 'node:test';
import { createFixtures } from '../fixtures.mjs';
import { createApp } from '../hosts/app.mjs';
import { startServer } from '../hosts/http.mjs';
import { startLines } from '../hosts/process.mjs';
import { hostileCases, SHAPES } from '../suite/hostile.mjs';
import { assertLinear, clockOf } from '../support/cost.mjs';
import { CURRENT_NODE, programOf } from '../support/runtimes.mjs';
import { bundleWorker, startWorkerd, workerdVersion } from '../support/workerd.mjs';

const fixtures = createFixtures();
const appOf = (name, entry) => join(createApp(`hostile-${name}`), 'apps', entry);

const startProgram = (program, ...flags) => ({
  available: program,
  start: async (name) => startLines({ program, flags, script: appOf(name, 'hostile-stdio.mjs') }),
});

const RUNTIMES = {
  node: startProgram(process.execPath, '--no-warnings'),
  [`node${CURRENT_NODE}`]: startProgram(programOf(`node${CURRENT_NODE}`)),
  deno: startProgram(programOf('deno'), 'run', '--no-prompt'),
  bun: startProgram(programOf('bun')),
  workerd: {
    available: true,
    async start(name) {
      const folder = await bundleWorker('hostile', { entry: appOf(name, 'hostile-worker.mjs') });
      const { url, log, pid, stop } = await startWorkerd(folder);
      return { ...startServer({ version: workerdVersion, url, log, stop }), pid };
    },
  },
};

let inNode;

for (const [name, { available, start }] of Object.entries(RUNTIMES)) {
  describe(`hostile input in ${name}`, { skip: available ? false : `npm has no ${name} for this platform` }, () => {
    let host;
    let results = [];
    before(async () => {
      host = await start(name);
      results = JSON.parse(await host.ask(JSON.stringify({ fixtures })));
      inNode ??= results;
    });
    after(() => host?.stop());

    for (const [index, { name }] of hostileCases.entries()) {
      test(name, () => {
        assert.equal(results[index].error, undefined);
        assert.deepEqual(results[index], inNode[index]);
      });
    }

    for (const [header, shapes] of Object.entries(SHAPES)) {
      test(`takes linear time for ${header} headers of every shape`, async () => {
        const clock = clockOf(host.pid);
        for (const [shape, texts] of shapes.entries()) {
          const send = (length) => host.ask(JSON.stringify({ header, shape, length }));
          await assertLinear(JSON.stringify([header, texts]), (length) => length, send, { most: 2 ** 18, clock });
        }
      });
    }
  });
}
