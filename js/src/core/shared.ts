// What the entries use of the core. Outside of core/ and verifier/, values of theirs are imported from this file or api.ts only:
// then esbuild puts all of the core into one file that every entry shares.

export { CLOCK_STARTS, inRange, parseSafeUrl } from '../verifier/issuers.js';
export * from './api.js';
export { claimRefused, keysUnavailable, optionsInvalid, replayUnavailable, tokenInvalid } from './errors.js';
export { hasMethods, ownCall, ownData, ownOptions } from './own-options.js';
export { startFailure } from './start-failure.js';
export { secondsOf } from './verify-options.js';
export { assertRunning, digestText, isRunning, link, linkLater, start } from './wasm.js';
