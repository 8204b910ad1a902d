// Measures the cold start: the first token in a new Node process and in a new isolate of workerd. Prints the figures as
// JSON.
import { execFile } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { WORK } from '../tests/js/support/paths.mjs';
import { bundleWorker, startWorkerd } from '../tests/js/support/workerd.mjs';
import { bundleForNode } from './bundle.mjs';
import { cpuOf } from './cpu.mjs';
import { summary } from './statistics.mjs';
import { createMaterial } from './tokens.mjs';

// The start of workerd takes much longer than that of the Worker in it, so more samples are needed.
const STARTS = { Node: 15, workerd: 40 };

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
console.log(JSON.stringify({ cold: [...(await inNode()), ...(await inWorkerd())] }));

/** Measures each library as installed (many files) and as a single file bundled by esbuild. */
async function inNode() {
  const modules = {};
  for (const name of ['sts-jwt', 'jose']) {
    modules[`${name}, one file`] = await bundleForNode(source(name), join(folder, name));
    modules[`${name}, installed`] = source(name);
  }
  modules['subtle.verify'] = source('subtle');
  const first = async (name, json) => {
    const args = [source('first'), pathToFileURL(modules[name]).href, json];
    return Number((await promisify(execFile)(process.execPath, args)).stdout);
  };
  return interleaved('Node', Object.keys(modules), first);
}

/**
 * Measures the process from its start to its first response, and subtracts the time for a Worker that does nothing.
 * Both are measured in the same round, because the speed of a shared machine changes from minute to minute.
 */
async function inWorkerd() {
  const bundles = {};
  for (const name of ['nothing', 'sts-jwt', 'jose', 'subtle']) {
    const entry = join(folder, `${name}.worker.mjs`);
    const imports = [`import verifyFirst from '${source(name)}';`, `import { workerOf } from '${source('worker')}';`];
    writeFileSync(entry, [...imports, 'export default workerOf(verifyFirst);', ''].join('\n'));
    bundles[name === 'subtle' ? 'subtle.verify' : name] = await bundleWorker(`cold-${name}`, { entry });
  }
  const first = async (name, json) => {
    const workerd = await startWorkerd(bundles[name]);
    try {
      const response = await fetch(workerd.url, { method: 'POST', body: json });
      const answer = await response.text();
      const cpu = cpuOf(workerd.pid);
      if (answer !== JSON.parse(json).claims.jti) throw new Error(`${name}: ${answer}\n${workerd.log()}`);
      return cpu;
    } finally {
      await workerd.stop();
    }
  };
  if (cpuOf(process.pid) === undefined) return [];
  return interleaved('workerd', Object.keys(bundles), first, ({ nothing, ...others }) =>
    Object.entries(others).map(([name, taken]) => {
      const { median } = summary(taken.map((cpu, round) => cpu - nothing[round]));
      return { name, cpu: { median, min: summary(taken).min - summary(nothing).min } };
    }),
  );
}

function summarize(taken) {
  return Object.entries(taken).map(([name, times]) => ({ name, cpu: summary(times) }));
}

/**
 * Measures starts in interleaved rounds. `first(name, json)` returns the time of one start; `conclude` turns all times into rows.
 */
async function interleaved(runtime, names, first, conclude = summarize) {
  const rows = [];
  for (const { name: each, json } of inputs) {
    console.error(`cold: ${runtime}, ${each}`);
    const taken = Object.fromEntries(names.map((name) => [name, []]));
    for (let start = 0; start < STARTS[runtime]; start += 1) {
      for (let turn = 0; turn < names.length; turn += 1) {
        const name = names[(start + turn) % names.length];
        taken[name].push(await first(name, json));
      }
    }
    rows.push(...conclude(taken).map((row) => ({ runtime, case: each, ...row })));
  }
  return rows;
}
