// Uses that must compile.
import { decode, init, JwtError, KeySet, verify } from 'sts-jwt';
import type { Claims, JwkSet, JwtErrorCode, KeyReport, UnverifiedToken, VerifiedToken, VerifyOptions } from 'sts-jwt';

declare const token: string;
const jwks: JwkSet = { keys: [{ kty: 'EC', crv: 'P-384', kid: 'EC384_0', x: '', y: '', use: 'sig' }] };
const options: VerifyOptions = { issuer: 'https://issuer.example.test', audience: null };

export const results: VerifiedToken[] = [
  verify(token, jwks, options),
  verify(token, '{"keys":[]}', { issuer: ['a', 'b'], audience: ['c'], algorithms: ['ES384'], clockTolerance: 5 }),
  verify(token, new KeySet(jwks), {
    issuer: null,
    audience: null,
    now: 0,
    requiredClaims: ['jti'],
    allowMissingExp: true,
  }),
];

const verified = verify(token, jwks, options);
export const facts: [string | undefined, number | undefined, 'ES384' | 'RS256', string, string | undefined] = [
  verified.claims.sub,
  verified.expiresAt,
  verified.alg,
  verified.key.thumbprint,
  verified.header.kid,
];

interface Mine extends Claims {
  role: string;
}
export const role: string = verify<Mine>(token, jwks, options).claims.role;
interface WithoutIndex {
  role: string;
}
export const other: string = verify<WithoutIndex>(token, jwks, options).claims.role;
export const unverified: UnverifiedToken<Mine> = decode<Mine>(token);

export const problems: (string | undefined)[] = new KeySet('{"keys":[]}').keys.map((key: KeyReport) => key.problem);

export async function ready(): Promise<number> {
  await init();
  try {
    verify(token, jwks, options);
  } catch (error) {
    if (error instanceof JwtError) {
      const code: JwtErrorCode = error.code;
      if (code === 'ERR_JWT_EXPIRED' && error.claim === 'exp' && error.retryable) return 1;
      return error.challenge().length + error.status;
    }
  }
  return 0;
}
