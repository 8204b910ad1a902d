// Runs the peers in a page; see browser.mjs.
import { init } from 'sts-jwt';
import { createLoad } from './load.mjs';
import { everywhere } from './peers.mjs';

let run;

globalThis.prepare = async (material) => {
  await init();
  run = await createLoad(everywhere, material);
};

globalThis.timeOf = async (name, lanes, count) => {
  const start = performance.now();
  await run(name, count, lanes);
  return performance.now() - start;
};
