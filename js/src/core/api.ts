// The exports of the main entry. The loaders re-export this file and differ only in how they get the .wasm.

import { assertRunning } from './wasm.js';

export type { AwsIdentity, AwsPolicy } from '../aws/aws.js';
export type { At, KeySnapshot, Verdict } from '../verifier/verifier.js';
export { createVerifier, Verifier } from '../verifier/verifier.js';
export { decode } from './decode.js';
export type { FetchFailureKind, JwtErrorCategory, JwtErrorCode, JwtErrorDetails, JwtErrorOf } from './errors.js';
export { JwtError } from './errors.js';
export { explain } from './explain.js';
export { KeySet } from './key-set.js';
export type { ClaimsOf, SchemaIssue, StandardSchemaV1 } from './standard-schema.js';
export type {
  Algorithm,
  Claims,
  ClaimValue,
  Explanation,
  ExplanationStep,
  IssuerConfig,
  JoseHeader,
  Jwk,
  JwkSet,
  KeyReport,
  OneOrSeveral,
  UnverifiedToken,
  VerifiedToken,
  VerifierConfig,
  VerifierOptions,
  VerifyOptions,
} from './types.js';
export { verify } from './verify.js';
export { warmup } from './warmup.js';

/**
 * Loads the WebAssembly module. In browsers, await this once before anything else; further calls are free. Other
 * runtimes load the module at import; there, `init()` only checks that the module is running.
 *
 * @throws JwtError (as a rejection) `ERR_WASM_UNAVAILABLE` if the module did not load; the message says what to change.
 *   A later call tries again.
 */
export async function init(): Promise<void> {
  assertRunning();
}
