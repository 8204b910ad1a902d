// Measures the preparation of a key in hot code: the first verification with a new KeySet, minus a regular verification.
import { KeySet, verify } from 'sts-jwt';
import { summary } from './statistics.mjs';
import { CASES, createMaterial } from './tokens.mjs';

const SETS = 20;
const BATCHES = 25;

/** Milliseconds of CPU per key. */
export function keyPreparation(runtime) {
  return CASES.filter(({ large, bare }) => !large && !bare).map((each) => {
    const { jwks, tokens, issuer, audience } = createMaterial(each);
    const timeOf = (sets) => {
      const before = process.cpuUsage();
      for (const [index, keys] of sets.entries()) verify(tokens[index % tokens.length], keys, { issuer, audience });
      const { user, system } = process.cpuUsage(before);
      return (user + system) / 1000 / sets.length;
    };
    const prepared = new KeySet(jwks);
    const batch = () => {
      const fresh = Array.from({ length: SETS }, () => new KeySet(jwks));
      const first = timeOf(fresh);
      for (const keys of fresh) keys.free();
      return { first, usual: timeOf(Array(SETS).fill(prepared)) };
    };
    for (let warmUp = 0; warmUp < 20; warmUp += 1) batch();
    const batches = Array.from({ length: BATCHES }, batch);
    const { median } = summary(batches.map(({ first, usual }) => first - usual));
    const [first, usual] = ['first', 'usual'].map((what) => summary(batches.map((batch) => batch[what])).min);
    return { runtime, case: each.name, cpu: { median, min: first - usual } };
  });
}
