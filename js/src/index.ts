// What every entry exports. The entries (node.ts, workerd.ts, web.ts) differ only in how they get the .wasm.

export { decode } from './decode.js';
export { explain } from './explain.js';
export { JwtError } from './errors.js';
export type { JwtErrorCategory, JwtErrorCode, JwtErrorDetails } from './errors.js';
export { KeySet } from './key-set.js';
export type { AwsIdentity, AwsPolicy } from './aws.js';
export type {
  Algorithm,
  Claims,
  Explanation,
  ExplanationStep,
  JoseHeader,
  Jwk,
  JwkSet,
  KeyReport,
  UnverifiedToken,
  VerifiedToken,
  VerifyOptions,
} from './types.js';
export { verify } from './verify.js';
export { warmup } from './warmup.js';

/**
 * Loads the WebAssembly module where that cannot be done at import: browsers must await it once before anything else;
 * calling it again is free. In Node and Cloudflare Workers the module is there already and this does nothing.
 *
 * @throws Error (as a rejection) with one sentence on what to change when the file cannot be loaded; a later call
 *   tries again.
 */
export async function init(): Promise<void> {}
