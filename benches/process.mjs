// Measures whole tokens in the Node, Deno or Bun that runs this file, with all peers in this process. The argument names the
// runtime. Prints the figures as JSON.
import { readFileSync } from 'node:fs';
import { keyPreparation } from './key-preparation.mjs';
import { createLoad } from './load.mjs';
import { repeatedTokens } from './repeated-tokens.mjs';
import { contendersOf, interleave } from './rounds.mjs';
import { SIGNATURE_WASM } from './signature.mjs';
import { CASES, createMaterial } from './tokens.mjs';

const [, , runtime, which] = process.argv;
const inNode = runtime.startsWith('Node');
const { peersOf } = await import(inNode ? './peers-node.mjs' : './peers.mjs');

const bytes = readFileSync(SIGNATURE_WASM);
const signature = WebAssembly.validate(bytes) ? new WebAssembly.Module(bytes) : undefined;

const rows = [];
for (const each of CASES.filter(({ name }) => !which || name === which)) {
  const peers = peersOf(each, signature);
  if (!('sts-jwt' in peers)) continue;
  console.error(`${runtime}: ${each.name}`);
  const contenders = contendersOf(Object.keys(peers), ['jose', 'subtle.verify']);
  const run = await createLoad(peers, createMaterial(each));
  const figures = await interleave(contenders, (name, lanes, count) => inThisProcess(() => run(name, count, lanes)));
  rows.push(...figures.map((figure) => ({ runtime, case: each.name, ...figure })));
}
console.error(`${runtime}: the same token again, and preparing keys`);
const { node, bun, deno } = process.versions;
const figures = {
  rows,
  repeated: await repeatedTokens(runtime, inThisProcess),
  versions: { [runtime]: bun ?? deno ?? node },
};
console.log(JSON.stringify(inNode ? { ...figures, preparation: keyPreparation(runtime) } : figures));

/** Measures the CPU time of all threads, because WebCrypto uses threads of its own. */
async function inThisProcess(action) {
  const before = process.cpuUsage();
  const start = performance.now();
  await action();
  const wall = performance.now() - start;
  const { user, system } = process.cpuUsage(before);
  return { wall, cpu: (user + system) / 1000 };
}
