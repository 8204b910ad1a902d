// Measures how many requests per second a protected Worker answers on one core; the load generator runs on another
// core. Either each token is used once, or a few tokens are used repeatedly. Prints the figures as JSON.
import { execFile } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { createIssuer, stsClaims } from '../tests/js/support/issuer.mjs';
import { WORK } from '../tests/js/support/paths.mjs';
import { bundleWorker, startWorkerd } from '../tests/js/support/workerd.mjs';
import { summary } from './statistics.mjs';
import { AUDIENCE } from './tokens.mjs';

const LIBRARIES = ['sts-jwt', 'jose'];
const ROUNDS = 3;
const SECONDS = 3;
// A Verifier caches fewer than 3000 tokens, so every token has been evicted from the cache before it is used again.
const PATTERNS = { 'each token once': 3000, 'eight tokens': 8 };

const run = promisify(execFile);
const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const folder = join(WORK, 'requests');
mkdirSync(folder, { recursive: true });

const issuer = createIssuer();
const now = Math.floor(Date.now() / 1000);
const vars = { ISSUER: issuer.url, AUDIENCE, JWKS: JSON.stringify(issuer.jwks) };
const bundles = {};
for (const library of LIBRARIES) {
  bundles[library] = await bundleWorker(`requests-${library}`, { entry: here(`requests/${library}.mjs`) });
}

const requests = [];
for (const alg of ['ES384', 'RS256']) {
  for (const [pattern, count] of Object.entries(PATTERNS)) {
    console.error(`workerd under load: ${alg}, ${pattern}`);
    const claims = () => stsClaims(issuer.url, AUDIENCE, now, { exp: now + 3600 });
    const file = join(folder, `${alg}-${count}.json`);
    writeFileSync(file, JSON.stringify(Array.from({ length: count }, () => issuer.mint(alg, claims()))));
    const rates = Object.fromEntries(LIBRARIES.map((library) => [library, []]));
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const library of LIBRARIES) rates[library].push(await rateOf(bundles[library], file));
    }
    for (const library of LIBRARIES)
      requests.push({ name: library, case: `${alg}, ${pattern}`, perSecond: summary(rates[library]) });
  }
}
console.log(JSON.stringify({ requests }));

async function rateOf(bundle, file) {
  const workerd = await startWorkerd(bundle, { vars });
  try {
    await pin(0, workerd.pid);
    const load = ['-c', '1', process.execPath, here('requests/load.mjs'), workerd.url, file];
    await run('taskset', [...load, '1']); // warm-up
    const { stdout } = await run('taskset', [...load, String(SECONDS)]);
    const { perSecond, rejected } = JSON.parse(stdout);
    if (rejected > 0) throw new Error(`${rejected} valid tokens were rejected:\n${workerd.log()}`);
    return perSecond;
  } finally {
    await workerd.stop();
  }
}

function pin(core, pid) {
  return run('taskset', ['--all-tasks', '-cp', String(core), String(pid)]);
}
