// The targets of the benchmark.

// `atLeast` or `atMost` must be met; `stretch` is a more ambitious goal. A ratio is the peer's time divided by the time
// of this package, for whole tokens verified sequentially.
const RATIOS = [
  { runtime: 'Node', case: 'ES384', peer: 'jose', atLeast: 10, stretch: 13 },
  { runtime: 'workerd', case: 'ES384', peer: 'jose', atLeast: 6.5, stretch: 8 },
  { runtime: 'Chromium', case: 'ES384', peer: 'jose', atLeast: 6, stretch: 8 },
  { runtime: 'Node', case: 'RS256-2048', peer: 'jose', atLeast: 2, stretch: 2.5 },
  { runtime: 'Node', case: 'RS256-2048', peer: 'aws-jwt-verify', atLeast: 1.1, stretch: 1.3 },
  { runtime: 'Node', case: 'RS256-2048', peer: 'fast-jwt', atLeast: 0.93, stretch: 1.05 },
  { runtime: 'workerd', case: 'RS256-2048', peer: 'jose', atLeast: 0.88, stretch: 1 },
  { runtime: 'Node', case: 'RS256-4096', peer: 'fast-jwt', atLeast: 0.8, stretch: 0.9 },
];

// In Node, single-file bundles are compared. workerd always runs a single file.
const COLD_RATIOS = [
  { runtime: 'Node', case: 'ES384', peer: 'jose, one file', atLeast: 1.5, stretch: 2.5 },
  { runtime: 'workerd', case: 'ES384', peer: 'jose', atLeast: 0.8, stretch: 1.1 },
];

// Requests per second of a whole Worker: those of this package divided by those of the peer.
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
  'sts-jwt: .wasm': { atMost: 125_000, stretch: 115_000 },
  'sts-jwt: fused .wasm': { atMost: 125_000, stretch: 112_000 },
  'sts-jwt: JavaScript': { atMost: 7_168, stretch: 6_144 },
};

/** Returns the target for whole tokens of a peer, or undefined. */
export const targetOf = (row) => (row.lanes === 1 ? find(RATIOS, row) : undefined);

/** Returns the target for requests to a peer's Worker, or undefined. */
export const requestsTargetOf = ({ case: caseName, name }) =>
  REQUEST_RATIOS.find((target) => target.case === caseName && target.peer === name);

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
