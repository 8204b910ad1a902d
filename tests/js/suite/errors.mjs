// Tests the texts of errors: exact messages, hints for strings that are not a JWT, and the challenge for the client. No
// text may contain a part of an unverified token.
import { equal, matches, optionsOf, refused, thrown } from './checks.mjs';

const NO_SEGMENTS = 'not a compact JWT: three non-empty segments separated by two dots are needed';

/** The message for every rule that a token, a key set or options can break. */
/** @type {any[][]} */
const MESSAGES = [
  // ERR_OPTIONS_INVALID
  [{ options: { issuer: undefined } }, 'option "issuer" is required; write null to skip the check'],
  [{ options: { audience: [] } }, 'option "audience" must not be an empty array'],
  [{ options: { audience: '' } }, 'option "audience" must not be an empty string, such as that of an unset variable'],
  [
    { options: { issuer: 'https://<uuid>.tokens.sts.global.api.aws' } },
    'option "issuer" still has a placeholder, such as <uuid>; write the exact "iss" of your tokens',
  ],
  [{ options: { subject: 5 } }, 'option "subject" must be a string or an array of strings'],
  [{ options: { typ: 5 } }, 'option "typ" must be a string'],
  [{ options: { algorithms: [] } }, 'option "algorithms" must be a non-empty array of "ES384" or "RS256"'],
  [{ options: { clockTolerance: 90_000 } }, 'option "clockTolerance" must be a number of seconds from 0 to 86400'],
  [
    { options: { aws: { maxLifetime: 3_600_000 } } },
    'option "aws.maxLifetime" must be a number of seconds above 0 and up to 604800',
  ],
  [{ options: { clockTolerance: -1 } }, 'option "clockTolerance" must be a number of seconds from 0 to 86400'],
  [{ options: { collectAll: 1 } }, 'option "collectAll" must be a boolean'],
  [{ options: { now: NaN } }, 'option "now" must be a finite number of seconds since the epoch'],
  [{ options: { clockSkew: 5 } }, 'option "clockSkew" is not an option'],
  [{ options: { aws: { account: [] } } }, 'option "aws.account" is not a field of the policy'],
  [
    { options: { aws: { requestTags: {} } } },
    'option "aws.requestTags" cannot be a condition: the caller of STS chooses the request tags',
  ],
  [
    { options: { aws: { principals: ['arn:aws:sts::111122223333:assumed-role/app/session'] } } },
    'option "aws.principals" can match no token: the principal is the ARN of an IAM role, user or root, as in "arn:aws:iam::111122223333:role/path/name", not that of a session (assumed-role)',
  ],
  [
    { options: { aws: { organizationalUnits: ['ou-ab12-11111111'] } } },
    'option "aws.organizationalUnits" can match no token: "ou_path" begins with the organization, as in "o-exampleorg1/r-ab12/ou-ab12-11111111/"',
  ],
  [{ options: { aws: { vpcs: Array(1001).fill('vpc-1') } } }, 'option "aws.vpcs" must have at most 1000 entries'],
  [{ options: { typ: '\ud800' } }, 'option "typ" has a lone surrogate'],
  [{ options: { typ: () => '' } }, 'option "typ" must be made of plain JSON values'],
  // ERR_JWT_TOO_LARGE
  [{ token: 'tooLarge' }, 'the token is longer than 32768 bytes'],
  [{ token: 'headerTooLarge' }, 'the header is longer than 4096 bytes'],
  // ERR_JWS_INVALID
  [{ text: 5 }, 'the token must be a string, not a promise'],
  [{ text: 'a.b' }, NO_SEGMENTS],
  [{ text: 'a.b.c' }, 'the header segment is not canonical base64url without padding'],
  [{ text: 'e30.b.c' }, 'the payload segment is not canonical base64url without padding'],
  [{ text: 'e30.e30.c' }, 'the signature segment is not canonical base64url without padding'],
  [{ text: 'W10.e30.AAAA' }, 'the header is not a JSON object'],
  [{ text: 'ew.e30.AAAA' }, 'the header is not valid JSON'],
  [{ text: '_w.e30.AAAA' }, 'the header is not UTF-8'],
  [{ text: 'eyJhIjoxLCJhIjoxfQ.e30.AAAA' }, 'the header has a duplicate member name'],
  [{ text: 'e30.e30.AAAA' }, 'header parameter "alg" is missing: "alg" must be ES384 or RS256'],
  [{ token: 'kidIsNumber' }, 'the header\'s "kid" must be a string'],
  // ERR_JOSE_NOT_SUPPORTED
  [{ token: 'encrypted' }, 'encrypted tokens (JWE, five segments) are not supported'],
  [{ token: 'crit' }, 'the header\'s "crit" asks for an extension that is not supported'],
  [{ token: 'b64' }, 'the header\'s "b64" asks for an extension that is not supported'],
  // ERR_JOSE_ALG_NOT_ALLOWED
  [{ token: 'algHs256' }, 'the header\'s "alg" is neither ES384 nor RS256'],
  [{ options: { algorithms: ['RS256'] } }, 'the header\'s "alg" ES384 is not allowed here'],
  [{ token: 'algOfOtherKey' }, 'the header\'s "alg" is ES384, but the key is for RS256'],
  // ERR_JWKS_INVALID
  [{ jwks: '{' }, 'the JWK Set is not valid JSON'],
  [{ jwks: '{}' }, 'the JWK Set has no "keys" array'],
  [{ jwks: '{"keys":[],"keys":[]}' }, 'the JWK Set has a duplicate member "keys"'],
  [{ jwks: `{"keys":[${'0,'.repeat(128)}0]}` }, 'the JWK Set has more than 128 keys'],
  [{ jwks: ' '.repeat(262_145) }, 'the JWK Set is longer than 262144 bytes'],
  [{ jwks: 5 }, 'the JWK Set must be a JSON text, an object or a KeySet'],
  // ERR_JWK_INVALID
  [{ jwks: 'encryptionOnly' }, 'the matching key cannot be used: "use" must be sig'],
  [{ jwks: 'offCurve' }, 'the matching key cannot be used: "x" and "y" are not a point on P-384'],
  [{ jwks: 'privateKey' }, 'the matching key cannot be used: the set publishes the private key'],
  [{ jwks: 'weak', token: 'RS256' }, 'the matching key cannot be used: "n" is shorter than 2048 bits'],
  // ERR_JWKS_NO_MATCHING_KEY, ERR_JWKS_MULTIPLE_MATCHING_KEYS
  [{ token: 'kidUnknown' }, 'no key of the set fits the header\'s "kid" and "alg"'],
  [{ token: 'kidMissing', jwks: 'ambiguous' }, 'the token has no "kid" and more than one key fits'],
  // ERR_JWS_SIGNATURE_VERIFICATION_FAILED
  [{ token: 'otherKey' }, 'signature verification failed'],
  // ERR_JWT_INVALID
  [{ token: 'payloadIsText' }, 'the payload is not valid JSON'],
  [{ token: 'payloadIsArray' }, 'the payload is not a JSON object'],
  [{ token: 'payloadTooDeep' }, 'the payload is nested too deeply'],
  [{ token: 'duplicateClaim' }, 'the payload has a duplicate member "sub"'],
  [{ token: 'audienceIsNumber' }, '"aud" claim must be a string or an array of strings'],
  [{ token: 'expIsText' }, '"exp" claim must be a number'],
  [{ token: 'subjectIsNumber' }, '"sub" claim must be a string'],
  // ERR_JWT_EXPIRED, ERR_JWT_CLAIM_VALIDATION_FAILED
  [{ token: 'expired' }, '"exp" claim is in the past'],
  [{ token: 'expMissing' }, '"exp" claim is missing'],
  [{ token: 'notYetValid' }, '"nbf" claim is in the future'],
  [{ token: 'issuedInFuture' }, '"iat" claim is in the future'],
  [{ options: { maxTokenAge: 0, clockTolerance: 0 }, later: 1 }, '"iat" claim is older than the maximum token age'],
  [
    { token: 'issuedInMilliseconds' },
    '"iat" claim is in the future: it looks like milliseconds, but must be in seconds',
  ],
  [{ token: 'issuerOther' }, '"iss" claim is not an expected value'],
  [{ options: { typ: 'at+jwt' } }, 'the header\'s "typ" is not the expected one'],
  [{ options: { requiredClaims: ['/a/b'] } }, '"/a/b" claim is missing'],
  // ERR_POLICY_DENIED
  [{ options: { aws: { accounts: [] } } }, 'denied by "accounts": the token\'s "aws_account" does not fit'],
  [
    { options: { aws: { principalTags: { Team: 'edge' } } } },
    'denied by "principalTags": the token has no tag "Team"; its tags are "team"',
  ],
  [
    { options: { aws: { principalTags: { team: 'Edge' } } } },
    'denied by "principalTags": the token\'s tag "team" has the unlisted value "edge"',
  ],
  [{ options: { aws: { vpcs: [] } } }, 'denied by "vpcs": the token has no "ec2_instance_source_vpc"'],
];

