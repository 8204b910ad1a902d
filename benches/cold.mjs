// Measures the cold start: the first token in a new process of Node. `first-request.mjs` does the same in workerd. Prints the
// figures as JSON.
import { execFile } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { WORK } from '../tests/js/support/paths.mjs';
import { bundleForNode } from './bundle.mjs';
import { nodeOf } from './runtimes.mjs';
import { summary } from './statistics.mjs';
import { createMaterial } from './tokens.mjs';

const STARTS = 31;
const VERSIONS = ['24', '26'];

const source = (name) => fileURLToPath(new URL(`cold/${name}.mjs`, import.meta.url));
const folder = join(WORK, 'bench');
rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });

const inputs = [
  { name: 'ES384', alg: 'ES384' },
  { name: 'RS256-2048', alg: 'RS256', bits: 2048 },
].map((each) => {
  const { name, alg, tokens, jwks, issuer, audience } = createMaterial(each);
  const claims = JSON.parse(Buffer.from(tokens[0].split('.')[1], 'base64url').toString());
  return { name, json: JSON.stringify({ alg, token: tokens[0], jwks, issuer, audience, claims }) };
});
console.error('cold: bundling');
/** Each library as installed (many files) and as a single file bundled by esbuild. */
const modules = {};
for (const name of ['sts-jwt', 'jose']) {
  modules[`${name}, one file`] = await bundleForNode(source(name), join(folder, name));
  modules[`${name}, installed`] = source(name);
}
modules['subtle.verify'] = source('subtle');

const cold = [];
for (const major of VERSIONS) {
  const program = nodeOf(major);
  if (!program) console.error(`cold: no Node ${major}, because npm has no package of it for this platform`);
  else for (const input of inputs) cold.push(...(await measureCase(`Node ${major}`, program, input)));
}
console.log(JSON.stringify({ cold }));

/** Measures starts in interleaved rounds. */
async function measureCase(runtime, program, { name: each, json }) {
  console.error(`cold: ${runtime}, ${each}`);
  const names = Object.keys(modules);
  const taken = Object.fromEntries(names.map((name) => [name, []]));
  for (let start = 0; start < STARTS; start += 1) {
    for (let turn = 0; turn < names.length; turn += 1) {
      const name = names[(start + turn) % names.length];
      const args = [source('first'), pathToFileURL(modules[name]).href, json];
      taken[name].push(JSON.parse((await promisify(execFile)(program, args)).stdout));
    }
  }
  return names.map((name) => {
    const clock = (/** @type {string} */ which) => summary(taken[name].map((times) => times[which]));
    return { runtime, case: each, name, main: clock('main'), cpu: clock('cpu'), wall: clock('wall') };
  });
}
