// Measures one verification with this package and with jose, with the same token, keys and options, in any runtime.
import { createLocalJWKSet, jwtVerify } from 'jose';
import { KeySet, verify } from 'sts-jwt';

export const CONTENDERS = {
  'sts-jwt'({ token, jwks, issuer, audience }) {
    const keySet = new KeySet(jwks);
    return () => verify(token, keySet, { issuer, audience });
  },
  jose({ token, jwks, issuer, audience }) {
    const keySet = createLocalJWKSet(JSON.parse(jwks));
    const options = { issuer, audience, clockTolerance: 30, algorithms: ['ES384', 'RS256'], requiredClaims: ['exp'] };
    return () => jwtVerify(token, keySet, options);
  },
};

/** Returns the mean of `count` sequential runs, in microseconds. */
export async function meanTime(run, count) {
  const start = performance.now();
  for (let index = 0; index < count; index += 1) await run();
  return ((performance.now() - start) * 1000) / count;
}

/** Returns the median of several means, after a warm-up. `meanOf(count)` measures one mean. Batches take about 60 ms. */
export async function medianTime(meanOf) {
  await meanOf(20);
  const count = Math.max(10, Math.round(60_000 / (await meanOf(60))));
  const means = [];
  for (let batch = 0; batch < 7; batch += 1) means.push(await meanOf(count));
  return means.sort((a, b) => a - b)[means.length >> 1];
}
