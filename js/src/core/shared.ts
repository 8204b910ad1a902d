// The parts of the core that other entries use. Code outside core/ and verifier/ must import values of the two folders
// only from this file or api.ts. Then esbuild puts the whole core into one file that all entries share.

export { ERR_JWS_INVALID, ERR_POLICY_DENIED } from '../generated/codes.js';
export {
  addIssuer,
  CLOCK_STARTS,
  exactIssuer,
  hrefOf,
  type Issuer,
  isAwsIssuer,
  parseSafeUrl,
  wellKnown,
} from '../verifier/issuers.js';
export * from './api.js';
export {
  claimRefused,
  errorOf,
  fetchFailed,
  isJwtError,
  issuerLookupFailed,
  jwksInvalid,
  keysUnavailable,
  optionsInvalid,
  printable,
  reasonOf,
  refusalOf,
  replayUnavailable,
  storeUnavailable,
  tokenInvalid,
} from './errors.js';
export { compileFusedOrPlain, hasRelaxedSimd, isFused } from './fused.js';
export { textOf } from './key-set.js';
export {
  callOption,
  hasMethods,
  inRange,
  isPlain,
  mayBeUndefined,
  ownCall,
  ownData,
  ownOptions,
  undefinedOption,
} from './own-options.js';
export { FILE_MISSING, startFailure } from './start-failure.js';
export { jsonOf, secondsOf } from './verify-options.js';
export { assertRunning, decodeIssuer, digestText, free, isRunning, link, linkLater, start } from './wasm.js';
