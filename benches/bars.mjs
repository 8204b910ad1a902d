// What the benchmark asks for, and the verdict on it.

// `atLeast` or `atMost` must hold; `stretch` is where we would like to be. The ratios are theirs/ours, of whole tokens
// verified one after the other.
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

// One file against one file in Node; workerd is always given one file.
const COLD_RATIOS = [
  { runtime: 'Node', case: 'ES384', peer: 'jose, one file', atLeast: 1.5, stretch: 2.5 },
  { runtime: 'workerd', case: 'ES384', peer: 'jose', atLeast: 0.8, stretch: 1.1 },
];

// Requests of a whole Worker: ours/theirs.
const REQUEST_RATIOS = [
  { case: 'ES384, each token once', peer: 'jose', atLeast: 2.5, stretch: 3 },
  { case: 'ES384, eight tokens', peer: 'jose', atLeast: 1, stretch: 3 },
  { case: 'RS256, each token once', peer: 'jose', atLeast: 0.9, stretch: 1 },
  { case: 'RS256, eight tokens', peer: 'jose', atLeast: 1, stretch: 1.3 },
];

/** Milliseconds, hot. */
export const PREPARATION = { ES384: { atMost: 0.8, stretch: 0.4 } };

/** Bytes of gzip. Executed bytes have no bar: they are only reported. */
export const SIZE = {
  'sts-jwt: .wasm': { atMost: 110_000, stretch: 80_000 },
  'sts-jwt: JavaScript': { atMost: 6_000, stretch: 4_000 },
};

/** The bar of the ratio between a peer's whole tokens and ours; most have none. */
export const barOf = (row) => (row.lanes === 1 ? find(RATIOS, row) : undefined);

/** The bar of the ratio between our requests and a peer's. */
export const requestsBarOf = ({ case: what, name }) =>
  REQUEST_RATIOS.find((bar) => bar.case === what && bar.peer === name);

/** The bar of the ratio between a peer's cold start and ours. */
export const coldBarOf = (row) => find(COLD_RATIOS, row);

const find = (bars, row) =>
  bars.find((bar) => bar.runtime === row.runtime && bar.case === row.case && bar.peer === row.name);

/** `stretch`, `met` or `MISSED`. What is not a number misses every bar. */
export function judge(value, /** @type {Record<string, number>} */ { atLeast, atMost, stretch }) {
  const reaches = (bound) => (atLeast === undefined ? value <= bound : value >= bound);
  if (!reaches(atLeast ?? atMost)) return 'MISSED';
  return reaches(stretch) ? 'stretch' : 'met';
}
