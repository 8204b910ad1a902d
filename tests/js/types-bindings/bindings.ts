// Uses the bindings' types like a program; compiled, never run.
import init, { decode, explain, type JwtError, KeySet, type VerifiedToken, verify } from '#bindings';

await init();
const keySet = new KeySet({ keys: [] });
const options = { issuer: 'https://issuer.example', audience: null, clockTolerance: 5 };
const token: VerifiedToken = verify('token', keySet, options);
const subject: unknown = token.claims.sub;
const thumbprint: string | undefined = keySet.keys[0]?.thumbprint;
const stage: string | undefined = explain('token', '{}', options).steps[0]?.stage;

try {
  console.log(subject, thumbprint, stage, decode('token').header.alg);
} catch (error) {
  console.log((error as JwtError).code, (error as JwtError).errors?.[0]?.claim);
}

// @ts-expect-error `issuer` is required
verify('token', keySet, { audience: null });
// @ts-expect-error a number is not a key set
verify('token', 5, options);
