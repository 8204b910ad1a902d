// The targets of the benchmark.

// `atLeast` or `atMost` must be met; `stretch` is a more ambitious goal. A ratio is the peer's time divided by the time
// of this package, for whole tokens verified sequentially.
const RATIOS = [
  ...['Node 24', 'Node 26'].flatMap((runtime) => [
    { runtime, case: 'ES384', peer: 'jose', atLeast: 14, stretch: 17 },
    { runtime, case: 'RS256-2048', peer: 'fast-jwt', atLeast: 1.08, stretch: 1.18 },
    { runtime, case: 'RS256-2048', peer: 'aws-jwt-verify', atLeast: 1.25, stretch: 1.5 },
    { runtime, case: 'RS256-2048', peer: 'jose', atLeast: 3.2, stretch: 3.8 },
  ]),
  // At most 0.6 of the time of the bare signature.
  { runtime: 'Node 24', case: 'ES384', peer: 'Ed25519 crypto.verify', atLeast: 1 / 0.6, stretch: 1 / 0.45 },
  { runtime: 'Node 24', case: 'RS256-2048, 20 KB', peer: 'fast-jwt', atLeast: 0.7, stretch: 0.85 },
  { runtime: 'Node 24', case: 'RS256-3072', peer: 'fast-jwt', atLeast: 1.05, stretch: 1.12 },
  { runtime: 'Node 24', case: 'RS256-4096', peer: 'fast-jwt', atLeast: 1.15, stretch: 1.22 },
  { runtime: 'workerd', case: 'ES384', peer: 'jose', atLeast: 9.5, stretch: 11 },
  { runtime: 'workerd', case: 'RS256-2048', peer: 'jose', atLeast: 1.15, stretch: 1.28 },
  { runtime: 'Node 26', case: 'RS256-2048, 100 bytes', peer: 'crypto.verify', atLeast: 1.2, stretch: 1.35 },
  { runtime: 'workerd', case: 'RS256-2048, 100 bytes', peer: 'subtle.verify', atLeast: 1.05, stretch: 1.15 },
  { runtime: 'Chromium', case: 'ES384', peer: 'jose', atLeast: 9, stretch: 11 },
  { runtime: 'Chromium', case: 'RS256-2048', peer: 'jose', atLeast: 1.4, stretch: 1.6 },
  // The ratio was 0.81 before there were two modules.
  { runtime: 'Node 20', case: 'RS256-2048', peer: 'fast-jwt', atLeast: 0.81, stretch: 0.9 },
];

/** CPU time of the main thread. */
const COLD_RATIOS = [
  ...['ES384', 'RS256-2048'].map((each) => ({
    runtime: 'Node 24',
    case: each,
    peer: 'jose, installed',
    atLeast: 3,
    stretch: 4,
  })),
  { runtime: 'Node 24', case: 'ES384', peer: 'jose, one file', atLeast: 1.25, stretch: 1.5 },
  { runtime: 'Node 26', case: 'ES384', peer: 'jose, one file', atLeast: 1.5, stretch: 1.8 },
];

/** CPU time of the thread that answers the first request of a Worker. */
const FIRST_REQUEST_RATIOS = [
  { case: 'ES384', peer: 'jose', atLeast: 1.5, stretch: 2 },
  { case: 'RS256-2048', peer: 'jose', atLeast: 2.4, stretch: 3.1 },
];

/** Microseconds for a token that a Verifier has cached. */
export const REPEATED = { atMost: 3, stretch: 2 };

// Requests per second of a whole Worker: our rate divided by the rate of the peer.
const REQUEST_RATIOS = [
  { case: 'ES384, each token once', peer: 'jose', atLeast: 2.5, stretch: 3 },
  { case: 'ES384, eight tokens', peer: 'jose', atLeast: 1, stretch: 3 },
  { case: 'RS256, each token once', peer: 'jose', atLeast: 0.9, stretch: 1 },
  { case: 'RS256, eight tokens', peer: 'jose', atLeast: 1, stretch: 1.3 },
];

/** Milliseconds per key, in hot code. */
export const PREPARATION = { ES384: { atMost: 0.8, stretch: 0.4 } };

/**
 * The time per token with several issuers, divided by the time with one; and the bytes that an issuer takes if it is never
 * used.
 */
export const ISSUERS = { ratio: { atMost: 1.03, stretch: 1.01 }, memory: { atMost: 1024, stretch: 768 } };

/** Bytes after gzip. Executed bytes have no target: they are only reported. */
export const SIZE = {
  'sts-jwt: .wasm': { atMost: 125_000, stretch: 112_000 },
  'sts-jwt: fused .wasm': { atMost: 125_000, stretch: 112_000 },
  'sts-jwt: JavaScript': { atMost: 7_168, stretch: 6_144 },
};

/** Returns the target for whole tokens of a peer, or undefined. */
export const targetOf = (row) => (row.lanes === 1 ? find(RATIOS, row) : undefined);

/** Returns the target for requests to a peer's Worker, or undefined. */
export const requestsTargetOf = ({ case: caseName, name }) =>
  REQUEST_RATIOS.find((target) => target.case === caseName && target.peer === name);

/** Returns the target for the first request to a peer's Worker, or undefined. */
export const firstRequestTargetOf = ({ case: caseName, name }) =>
  FIRST_REQUEST_RATIOS.find((target) => target.case === caseName && target.peer === name);

/** Returns the target for the cold start of a peer, or undefined. */
export const coldTargetOf = (row) => find(COLD_RATIOS, row);

const find = (targets, row) =>
  targets.find((target) => target.runtime === row.runtime && target.case === row.case && target.peer === row.name);

/** Returns `stretch`, `met` or `MISSED`. NaN misses every target. */
export function judge(value, /** @type {Record<string, number>} */ { atLeast, atMost, stretch }) {
  const reaches = (bound) => (atLeast === undefined ? value <= bound : value >= bound);
  if (!reaches(atLeast ?? atMost)) return 'MISSED';
  return reaches(stretch) ? 'stretch' : 'met';
}
