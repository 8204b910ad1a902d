// The callers of the examples: the request of each, and the expected response.
import { createFixtures } from '../fixtures.mjs';
import { ACCOUNT, base64url, ROLE } from './issuer.mjs';

export const { issuer, audience, jwks, tokens, thumbprints, awsTokens } = createFixtures();

/** Changes the role in a token without updating the signature. */
function tampered(token) {
  const [header, payload, signature] = token.split('.');
  const claims = {
    ...JSON.parse(Buffer.from(payload, 'base64url').toString()),
    sub: `arn:aws:iam::${ACCOUNT}:role/svc/admin`,
  };
  return `${header}.${base64url(JSON.stringify(claims))}.${signature}`;
}

const SIGNATURE = 'ERR_JWS_SIGNATURE_VERIFICATION_FAILED';

/** The callers. `code` is missing if the caller is accepted. */
export const callers = [
  { name: 'an ES384 token', token: tokens.ES384, alg: 'ES384', kid: 'EC384_0' },
  { name: 'an RS256 token', token: tokens.RS256, alg: 'RS256', kid: 'RSA_0' },
  { name: 'an expired token', token: tokens.expired, code: 'ERR_JWT_EXPIRED' },
  { name: 'an ES384 token that was changed', token: tampered(tokens.ES384), code: SIGNATURE },
  { name: 'an RS256 token that was changed', token: tampered(tokens.RS256), code: SIGNATURE },
  { name: "a token of another account's key", token: tokens.otherKey, code: SIGNATURE },
  { name: 'a token for another audience', token: tokens.audienceOther, code: 'ERR_JWT_CLAIM_VALIDATION_FAILED' },
  { name: 'an unsigned token', token: tokens.algNoneSigned, code: 'ERR_JOSE_ALG_NOT_ALLOWED' },
  { name: 'text that is not a token', token: 'no-token', code: 'ERR_JWS_INVALID' },
];

/** The valid token of a caller that the policy does not allow. */
export const denied = awsTokens.user;

/** The response to an accepted caller. */
export function identityOf({ alg, kid }) {
  const key = { kid, thumbprint: thumbprints[kid] };
  return { principal: ROLE, account: ACCOUNT, region: 'eu-west-1', org: 'o-exampleorg1', key, alg };
}
