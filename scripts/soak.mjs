// `make soak`: runs a service in workerd under mixed traffic for ten minutes, while its issuer rotates keys and has
// outages. Fails if a verdict is wrong, if the memory grows, or if the number of fetches differs from the prediction.
// Not part of `make test`. SECONDS=<n> sets the duration.
import { fileURLToPath } from 'node:url';
import { bundleWorker, startWorkerd } from '../tests/js/support/workerd.mjs';

const SECONDS = Number(process.env.SECONDS ?? 600);
const AUDIENCE = 'https://edge.example.test';
const LANES = 8;
const REQUESTS_PER_SECOND = 360;
const ROTATE_EVERY = 40;
const OUTAGE_EVERY = 55;
const OUTAGE = 8;
// Settings of the remote verifier, in seconds: the default minimum interval between renewals, and the longest pause
// after failed fetches.
const REFETCH_INTERVAL = 10;
const BACKOFF = 16;

const entry = (name) => fileURLToPath(new URL(`../tests/js/faults/${name}.mjs`, import.meta.url));
const service = await bundleWorker('soak-service', { entry: entry('service') });
const issuerBundle = await bundleWorker('soak-issuer', { entry: entry('issuer') });
const workerd = await startWorkerd(service, { outbound: issuerBundle, objects: { KEYS: 'KeysObject' } });

/** The WebAssembly memory of the service. The process's memory is not a useful measure: it grows even without verifications. */
let memoryBytes = 0;

const post = async (url, body) => {
  const response = await fetch(url, { method: 'POST', body: JSON.stringify(body) });
  memoryBytes = Number(response.headers.get('x-memory') ?? memoryBytes);
  if (!response.ok) throw new Error(`${response.status}: ${await response.text()}\n${workerd.log()}`);
  return response.json();
};
const control = (...action) => post(`${workerd.outboundUrl}/control`, action);
const { issuer } = await control('start', {});
const config = { issuer, audience: AUDIENCE };
const ask = async (token) => (await post(workerd.url, { name: 'soak', config, tokens: [token] }))[0];
const mint = (options, count = 20) => control('tokens', { audience: AUDIENCE, ...options }, count);

const started = Date.now();
const elapsed = () => (Date.now() - started) / 1000;
/** Until this time, valid tokens may be rejected, because the new keys have not been fetched yet. */
let unsettledUntil = 5;
let [good, bad, former] = [[], [], []];
const counts = { accepted: 0, rejected: 0, unsettled: 0, wrong: 0, rotations: 0, outages: 0 };
const memory = [];

async function mintAll() {
  good = [...(await mint({ alg: 'ES384' })), ...(await mint({ alg: 'RS256' }))];
  bad = [
    ...(await mint({ audience: 'https://other.example.test' })),
    ...(await mint({ lifetime: -120 }).catch(() => [])),
    ...good.map((token) => token.slice(0, -6) + (token.endsWith('AAAAAA') ? 'BBBBBB' : 'AAAAAA')),
    'not.a.token',
  ];
}

async function direct() {
  let rotateAt = ROTATE_EVERY;
  let outageAt = OUTAGE_EVERY;
  while (elapsed() < SECONDS) {
    const now = elapsed();
    if (now >= rotateAt) {
      rotateAt += ROTATE_EVERY;
      const mode = ['new-kid', 'same-kid', 'overlap'][counts.rotations++ % 3];
      // With overlap, both keys are published.
      former = mode === 'overlap' ? [] : good;
      unsettledUntil = now + REFETCH_INTERVAL + 4;
      await control('rotate', { mode });
      await mintAll();
    }
    if (now >= outageAt) {
      outageAt += OUTAGE_EVERY;
      counts.outages += 1;
      await control('outage', ['network', 503, 'html', 'redirect'][counts.outages % 4]);
      unsettledUntil = Math.max(unsettledUntil, now + OUTAGE + BACKOFF + REFETCH_INTERVAL);
      setTimeout(() => void control('recover'), OUTAGE * 1000);
    }
    memory.push(memoryBytes);
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}

async function lane() {
  while (elapsed() < SECONDS) {
    const began = performance.now();
    const draw = Math.random();
    const [kind, tokens] =
      draw < 0.7 ? ['good', good] : draw < 0.95 || former.length === 0 ? ['bad', bad] : ['former', former];
    const verdict = await ask(tokens[Math.floor(Math.random() * tokens.length)]);
    judge(kind, verdict);
    await new Promise((resolve) =>
      setTimeout(resolve, (LANES / REQUESTS_PER_SECOND) * 1000 - (performance.now() - began)),
    );
  }
}

function judge(kind, verdict) {
  const accepted = verdict === 'accepted';
  const settled = elapsed() > unsettledUntil;
  if (accepted) counts.accepted += 1;
  else counts.rejected += 1;
  if (kind === 'bad' ? !accepted : accepted === (kind === 'good')) return;
  if (kind !== 'bad' && !settled) {
    counts.unsettled += 1;
    return;
  }
  counts.wrong += 1;
  if (counts.wrong <= 10)
    console.log(`WRONG at ${elapsed().toFixed(1)} s: a ${kind} token: ${JSON.stringify(verdict)}`);
}

await mintAll();
try {
  await Promise.all([direct(), ...Array.from({ length: LANES }, lane)]);
  const fetches = await control('requests');
  // Tokens with invalid signatures arrive all the time, so keys are renewed once per interval. An outage adds failed
  // fetches.
  const predicted = [
    SECONDS / (REFETCH_INTERVAL + 1) - counts.outages * 3,
    SECONDS / REFETCH_INTERVAL + counts.outages * 5 + 2,
  ];
  const [middle, last] = [memory[memory.length >> 1], memory.at(-1)];
  const flat = last === middle;
  const expected = fetches >= predicted[0] && fetches <= predicted[1];
  console.log(
    `${counts.accepted + counts.rejected} requests in ${SECONDS} s: ${counts.accepted} accepted, ${counts.rejected} rejected`,
  );
  console.log(
    `${counts.rotations} rotations, ${counts.outages} outages; ${counts.unsettled} valid tokens rejected before the new keys were fetched`,
  );
  console.log(`wrong verdicts: ${counts.wrong}`);
  console.log(`memory: ${middle} bytes in the middle, ${last} at the end: ${flat ? 'flat' : 'GROWS'}`);
  console.log(
    `fetches: ${fetches}, predicted ${predicted.map(Math.floor).join(' to ')}: ${expected ? 'as predicted' : 'NOT as predicted'}`,
  );
  process.exitCode = counts.wrong === 0 && flat && expected ? 0 : 1;
} finally {
  await workerd.stop();
}
