// Measures whole tokens in workerd, one slice per request. Prints the figures as JSON.
import { fileURLToPath } from 'node:url';
import { bundleWorker, startWorkerd } from '../tests/js/support/workerd.mjs';
import { measured } from './cpu.mjs';
import { contendersOf, interleave } from './rounds.mjs';
import { CASES, createMaterial } from './tokens.mjs';

const bundle = await bundleWorker('bench', { entry: fileURLToPath(new URL('worker.mjs', import.meta.url)) });
const workerd = await startWorkerd(bundle);
const rows = [];
try {
  for (const each of CASES) {
    console.error(`workerd: ${each.name}`);
    const names = await request('/', {
      method: 'POST',
      body: JSON.stringify({ each, material: createMaterial(each) }),
    });
    const contenders = contendersOf(names.split(','), ['jose', 'subtle.verify']);
    const figures = await interleave(contenders, (name, lanes, count) =>
      measured(workerd.pid, () => request(`/?${new URLSearchParams({ name, lanes, count })}`)),
    );
    rows.push(...figures.map((figure) => ({ runtime: 'workerd', case: each.name, ...figure })));
  }
} finally {
  await workerd.stop();
}
console.log(JSON.stringify({ rows }));

async function request(path, init) {
  const response = await fetch(`${workerd.url}${path}`, init);
  if (!response.ok) throw new Error(`${response.status}: ${await response.text()}\n${workerd.log()}`);
  return response.text();
}
