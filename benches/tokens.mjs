// The tokens to verify. Each case has sixteen valid tokens like those of AWS STS. They are used in turn, so caching one
// token does not help. Each case also has invalid tokens, which every peer must reject before it is timed.
import { randomBytes } from 'node:crypto';
import { createIssuer, NAMESPACE, stsClaims } from '../tests/js/support/issuer.mjs';

export const AUDIENCE = 'https://edge.example.test';
const TOKENS = 16;

/**
 * The cases, in the order of the table. `large` tokens have 20 KB, the maximum of AWS; the other tokens have the size
 * of a role's token. In the `bare` case, 100 bytes and their signature take the place of a token.
 */
export const CASES = [
  { name: 'ES384', alg: 'ES384' },
  { name: 'ES384, 20 KB', alg: 'ES384', large: true },
  { name: 'RS256-2048', alg: 'RS256', bits: 2048 },
  { name: 'RS256-2048, 20 KB', alg: 'RS256', bits: 2048, large: true },
  { name: 'RS256-3072', alg: 'RS256', bits: 3072 },
  { name: 'RS256-4096', alg: 'RS256', bits: 4096 },
  { name: 'RS256-2048, 100 bytes', alg: 'RS256', bits: 2048, bare: true },
];

/** Creates tokens and key of one case, as plain data that can be sent to any runtime. */
export function createMaterial(
  /** @type {{ name: string, alg: string, bits?: number, large?: boolean, bare?: boolean }} */ {
    name,
    alg,
    bits,
    large = false,
    bare = false,
  },
) {
  const issuer = createIssuer({ modulusLength: bits });
  const now = Math.floor(Date.now() / 1000);
  const claimsOf = (overrides) => {
    const claims = stsClaims(issuer.url, AUDIENCE, now, { exp: now + 3600, ...overrides });
    if (large) claims[NAMESPACE].principal_tags = manyTags();
    return claims;
  };
  const mint = (overrides) => issuer.mint(alg, claimsOf(overrides));
  const tokens = Array.from({ length: TOKENS }, bare ? () => issuer.sign(alg, hundredBytes()) : () => mint());
  const [header, , signature] = tokens[0].split('.');
  const jwk = issuer.jwks.keys.find(({ kty }) => kty === (alg === 'ES384' ? 'EC' : 'RSA'));
  return {
    name,
    alg,
    issuer: issuer.url,
    audience: AUDIENCE,
    jwk,
    jwks: JSON.stringify({ keys: [jwk] }),
    tokens,
    forged: {
      'a changed signature': withChangedSignature(tokens[0]),
      'changed claims': bare
        ? `${hundredBytes()}.${tokens[0].split('.')[1]}`
        : [header, tokens[1].split('.')[1], signature].join('.'),
    },
    unwanted: bare
      ? {}
      : {
          'an expired token': mint({ exp: now - 3600 }),
          'a token for another audience': mint({ aud: 'https://other.example.test' }),
          'a token of another issuer': mint({ iss: 'https://other.example.test' }),
        },
  };
}

function withChangedSignature(token) {
  const dot = token.lastIndexOf('.');
  const bytes = Buffer.from(token.slice(dot + 1), 'base64url');
  bytes[bytes.length >> 1] ^= 1;
  return `${token.slice(0, dot)}.${bytes.toString('base64url')}`;
}

/** Returns 100 random ASCII bytes, to be signed in place of a token. */
const hundredBytes = () => randomBytes(50).toString('hex');

/** Returns as many tags as AWS allows, with long values. */
function manyTags() {
  const tag = (index) => [`${index}-department`.padEnd(40, '-of'), `${index} value `.repeat(25).slice(0, 235)];
  return Object.fromEntries(Array.from({ length: 50 }, (_, index) => tag(index)));
}