/** Strings that are often passed instead of a JWT, and the hint after "not a compact JWT: ". */
const LOOK_ALIKES = (token) => ({
  '': 'the text is empty',
  [`Bearer ${token}`]: 'remove the "Bearer " prefix',
  [`bearer ${token}`]: 'remove the "Bearer " prefix',
  'Bearer ': 'remove the "Bearer " prefix',
  [`"${token}"`]: 'remove the quotes around it',
  [`'${token}'`]: 'remove the quotes around it',
  [`${token}\n`]: 'remove the white space or line break',
  [`${token}\r\n`]: 'remove the white space or line break',
  [` ${token}`]: 'remove the white space or line break',
  [token.replace('.', '.\n')]: 'remove the white space or line break',
  'v4.public.eyJzdWIiOiJhIn0': 'this is a PASETO',
  'v2.local.AAAA.AAAA': 'this is a PASETO',
  [`IQoJb3JpZ2luX2VjE${'A'.repeat(300)}==`]:
    'it has no dots and looks like an opaque token, such as an AWS session token',
  [token.split('.')[1]]: 'it has no dots and looks like an opaque token, such as an AWS session token',
  secret: 'three non-empty segments separated by two dots are needed',
});

/** RFC 6750 §3: error and error_description, with the characters %x20-21 / %x23-5B / %x5D-7E. */
const CHALLENGE = /^Bearer(?: error="(invalid_token|insufficient_scope)", error_description="([ !#-[\]-~]+)")?$/;

