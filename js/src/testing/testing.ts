// `sts-jwt/testing`: an issuer like AWS STS, without AWS. This entry requires only WebCrypto, and no other entry imports it.

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
  TestPartition,
  TestRequest,
  TestRotation,
  TestSegments,
  TestTokenOptions,
  TestWorker,
} from './test-types.js';

/**
 * Creates an issuer with its own keys, like those of AWS: an RSA key of 2048 bits and an EC key on P-384. The keys
 * never leave this process. In Workers, call this function in a handler, because random numbers are not available
 * before the first request.
 *
 * @throws TypeError (as a rejection), with the name of the option in the message, for every mistake in the options.
 */
export function createTestIssuer(options: TestIssuerOptions = {}): Promise<TestIssuer> {
  return TestIssuer.create(options);
}
