// Measures the verification of a token that a Verifier has cached, because a service usually receives each token many times.
import { createVerifier } from 'sts-jwt';
import { interleave } from './rounds.mjs';
import { CASES, createMaterial } from './tokens.mjs';

export async function repeatedTokens(runtime, take) {
  const cases = CASES.filter(({ name }) => ['ES384', 'RS256-2048'].includes(name));
  const verifiers = Object.fromEntries(
    cases.map((each) => {
      const { issuer, audience, jwks, tokens } = createMaterial(each);
      return [each.name, { verifier: createVerifier({ issuer, audience, jwks }), tokens }];
    }),
  );
  const contenders = cases.map(({ name }) => ({ name, lanes: 1 }));
  const figures = await interleave(contenders, (name, _, count) =>
    take(() => {
      const { verifier, tokens } = verifiers[name];
      for (let index = 0; index < count; index += 1) verifier.verify(tokens[index % tokens.length]);
    }),
  );
  return figures.map(({ name, cpu, wall }) => ({ runtime, case: name, cpu: cpu ?? wall }));
}
