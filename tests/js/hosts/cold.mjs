// Measures the first token of a new process or page, from `import` to the verified token, interleaved with jose.
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createFixtures } from '../fixtures.mjs';
import { htmlOf, openUrl, serve } from '../support/browser.mjs';
import { PROJECT, TOOLS } from '../support/paths.mjs';

const ROUNDS = 7;
const FOLDER = join(PROJECT, 'cold');

const FIRST = {
  ours: `const { init, verify } = await import('sts-jwt');
  await init();
  verify(token, jwks, expected);`,
  jose: `const { createLocalJWKSet, jwtVerify } = await import('jose');
  await jwtVerify(token, createLocalJWKSet(jwks), expected);`,
};

/** Returns the medians of interleaved runs. `run` executes a script and returns its output, a duration in milliseconds. */
export const coldProcess = (run) => medians((library) => run(scriptOf(library)).then(Number));

/** Measures the first token in a page of `engine`, with a new browser for each run. */
export async function coldPage(engine) {
  mkdirSync(FOLDER, { recursive: true });
  for (const library of Object.keys(FIRST)) scriptOf(library);
  return medians(async (library) => {
    const folders = {
      '/package/': join(PROJECT, 'node_modules/sts-jwt'),
      '/jose/': join(TOOLS, 'node_modules/jose'),
      '/app/': FOLDER,
    };
    const imports = { jose: '/jose/dist/webapi/index.js' };
    const { url, stop } = await serve(folders, { html: htmlOf({ script: `/app/${library}.mjs`, imports }) });
    const { page, close } = await openUrl(url, { engine, ready: 'milliseconds' });
    try {
      return await page.evaluate(() => globalThis.milliseconds);
    } finally {
      await close();
      stop();
    }
  });
}

async function medians(measure) {
  const times = { ours: [], jose: [] };
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const library of Object.keys(times)) times[library].push(await measure(library));
  }
  const median = (values) => values.sort((one, other) => one - other)[Math.floor(ROUNDS / 2)];
  return { ours: median(times.ours), jose: median(times.jose) };
}

function scriptOf(library) {
  const { tokens, jwks, issuer, audience } = createFixtures();
  mkdirSync(FOLDER, { recursive: true });
  const link = join(PROJECT, 'node_modules/jose');
  rmSync(link, { force: true, recursive: true });
  symlinkSync(join(TOOLS, 'node_modules/jose'), link, 'junction');
  const file = join(FOLDER, `${library}.mjs`);
  writeFileSync(
    file,
    `const token = ${JSON.stringify(tokens.ES384)};
const jwks = ${JSON.stringify(jwks)};
const expected = ${JSON.stringify({ issuer, audience })};
const started = performance.now();
async function first() {
  ${FIRST[library]}
}
await first();
globalThis.milliseconds = performance.now() - started;
console.log(globalThis.milliseconds);
`,
  );
  return file;
}