/** Checks the challenge of an error. Returns the challenge. */
function checkChallenge(error) {
  const challenge = error.challenge();
  matches(challenge, CHALLENGE, error.code);
  const { 1: problem } = CHALLENGE.exec(challenge);
  const expected = { 401: 'invalid_token', 403: 'insufficient_scope' }[error.status];
  equal([problem], [expected], `challenge for ${error.code}`);
  equal(new Headers({ 'www-authenticate': challenge }).get('www-authenticate'), challenge, 'a header');
  return challenge;
}

const call = (
  { api, fixtures },
  /** @type {Record<string, any>} */ { token = 'ES384', text = fixtures.tokens[token], jwks, later = 0, options },
) => {
  const given = { ...optionsOf(fixtures), now: fixtures.now + later, ...options };
  return api.verify(text, fixtures.keySets[jwks] ?? jwks ?? fixtures.jwks, given);
};

export const errorCases = [
  ...MESSAGES.map(([given, message]) => ({
    name: `reports: ${message}`,
    run(context) {
      const error = refused(() => call(context, given));
      equal(error.message, message, 'message');
      checkChallenge(thrown(() => call(context, given)));
      return error;
    },
  })),
  {
    name: 'includes a hint for text that is not a JWT',
    run({ api, fixtures }) {
      return Object.entries(LOOK_ALIKES(fixtures.tokens.ES384)).map(([text, hint]) => {
        const verify = () => api.verify(text, fixtures.jwks, optionsOf(fixtures));
        const error = refused(verify, 'ERR_JWS_INVALID', { name: hint, token: fixtures.tokens.ES384 });
        equal(error.message, `not a compact JWT: ${hint}`, JSON.stringify(text.slice(0, 20)));
        equal(refused(() => api.decode(text), 'ERR_JWS_INVALID').message, error.message, 'decode');
        return error;
      });
    },
  },
  {
    name: 'returns the same tokenId for a token with either of its two valid signatures',
    run({ api, fixtures }) {
      const { ES384, twin } = fixtures.tokens;
      const [one, other] = [ES384, twin].map((token) => api.verify(token, fixtures.jwks, optionsOf(fixtures)));
      equal(ES384 === twin, false, 'the same token');
      equal(other, one, 'the verified content');
      return one.tokenId;
    },
  },
  {
    name: 'never repeats text of an unverified token',
    run({ api, fixtures }) {
      const { secret, secretTokens, jwks } = fixtures;
      return Object.entries(secretTokens).map(([name, token]) => {
        for (const more of [{}, { typ: 'at+jwt', collectAll: true, aws: { accounts: [] } }]) {
          const options = { ...optionsOf(fixtures), ...more };
          const error = refused(() => api.verify(token, jwks, options), undefined, { name, token });
          for (const told of [error, api.explain(token, jwks, options)])
            equal(JSON.stringify(told).includes(secret), false, `${name}: ${JSON.stringify(told)}`);
        }
        return refused(() => api.verify(token, jwks, optionsOf(fixtures)));
      });
    },
  },
  {
    name: 'returns a challenge of RFC 6750 for every category',
    run(context) {
      const { api } = context;
      const thrownBy = (given) => thrown(() => call(context, given));
      const unavailable = new api.JwtError({
        code: 'ERR_JWKS_UNAVAILABLE',
        category: 'unavailable',
        retryable: true,
        status: 503,
        message: "the issuer's keys are unavailable",
      });
      const errors = {
        config: thrownBy({ options: { issuer: 5 } }),
        malformed: thrownBy({ text: '' }),
        key: thrownBy({ token: 'kidUnknown' }),
        signature: thrownBy({ token: 'otherKey' }),
        claims: thrownBy({ token: 'expired' }),
        policy: thrownBy({ options: { aws: { accounts: [] } } }),
        unavailable,
      };
      for (const [category, error] of Object.entries(errors)) equal(error.category, category, 'category');
      const challenges = Object.fromEntries(
        Object.entries(errors).map(([category, error]) => [category, checkChallenge(error)]),
      );
      equal(
        challenges,
        {
          config: 'Bearer',
          malformed: 'Bearer error="invalid_token", error_description="not a compact JWT: the text is empty"',
          key: "Bearer error=\"invalid_token\", error_description=\"no key of the set fits the header's 'kid' and 'alg'\"",
          signature: 'Bearer error="invalid_token", error_description="signature verification failed"',
          claims: 'Bearer error="invalid_token", error_description="\'exp\' claim is in the past"',
          policy:
            "Bearer error=\"insufficient_scope\", error_description=\"denied by 'accounts': the token's 'aws_account' does not fit\"",
          unavailable: 'Bearer',
        },
        'challenges',
      );
      return challenges;
    },
  },
  {
    name: 'escapes hostile text in the challenge',
    run(context) {
      const { hostile } = context.fixtures;
      const pieces = [
        hostile,
        ...hostile,
        '"',
        '\\',
        '\r\n',
        '\u007f',
        '\u0080',
        '", scope="admin',
        '',
        'x'.repeat(5000),
      ];
      /** @type {Record<string, any>[]} */
      const ways = pieces.flatMap((text) => [
        { options: { requiredClaims: [text] } },
        { options: { requiredClaims: [`/${text}`, text] } },
        { options: { issuer: text, collectAll: true, requiredClaims: [text] } },
        { options: { audience: [text], typ: text } },
        { options: { subject: text } },
        { options: { [text]: text } },
        { options: { aws: { [text]: [] } } },
        { options: { aws: { sourceIdentities: [`${text}x`], principalTags: { [text]: text } } } },
        { text },
        { jwks: text },
      ]);
      for (const name of ['subject', 'typ', 'issuer']) ways.push({ token: 'hostile', options: { [name]: 'other' } });
      return ways.map((given) => checkChallenge(thrown(() => call(context, given))));
    },
  },
];
