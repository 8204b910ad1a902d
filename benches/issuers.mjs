// Measures what the number of issuers costs a Verifier: the time per token, and the memory of issuers that are never used.
// Prints the figures as JSON.
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { createVerifier } from 'sts-jwt';
import { createRemoteVerifier } from 'sts-jwt/remote';
import { interleave } from './rounds.mjs';
import { CASES, createMaterial } from './tokens.mjs';

const COUNTS = { one: 1, two: 2, 'ten thousand': 10_000 };

const issuers = [];
for (const each of CASES.filter(({ name }) => ['ES384', 'RS256-2048'].includes(name))) {
  console.error(`issuers: ${each.name}`);
  const { issuer, audience, jwks, tokens } = createMaterial(each);
  const verifiers = Object.fromEntries(
    Object.entries(COUNTS).map(([name, count]) => {
      const others = namesOf(count - 1).map((other) => ({ issuer: other, audience }));
      // Without the cache, so that each token is verified.
      return [name, createVerifier({ issuers: [...others, { issuer, audience, jwks }], maxCachedTokens: 0 })];
    }),
  );
  const contenders = Object.keys(COUNTS).map((name) => ({ name, lanes: 1 }));
  const figures = await interleave(contenders, (name, _, count) => {
    const before = process.cpuUsage();
    const start = performance.now();
    for (let index = 0; index < count; index += 1) verifiers[name].verify(tokens[index % tokens.length]);
    const wall = performance.now() - start;
    const { user, system } = process.cpuUsage(before);
    return { wall, cpu: (user + system) / 1000 };
  });
  issuers.push(...figures.map(({ name, cpu }) => ({ case: each.name, name, cpu })));
}
console.log(JSON.stringify({ issuers, issuerMemory: memory() }));

function namesOf(count) {
  return Array.from({ length: count }, (_, index) => `https://tenant${index}.example`);
}

/** Returns the bytes of JavaScript memory that a remote verifier takes for each issuer whose tokens never arrive. */
function memory() {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc');
  const create = () =>
    createRemoteVerifier({
      issuers: namesOf(10_000).map((issuer) => ({ issuer, audience: 'a', aws: { accounts: ['111122223333'] } })),
    });
  const used = () => {
    collect();
    const { heapUsed, external } = process.memoryUsage();
    return heapUsed + external;
  };
  create();
  const before = used();
  const verifier = create();
  const bytes = (used() - before) / 10_000;
  verifier.snapshot(); // keeps the verifier alive until here
  return bytes;
}
