// The examples' callers: what each brings, and what every example has to say to it.
import { createFixtures } from '../fixtures.mjs';
import { ACCOUNT, base64url, ROLE } from './issuer.mjs';

export const { issuer, audience, jwks, tokens, thumbprints, awsTokens } = createFixtures();

/** The token of another role, with the signature as it was. */
function tampered(token) {
  const [header, payload, signature] = token.split('.');
  const claims = {
    ...JSON.parse(Buffer.from(payload, 'base64url').toString()),
    sub: `arn:aws:iam::${ACCOUNT}:role/svc/admin`,
  };
  return `${header}.${base64url(JSON.stringify(claims))}.${signature}`;
}

const SIGNATURE = 'ERR_JWS_SIGNATURE_VERIFICATION_FAILED';

/** `code` is missing where the caller is let in. */
export const callers = [
  { name: 'an ES384 token', token: tokens.ES384, alg: 'ES384', kid: 'EC384_0' },
  { name: 'an RS256 token', token: tokens.RS256, alg: 'RS256', kid: 'RSA_0' },
  { name: 'an expired token', token: tokens.expired, code: 'ERR_JWT_EXPIRED' },
  { name: 'an ES384 token that was changed', token: tampered(tokens.ES384), code: SIGNATURE },
  { name: 'an RS256 token that was changed', token: tampered(tokens.RS256), code: SIGNATURE },
  { name: "a token of another account's key", token: tokens.otherKey, code: SIGNATURE },
  { name: 'a token for another audience', token: tokens.audienceOther, code: 'ERR_JWT_CLAIM_VALIDATION_FAILED' },
  { name: 'an unsigned token', token: tokens.algNoneSigned, code: 'ERR_JOSE_ALG_NOT_ALLOWED' },
  { name: 'what is no token', token: 'no-token', code: 'ERR_JWS_INVALID' },
];

/** A good token of somebody whom no server's policy names. */
export const denied = awsTokens.user;

/** What a server answers to one that is let in. */
export function identityOf({ alg, kid }) {
  const key = { kid, thumbprint: thumbprints[kid] };
  return { principal: ROLE, account: ACCOUNT, region: 'eu-west-1', org: 'o-exampleorg1', key, alg };
}
