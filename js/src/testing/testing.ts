// `sts-jwt/testing`: an issuer as AWS STS is one, without AWS. It needs nothing but WebCrypto, and no other entry imports it.

import { TestIssuer } from './test-issuer.js';
import type { TestIssuerOptions } from './test-types.js';

export type { TestIssuer } from './test-issuer.js';
export type { TestKey } from './test-key.js';
export type {
  TestCaller,
  TestClaimsOptions,
  TestDocument,
  TestFault,
  TestIssuerOptions,
  TestOutageOptions,
  TestRequest,
  TestRotation,
  TestSegments,
  TestTokenOptions,
  TestWorker,
} from './test-types.js';

/**
 * Makes an issuer with keys of its own, which live in this process alone: an RSA key of 2048 bits and one on P-384, as AWS has
 * them. In Workers call it in a handler: nothing is random before the first request.
 *
 * @throws TypeError (as a rejection) that names the field, for every mistake in the options.
 */
export function createTestIssuer(options: TestIssuerOptions = {}): Promise<TestIssuer> {
  return TestIssuer.create(options);
}
