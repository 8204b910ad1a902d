// Measures the first request of examples/worker in workerd, in the form that is deployed: the CPU time of the thread that
// answers. The same Worker with jose's createRemoteJWKSet is measured for comparison. The keys come from a stubbed `fetch`, so no
// network is measured. Prints the figures as JSON.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { PROJECT, WORK } from '../tests/js/support/paths.mjs';
import { bundleWorker, startWorkerd } from '../tests/js/support/workerd.mjs';
import { cpuOf, cpuOfMainThread } from './cpu.mjs';
import { summary } from './statistics.mjs';
import { CASES, createMaterial } from './tokens.mjs';

const STARTS = 31;
const WORKERS = {
  nothing: fileURLToPath(new URL('first-request/nothing.mjs', import.meta.url)),
  'sts-jwt': join(PROJECT, 'worker/src/index.ts'),
  jose: fileURLToPath(new URL('first-request/jose.mjs', import.meta.url)),
};
const wrangler = readFileSync(join(PROJECT, 'worker/wrangler.jsonc'), 'utf8');
const AWS_POLICY = JSON.parse(/"AWS_POLICY": (.+)/.exec(wrangler)[1]);

const folder = join(WORK, 'first-request');
mkdirSync(folder, { recursive: true });

const firstRequests = [];
if (cpuOf(process.pid) !== undefined) {
  for (const each of CASES.filter(({ name }) => ['ES384', 'RS256-2048'].includes(name))) {
    console.error(`first request: ${each.name}`);
    firstRequests.push(...(await measureCase(each)));
  }
}
console.log(JSON.stringify({ firstRequests }));

/** Measures all Workers in interleaved rounds, and subtracts the time of the Worker that does nothing. */
async function measureCase(each) {
  const material = createMaterial(each);
  const bundles = {};
  for (const name of Object.keys(WORKERS)) bundles[name] = await bundleOf(name, material);
  const names = Object.keys(bundles);
  const taken = Object.fromEntries(names.map((name) => [name, []]));
  for (let round = 0; round < STARTS; round += 1) {
    for (let turn = 0; turn < names.length; turn += 1) {
      const name = names[(round + turn) % names.length];
      taken[name].push(await firstRequest(name, bundles[name], material));
    }
  }
  const { nothing, ...others } = taken;
  const above = (samples, clock) => {
    const { median } = summary(samples.map((sample, round) => sample[clock] - nothing[round][clock]));
    const least = (all) => summary(all.map((sample) => sample[clock])).min;
    return { median, min: least(samples) - least(nothing) };
  };
  return Object.entries(others).map(([name, samples]) => ({
    case: each.name,
    name,
    request: above(samples, 'request'),
    requestAllThreads: above(samples, 'requestAllThreads'),
    startAndRequest: above(samples, 'startAndRequest'),
  }));
}

async function bundleOf(name, { jwks }) {
  const stub = join(folder, 'stub.mjs');
  const entry = join(folder, `${name}.mjs`);
  writeFileSync(
    stub,
    `const jwks = ${JSON.stringify(jwks)};
globalThis.fetch = async () => new Response(jwks, { headers: { 'content-type': 'application/json' } });
`,
  );
  writeFileSync(entry, `import './stub.mjs';\nexport { default } from ${JSON.stringify(WORKERS[name])};\n`);
  return bundleWorker(`first-request-${name}`, { entry });
}

async function firstRequest(name, bundle, { issuer, audience, tokens }) {
  const workerd = await startWorkerd(bundle, { vars: { ISSUER: issuer, AUDIENCE: audience, AWS_POLICY } });
  try {
    await settled(workerd.pid);
    const [main, all] = [cpuOfMainThread(workerd.pid), cpuOf(workerd.pid)];
    const response = await fetch(workerd.url, { headers: { authorization: `Bearer ${tokens[0]}` } });
    const answer = await response.text();
    const request = cpuOfMainThread(workerd.pid) - main;
    const requestAllThreads = cpuOf(workerd.pid) - all;
    if (response.status !== 200) throw new Error(`${name}: ${response.status} ${answer}\n${workerd.log()}`);
    return { request, requestAllThreads, startAndRequest: main + request };
  } finally {
    await workerd.stop();
  }
}

/** Waits until the background threads that start with the process, such as V8's compilers, are idle. */
async function settled(pid) {
  for (let before = -1; cpuOf(pid) - before > 0.05; ) {
    before = cpuOf(pid);
    await setTimeout(40);
  }
}
