// Measures whole tokens in Node, with all peers in this process. Prints the figures as JSON.

import { keyPreparation } from './key-preparation.mjs';
import { createLoad } from './load.mjs';
import { inNode } from './peers-node.mjs';
import { contendersOf, interleave } from './rounds.mjs';
import { CASES, createMaterial } from './tokens.mjs';

const contenders = contendersOf(Object.keys(inNode), ['jose', 'subtle.verify']);
const rows = [];
for (const each of CASES) {
  console.error(`Node: ${each.name}`);
  const run = await createLoad(inNode, createMaterial(each));
  const figures = await interleave(contenders, (name, lanes, count) => inThisProcess(() => run(name, count, lanes)));
  rows.push(...figures.map((figure) => ({ runtime: 'Node', case: each.name, ...figure })));
}
console.error('Node: preparing keys');
console.log(JSON.stringify({ rows, preparation: keyPreparation() }));

/** Measures the CPU time of all threads, because WebCrypto uses its own. */
async function inThisProcess(action) {
  const before = process.cpuUsage();
  const start = performance.now();
  await action();
  const wall = performance.now() - start;
  const { user, system } = process.cpuUsage(before);
  return { wall, cpu: (user + system) / 1000 };
}
