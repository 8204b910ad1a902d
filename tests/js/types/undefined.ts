// Checks which options may be `undefined`. This requires `exactOptionalPropertyTypes`, which `deno check` does not use.
import { createVerifier, type JwkSet, type Verifier, type VerifyOptions, verify } from 'sts-jwt';
import { type AwsPolicy, awsOutbound } from 'sts-jwt/aws';

declare const token: string;
declare const jwks: JwkSet;
declare const options: VerifyOptions;
declare const verifier: Verifier;

/** The members of a type that may be `undefined`. */
type MayBeUndefined<T> = {
  [Name in keyof T]-?: { [Same in Name]: undefined } extends Pick<T, Name> ? Name : never;
}[keyof T];
type IsSame<A, B> = [A, B] extends [B, A] ? true : false;
export const mayBeUndefined: [
  IsSame<MayBeUndefined<VerifyOptions>, 'clockTolerance' | 'allowMissingExp' | 'collectAll' | 'now'>,
  IsSame<MayBeUndefined<AwsPolicy>, never>,
] = [true, true];
declare const absent: undefined;
verify(token, jwks, { ...options, clockTolerance: absent, allowMissingExp: absent, collectAll: absent, now: absent });
createVerifier({
  issuer: 'https://issuer.example.test',
  audience: null,
  jwks: absent,
  jwksUri: absent,
  maxCachedTokens: absent,
  maxCachedTokenBytes: absent,
  maxKeyAge: absent,
  allowLoopbackHttp: absent,
});
verifier.setKeys('https://issuer.example.test', jwks, { fetchedAt: absent, now: absent });
verifier.verify(token, { now: absent });

// The following code must not compile.
declare const principals: string[] | undefined;
// @ts-expect-error undefined would drop the condition
verify(token, '', { issuer: 'i', audience: 'a', algorithms: absent });
// @ts-expect-error undefined would drop the condition
verify(token, '', { issuer: 'i', audience: 'a', subject: absent });
// @ts-expect-error undefined would drop the condition
verify(token, '', { issuer: 'i', audience: 'a', typ: absent });
// @ts-expect-error undefined would drop the condition
verify(token, '', { issuer: 'i', audience: 'a', maxTokenAge: absent });
// @ts-expect-error undefined would drop the condition
verify(token, '', { issuer: 'i', audience: 'a', requiredClaims: absent });
// @ts-expect-error undefined would drop the policy
verify(token, '', { issuer: 'i', audience: 'a', aws: absent });
// @ts-expect-error undefined would drop the condition
verify(token, '', { issuer: 'i', audience: 'a', aws: { principals } });
// @ts-expect-error undefined would drop the condition
createVerifier({ issuer: 'https://a.example.test', audience: 'a', aws: { principals } });
// @ts-expect-error undefined would drop the condition
awsOutbound({ issuer: 'i', audience: 'a', principals });
