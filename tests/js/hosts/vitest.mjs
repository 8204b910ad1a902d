// Vitest in workerd (vitest-pool-workers), with and without a wrangler config. Its test fetches questions and posts answers.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { CURRENT_NODE, programOf } from '../support/runtimes.mjs';
import { COMPATIBILITY_DATE } from '../support/workerd.mjs';
import { createApp } from './app.mjs';
import { folderOf, installTool } from './installed.mjs';
import { versionIn } from './packages.mjs';

const RULE = { type: 'CompiledWasm', include: ['**/*.wasm'] };
const WRANGLER_CONFIG = { wrangler: { configPath: './wrangler.json' } };
const NO_CONFIG = { miniflare: { compatibilityDate: COMPATIBILITY_DATE } };
const NO_CONFIG_BUT_RULE = { miniflare: { ...NO_CONFIG.miniflare, modulesRules: [RULE] } };

const configOf = (options) => `import { cloudflareTest } from '@cloudflare/vitest-pool-workers';
export default {
  plugins: [cloudflareTest(${JSON.stringify(options)})],
  test: { include: ['*.test.mjs'], testTimeout: 600_000 },
};
`;

const testOf = (url) => `import { test } from 'vitest';
import { answer } from './apps/with-remote.mjs';

test('answers all questions', async () => {
  for (;;) {
    const question = await (await fetch('${url}')).text();
    if (question === '') return;
    await fetch('${url}', { method: 'POST', body: answer(question) });
  }
});
`;

const FIRST_USE = `import { expect, test } from 'vitest';
import { decode } from 'sts-jwt';

test('says what to do', () => {
  expect(() => decode('')).toThrow(
    /^WebAssembly did not start: Vite did not compile sts_jwt\\.fused\\.wasm; in Vitest, pass a wrangler config to the plugin, or /,
  );
});
`;

/** Returns a host, or undefined if there is no Node for this Vitest. */
export async function startVitest(name, { wrangler }) {
  const program = programOf(`node${CURRENT_NODE}`);
  if (!program) return undefined;
  installTool('vitest', 'Vitest and vitest-pool-workers', '290 MB');
  const folder = createApp(name, { project: folderOf('vitest') });
  writeFileSync(join(folder, 'wrangler.json'), JSON.stringify({ name, compatibility_date: COMPATIBILITY_DATE }));
  const write = (file, text) => writeFileSync(join(folder, file), text);

  if (!wrangler) {
    write('vitest.config.mjs', configOf(NO_CONFIG));
    write('answer.test.mjs', FIRST_USE);
    const { ended } = runVitest(program, folder);
    await ended;
  }

  const { url, nextQuestion, close } = await startQueue();
  write('vitest.config.mjs', configOf(wrangler ? WRANGLER_CONFIG : NO_CONFIG_BUT_RULE));
  write('answer.test.mjs', testOf(url));
  const { ended } = runVitest(program, folder);
  return {
    version: versionIn(folderOf('vitest'), '@cloudflare/vitest-pool-workers'),
    ask: (question) =>
      Promise.race([nextQuestion(question), ended.then(() => Promise.reject(new Error('Vitest ended')))]),
    async stop() {
      nextQuestion('');
      await ended.catch(() => {});
      close();
    },
  };
}

/** `ended` rejects with the output if a test fails. */
function runVitest(program, folder) {
  const script = join(folderOf('vitest'), 'node_modules/vitest/vitest.mjs');
  const env = { ...process.env, CI: '1', NO_COLOR: '1', WRANGLER_SEND_METRICS: 'false' };
  const child = spawn(program, [script, 'run'], { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')]).then(
    ([output, log, [status]]) => {
      if (status !== 0) throw new Error(`vitest run ended with ${status}:\n${output}${log}`);
    },
  );
  ended.catch(() => {}); // reported by the next question
  return { ended };
}

/** A server that gives each question to one GET request and takes the answer from the next POST request. */
async function startQueue() {
  let waiting;
  let given;
  let answered;
  const pass = () => {
    if (waiting === undefined || given === undefined) return;
    waiting.end(given);
    waiting = given = undefined;
  };
  const server = createServer(async (request, response) => {
    // Waiting for an answer takes longer than an idle connection stays open.
    response.setHeader('connection', 'close');
    if (request.method === 'POST') {
      answered(await text(request));
      response.end();
    } else {
      waiting = response;
      pass();
    }
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  return {
    url: `http://127.0.0.1:${port}/`,
    nextQuestion: (question) =>
      new Promise((resolve) => {
        given = question;
        answered = resolve;
        pass();
      }),
    close: () => server.close(),
  };
}
