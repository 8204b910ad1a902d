// The cases of the suite, which behave the same in every runtime and need no test framework. Each case returns its
// results as JSON, so the results of two runtimes can be compared exactly.
import { awsCases } from './suite/aws.mjs';
import { equal, flipBit, matches, optionsOf, refusal, refused, thrown } from './suite/checks.mjs';
import { errorCases } from './suite/errors.mjs';
import { expectationCases } from './suite/expectations.mjs';
import { explainCases } from './suite/explain.mjs';
import { recoveryCases } from './suite/recovery.mjs';
import { verifierCases } from './suite/verifier.mjs';

/** Runs every case; `context` is `{ api, fixtures, memoryBytes, instanceCount }`. */
export function runSuite(context) {
  return cases.map(({ name, run }) => {
    try {
      return { name, seen: JSON.stringify(run(context)) ?? 'nothing' };
    } catch (error) {
      return { name, error: String(error?.stack ?? error) };
    }
  });
}

export const cases = [
  ...['ES384', 'RS256'].map((alg) => ({
    name: `verifies an ${alg} token`,
    run({ api, fixtures }) {
      const token = fixtures.tokens[alg];
      const kid = alg === 'ES384' ? 'EC384_0' : 'RSA_0';
      const verified = api.verify(token, fixtures.jwks, optionsOf(fixtures));
      equal(verified.alg, alg, 'alg');
      equal(verified.header, { kid, typ: 'JWT', alg }, 'header');
      equal(verified.claims, fixtures.claims, 'claims');
      equal(verified.key, { kid, thumbprint: fixtures.thumbprints[kid] }, 'key');
      equal(verified.expiresAt, fixtures.claims.exp, 'expiresAt');
      equal(verified.tokenId, fixtures.tokenIds[alg], 'tokenId');
      return verified;
    },
  })),
  {
    name: 'accepts a key set as a JSON string, as an object and as a KeySet',
    run({ api, fixtures }) {
      const options = optionsOf(fixtures);
      const keySet = new api.KeySet(JSON.stringify(fixtures.jwks));
      const forms = [JSON.stringify(fixtures.jwks), fixtures.jwks, keySet, new api.KeySet(fixtures.jwks)];
      const results = forms.map((jwks) => api.verify(fixtures.tokens.RS256, jwks, options));
      for (const result of results) equal(result, results[0], 'result');
      return results;
    },
  },
  {
    name: 'notices that a key set has changed, as an object or as a JSON string',
    run({ api, fixtures }) {
      const options = optionsOf(fixtures);
      const jwks = structuredClone(fixtures.jwks);
      api.verify(fixtures.tokens.ES384, jwks, options);
      jwks.keys.pop();
      return [jwks, JSON.stringify(jwks)].map((changed) =>
        refused(() => api.verify(fixtures.tokens.ES384, changed, options), 'ERR_JWKS_NO_MATCHING_KEY'),
      );
    },
  },
  {
    name: 'caches many key sets without mixing them up',
    run({ api, fixtures }) {
      const options = optionsOf(fixtures);
      for (let index = 0; index < 200; index += 1) {
        const keys = fixtures.jwks.keys.filter((key) => index % 2 || key.kty === 'RSA');
        const text = JSON.stringify({ keys, index });
        const verify = () => api.verify(fixtures.tokens.ES384, text, options);
        if (index % 2) verify();
        else refused(verify, 'ERR_JWKS_NO_MATCHING_KEY');
      }
    },
  },
  {
    name: "uses the host's clock if options.now is missing",
    run({ api, fixtures }) {
      const { now, ...options } = optionsOf(fixtures);
      api.verify(fixtures.tokens.ES384, fixtures.jwks, options);
      const { code } = refused(() => api.verify(fixtures.tokens.expired, fixtures.jwks, options), 'ERR_JWT_EXPIRED');
      return code;
    },
  },
  {
    name: 'returns a different tokenId for each token, always the same for one token',
    run({ api, fixtures }) {
      const ids = ['ES384', 'RS256', 'audienceList', 'ES384'].map(
        (name) => api.verify(fixtures.tokens[name], fixtures.jwks, optionsOf(fixtures)).tokenId,
      );
      equal(ids[0], ids[3], 'the same token');
      equal(new Set(ids).size, 3, 'different tokens');
      return ids;
    },
  },
  {
    name: 'warms up any number of times without changing results',
    run({ api, fixtures }) {
      const verified = () => api.verify(fixtures.tokens.ES384, fixtures.jwks, optionsOf(fixtures));
      const before = verified();
      for (let i = 0; i < 3; i += 1) equal(api.warmup(), undefined, 'warmup()');
      equal(verified(), before, 'afterwards');
      refused(() => api.verify(fixtures.tokens.expired, fixtures.jwks, optionsOf(fixtures)), 'ERR_JWT_EXPIRED');
      return before;
    },
  },
  {
    name: 'decodes without verifying',
    run({ api, fixtures }) {
      const { tokens } = fixtures;
      const decoded = api.decode(flipBit(tokens.ES384, 5));
      equal(decoded.header, { kid: 'EC384_0', typ: 'JWT', alg: 'ES384' }, 'header');
      equal(decoded.claims, fixtures.claims, 'claims');
      const others = ['expired', 'issuerOther', 'kidUnknown', 'otherKey'].map((name) => api.decode(tokens[name]));
      const errors = ['payloadIsText', 'payloadIsArray', 'duplicateClaim'].map((name) =>
        refused(() => api.decode(tokens[name]), 'ERR_JWT_INVALID'),
      );
      return { decoded, others, errors };
    },
  },
  {
    name: 'accepts every token that the options allow',
    run({ api, fixtures }) {
      const { tokens, claims, issuer, audience } = fixtures;
      const accepted = (token, options) =>
        api.verify(token, fixtures.jwks, { ...optionsOf(fixtures), ...options }).tokenId;
      return [
        accepted(tokens.ES384, { issuer: ['https://other.example.test', issuer], audience: ['a', audience] }),
        accepted(tokens.issuerOther, { issuer: null }),
        accepted(tokens.audienceOther, { audience: null }),
        accepted(tokens.issuerMissing, { issuer: null }),
        accepted(tokens.audienceList, {}),
        accepted(tokens.expMissing, { allowMissingExp: true }),
        accepted(tokens.expiredWithinTolerance, {}),
        accepted(tokens.expired, { clockTolerance: 32 }),
        accepted(tokens.notYetValidWithinTolerance, {}),
        accepted(tokens.kidMissing, {}),
        accepted(tokens.large, {}),
        accepted(tokens.ES384, { algorithms: ['ES384'], subject: claims.sub, typ: 'jwt', maxTokenAge: 60 }),
        accepted(tokens.ES384, {
          subject: ['x', claims.sub],
          typ: 'application/JWT',
          requiredClaims: ['jti', '/https:~1~1sts.amazonaws.com~1/org_id'],
        }),
        accepted(tokens.ES384, { clockTolerance: undefined, collectAll: undefined, now: fixtures.now + 0.5 }),
      ];
    },
  },
  {
    name: 'reports every key of a set',
    run({ api, fixtures }) {
      const reports = Object.values({ good: fixtures.jwks, ...fixtures.keySets }).map(
        (jwks) => new api.KeySet(jwks).keys,
      );
      for (const report of reports) {
        equal([report, ...report].map(Object.isFrozen).includes(false), false, 'a report that is not frozen');
      }
      const [rsa, ec] = reports[0];
      for (const [key, kid] of [
        [rsa, 'RSA_0'],
        [ec, 'EC384_0'],
      ]) {
        equal([key.kid, key.usable, key.thumbprint], [kid, true, fixtures.thumbprints[kid]], kid);
      }
      equal(rsa.bits, 2048, 'bits of the RSA key');
      const usable = Object.fromEntries(
        Object.entries(fixtures.keySets).map(([name, jwks]) => [
          name,
          new api.KeySet(jwks).keys.map((key) => key.usable),
        ]),
      );
      equal(
        usable,
        {
          ambiguous: [true, true],
          encryptionOnly: [true, false],
          offCurve: [true, false],
          onlyRsa: [true],
          privateKey: [true, false],
          weak: [false, true],
          withUnknownKinds: [false, false, true, true],
        },
        'usable keys',
      );
      for (const key of reports.flat())
        equal(typeof key.problem, key.usable ? 'undefined' : 'string', `problem of ${key.kid}`);
      return reports;
    },
  },
  {
    name: 'rejects a freed KeySet',
    run({ api, fixtures }) {
      const keySet = new api.KeySet(fixtures.jwks);
      keySet.free();
      keySet.free();
      return refused(() => api.verify(fixtures.tokens.ES384, keySet, optionsOf(fixtures)));
    },
  },
  {
    name: 'keeps claims named like members of Object.prototype as plain data',
    run({ api, fixtures }) {
      const token = fixtures.tokens.prototype;
      for (const { claims, header } of [api.verify(token, fixtures.jwks, optionsOf(fixtures)), api.decode(token)]) {
        for (const object of [claims, claims.nested, header]) {
          equal(object.admin, undefined, 'inherited admin');
          equal(Object.getOwnPropertyDescriptor(object, '__proto__')?.value, { admin: true }, 'own __proto__');
          equal(Object.getPrototypeOf(object) === Object.prototype, true, 'prototype');
        }
        equal([claims.constructor, claims.toString], [5, 'text'], 'constructor and toString');
      }
      equal({}.admin, undefined, 'Object.prototype.admin');
    },
  },
  {
    name: 'returns every character of a claim',
    run({ api, fixtures }) {
      const { claims } = api.verify(fixtures.tokens.unicode, fixtures.jwks, optionsOf(fixtures));
      equal(claims.text, '\u0000 \u00e9 \u{1f511} " \\ / \u2028', 'text');
      return claims.text;
    },
  },

  ...Object.entries({
    'an alg of another curve': ['algEs256', 'ERR_JOSE_ALG_NOT_ALLOWED'],
    'an HMAC alg': ['algHs256', 'ERR_JOSE_ALG_NOT_ALLOWED'],
    'a missing alg': ['algMissing', 'ERR_JWS_INVALID'],
    'alg none': ['algNone', 'ERR_JWS_INVALID'],
    'alg none with a signature': ['algNoneSigned', 'ERR_JOSE_ALG_NOT_ALLOWED'],
    'the kid of the other algorithm': ['algOfOtherKey', 'ERR_JOSE_ALG_NOT_ALLOWED'],
    'an aud that is a number': ['audienceIsNumber', 'ERR_JWT_INVALID', { claim: 'aud', reason: 'invalid' }],
    'a missing aud': ['audienceMissing', 'ERR_JWT_CLAIM_VALIDATION_FAILED', { claim: 'aud', reason: 'missing' }],
    'another audience': ['audienceOther', 'ERR_JWT_CLAIM_VALIDATION_FAILED', { claim: 'aud', reason: 'check_failed' }],
    'b64 in the header': ['b64', 'ERR_JOSE_NOT_SUPPORTED'],
    'crit in the header': ['crit', 'ERR_JOSE_NOT_SUPPORTED'],
    'a claim that occurs twice': ['duplicateClaim', 'ERR_JWT_INVALID'],
    'a nested claim that occurs twice': ['duplicateNestedClaim', 'ERR_JWT_INVALID'],
    'an encrypted token': ['encrypted', 'ERR_JOSE_NOT_SUPPORTED'],
    'an infinite exp': ['expInfinite', 'ERR_JWT_INVALID'],
    'an exp that is a string': ['expIsText', 'ERR_JWT_INVALID', { claim: 'exp', reason: 'invalid' }],
    'a missing exp': ['expMissing', 'ERR_JWT_CLAIM_VALIDATION_FAILED', { claim: 'exp', reason: 'missing' }],
    'an expired token': ['expired', 'ERR_JWT_EXPIRED', { claim: 'exp', reason: 'check_failed' }],
    'a header over 4 KiB': ['headerTooLarge', 'ERR_JWT_TOO_LARGE'],
    'an iat in the future': [
      'issuedInFuture',
      'ERR_JWT_CLAIM_VALIDATION_FAILED',
      { claim: 'iat', reason: 'check_failed' },
    ],
    'a missing iss': ['issuerMissing', 'ERR_JWT_CLAIM_VALIDATION_FAILED', { claim: 'iss', reason: 'missing' }],
    'another issuer': ['issuerOther', 'ERR_JWT_CLAIM_VALIDATION_FAILED', { claim: 'iss', reason: 'check_failed' }],
    'the issuer with a trailing slash': [
      'issuerWithSlash',
      'ERR_JWT_CLAIM_VALIDATION_FAILED',
      { claim: 'iss', reason: 'check_failed' },
    ],
    'a kid that is a number': ['kidIsNumber', 'ERR_JWS_INVALID'],
    'a kid in a different case': ['kidOtherCase', 'ERR_JWKS_NO_MATCHING_KEY'],
    'an unknown kid': ['kidUnknown', 'ERR_JWKS_NO_MATCHING_KEY'],
    'an nbf in the future': [
      'notYetValid',
      'ERR_JWT_CLAIM_VALIDATION_FAILED',
      { claim: 'nbf', reason: 'check_failed' },
    ],
    'a signature of another key': ['otherKey', 'ERR_JWS_SIGNATURE_VERIFICATION_FAILED'],
    'a payload that is an array': ['payloadIsArray', 'ERR_JWT_INVALID'],
    'a payload that is not JSON': ['payloadIsText', 'ERR_JWT_INVALID'],
    'a payload nested to a depth of 41': ['payloadTooDeep', 'ERR_JWT_INVALID'],
    'a sub that is a number': ['subjectIsNumber', 'ERR_JWT_INVALID', { claim: 'sub', reason: 'invalid' }],
    'a token over 32 KiB': ['tooLarge', 'ERR_JWT_TOO_LARGE'],
  }).map(([name, [token, code, evidence]]) => refusal(name, { token, code, evidence })),

  refusal('an algorithm that the options exclude', {
    token: 'RS256',
    options: { algorithms: ['ES384'] },
    code: 'ERR_JOSE_ALG_NOT_ALLOWED',
  }),
  refusal('another subject', {
    options: { subject: 'arn:aws:iam::111122223333:role/other' },
    code: 'ERR_JWT_CLAIM_VALIDATION_FAILED',
    evidence: { claim: 'sub' },
  }),
  refusal('another typ', {
    options: { typ: 'at+jwt' },
    code: 'ERR_JWT_CLAIM_VALIDATION_FAILED',
    evidence: { claim: 'typ' },
  }),
  refusal('a token older than maxTokenAge', {
    options: { maxTokenAge: 60 },
    later: 91,
    code: 'ERR_JWT_CLAIM_VALIDATION_FAILED',
    evidence: { claim: 'iat' },
  }),
  refusal('a token without a required claim', {
    options: { requiredClaims: ['nonce'] },
    code: 'ERR_JWT_CLAIM_VALIDATION_FAILED',
    evidence: { claim: 'nonce', reason: 'missing' },
  }),
  refusal('a token without a required nested claim', {
    options: { requiredClaims: ['/https:~1~1sts.amazonaws.com~1/vpc'] },
    code: 'ERR_JWT_CLAIM_VALIDATION_FAILED',
    evidence: { reason: 'missing' },
  }),
  refusal('a token exactly at exp plus the tolerance', {
    options: { clockTolerance: 0 },
    later: 300,
    code: 'ERR_JWT_EXPIRED',
  }),
  refusal('a token without kid when two keys fit', {
    token: 'kidMissing',
    jwks: 'ambiguous',
    code: 'ERR_JWKS_MULTIPLE_MATCHING_KEYS',
  }),
  refusal('a key for encryption', { jwks: 'encryptionOnly', code: 'ERR_JWK_INVALID' }),
  refusal('a key that is not on the curve', { jwks: 'offCurve', code: 'ERR_JWK_INVALID' }),
  refusal('a key that publishes its private part', { jwks: 'privateKey', code: 'ERR_JWK_INVALID' }),
  refusal('an RSA key of 1024 bits', { token: 'RS256', jwks: 'weak', code: 'ERR_JWK_INVALID' }),
  refusal('a key set without the key', { jwks: 'onlyRsa', code: 'ERR_JWKS_NO_MATCHING_KEY' }),
  {
    name: 'ignores unknown kinds of keys among good keys',
    run: ({ api, fixtures }) =>
      api.verify(fixtures.tokens.ES384, fixtures.keySets.withUnknownKinds, optionsOf(fixtures)),
  },

  ...['ES384', 'RS256'].map((alg) => ({
    name: `rejects an ${alg} token with any bit of the signature flipped`,
    run({ api, fixtures }) {
      const token = fixtures.tokens[alg];
      const bits = (alg === 'ES384' ? 96 : 256) * 8;
      const keySet = new api.KeySet(fixtures.jwks);
      const options = optionsOf(fixtures);
      for (let bit = 0; bit < bits; bit += 1) {
        refused(() => api.verify(flipBit(token, bit), keySet, options), 'ERR_JWS_SIGNATURE_VERIFICATION_FAILED');
      }
      api.verify(token, keySet, options);
    },
  })),
  {
    name: 'rejects a token whose claims were changed',
    run({ api, fixtures }) {
      const [header, , signature] = fixtures.tokens.ES384.split('.');
      const claims = { ...fixtures.claims, sub: 'arn:aws:iam::111122223333:role/admin' };
      const tampered = [
        header,
        btoa(JSON.stringify(claims)).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', ''),
        signature,
      ].join('.');
      return refused(
        () => api.verify(tampered, fixtures.jwks, optionsOf(fixtures)),
        'ERR_JWS_SIGNATURE_VERIFICATION_FAILED',
      );
    },
  },
  {
    name: 'rejects every truncation of a token',
    run({ api, fixtures }) {
      const token = fixtures.tokens.ES384;
      const seen = {};
      for (let length = 0; length < token.length; length += 1) {
        const { code } = refused(() => api.verify(token.slice(0, length), fixtures.jwks, optionsOf(fixtures)));
        seen[code] = (seen[code] ?? 0) + 1;
      }
      return seen;
    },
  },
  {
    name: 'rejects other encodings of a valid token',
    run({ api, fixtures }) {
      const token = fixtures.tokens.ES384;
      const [header, payload, signature] = token.split('.');
      const spellings = {
        padding: `${token}=`,
        'leading space': ` ${token}`,
        'trailing line break': `${token}\n`,
        'Bearer prefix': `Bearer ${token}`,
        quotes: JSON.stringify(token),
        'trailing dot': `${token}.`,
        'leading dot': `.${token}`,
        'plus sign': `${header}.${payload}.+${signature.slice(1)}`,
        slash: `${header}.${payload}./${signature.slice(1)}`,
        'zero width space': `${header}.\u200b${payload}.${signature}`,
        'full width letter': `${header}.${payload}.\uff21${signature.slice(1)}`,
        'lone surrogate': `${header}.${payload}.\ud800${signature.slice(1)}`,
        NUL: `${token}\u0000`,
        'empty header': `.${payload}.${signature}`,
        'empty payload': `${header}..${signature}`,
        'empty signature': `${header}.${payload}.`,
        'four segments': `${token}.${signature}`,
      };
      return Object.fromEntries(
        Object.entries(spellings).map(([name, spelling]) => [
          name,
          refused(() => api.verify(spelling, fixtures.jwks, optionsOf(fixtures)), 'ERR_JWS_INVALID', { name }),
        ]),
      );
    },
  },
  {
    name: 'rejects text that is not a token',
    run({ api, fixtures }) {
      const texts = [
        '',
        '.',
        '..',
        '...',
        'a.b.c',
        'null',
        '{}',
        'IQoJb3JpZ2luX2VjEAAaCXVzLWVhc3QtMSJ',
        'v4.public.AAAA',
        '\u{1f511}'.repeat(100),
      ];
      return texts.map((text) =>
        refused(() => api.verify(text, fixtures.jwks, optionsOf(fixtures)), 'ERR_JWS_INVALID', { name: text }),
      );
    },
  },
  {
    name: 'rejects a token of more than 32 KiB before decoding it',
    run({ api, fixtures }) {
      const sizes = [32 * 1024 + 1, 1 << 20, 1 << 24];
      const texts = [...sizes.map((size) => 'x'.repeat(size)), '\u{1f511}'.repeat(8193), '\u20ac'.repeat(10_923)];
      return texts.map(
        (text) => refused(() => api.verify(text, fixtures.jwks, optionsOf(fixtures)), 'ERR_JWT_TOO_LARGE').code,
      );
    },
  },
  {
    name: 'rejects a token that is not a string',
    run({ api, fixtures }) {
      const values = [
        undefined,
        null,
        5,
        true,
        {},
        [],
        [fixtures.tokens.ES384],
        new Uint8Array(5),
        5n,
        Symbol('token'),
        () => fixtures.tokens.ES384,
      ];
      return values.map((value) => [
        refused(() => api.verify(value, fixtures.jwks, optionsOf(fixtures)), 'ERR_JWS_INVALID', { name: typeof value }),
        refused(() => api.decode(value), 'ERR_JWS_INVALID', { name: typeof value }),
      ]);
    },
  },
  {
    name: 'rejects a malformed key set',
    run({ api, fixtures }) {
      const text = JSON.stringify(fixtures.jwks);
      const cyclic = { keys: [] };
      cyclic.self = cyclic;
      const sets = [
        '',
        '{',
        '[]',
        'null',
        '{"keys":5}',
        '{}',
        `\ufeff${text}`,
        `${text}x`,
        text.replace('{', '{"keys":[],'),
        {},
        [],
        { keys: {} },
        cyclic,
        { keys: 5n },
      ];
      const big = [`${text}${' '.repeat(256 * 1024)}`, { keys: Array(129).fill(fixtures.jwks.keys[0]) }];
      return [...sets, ...big].map((jwks, name) => [
        refused(() => new api.KeySet(jwks), 'ERR_JWKS_INVALID', { name }),
        refused(() => api.verify(fixtures.tokens.ES384, jwks, optionsOf(fixtures)), 'ERR_JWKS_INVALID', { name }),
      ]);
    },
  },
  {
    name: 'rejects a key set of the wrong type',
    run({ api, fixtures }) {
      const sets = [undefined, null, 5, true, 5n, Symbol('jwks'), () => fixtures.jwks];
      return sets.map((jwks) => [
        refused(() => new api.KeySet(jwks), undefined, { name: typeof jwks }),
        refused(() => api.verify(fixtures.tokens.ES384, jwks, optionsOf(fixtures)), undefined, { name: typeof jwks }),
      ]);
    },
  },
  {
    name: 'rejects wrong options and names the option',
    run({ api, fixtures }) {
      const wrong = [
        ['issuer', { issuer: undefined }],
        ['issuer', { issuer: 5 }],
        ['issuer', { issuer: [] }],
        ['issuer', { issuer: [5] }],
        ['audience', { audience: undefined }],
        ['audience', { audience: {} }],
        ['audience', { audience: [] }],
        ['algorithms', { algorithms: 'ES384' }],
        ['algorithms', { algorithms: [] }],
        ['algorithms', { algorithms: ['HS256'] }],
        ['algorithms', { algorithms: ['none'] }],
        ['subject', { subject: 5 }],
        ['subject', { subject: null }],
        ['typ', { typ: ['JWT'] }],
        ['clockTolerance', { clockTolerance: -1 }],
        ['clockTolerance', { clockTolerance: NaN }],
        ['clockTolerance', { clockTolerance: Infinity }],
        ['clockTolerance', { clockTolerance: '30' }],
        ['maxTokenAge', { maxTokenAge: '1h' }],
        ['maxTokenAge', { maxTokenAge: -1 }],
        ['requiredClaims', { requiredClaims: 5 }],
        ['requiredClaims', { requiredClaims: [5] }],
        ['allowMissingExp', { allowMissingExp: 'yes' }],
        ['now', { now: 'today' }],
        ['now', { now: NaN }],
        ['now', { now: Infinity }],
        ['now', { now: null }],
        ['audiance', { audiance: 'x' }],
      ];
      const verify = (options) => api.verify(fixtures.tokens.ES384, fixtures.jwks, options);
      const seen = wrong.map(([name, options]) => {
        const error = refused(
          () => verify({ ...optionsOf(fixtures), .../** @type {object} */ (options) }),
          'ERR_OPTIONS_INVALID',
          { name },
        );
        matches(error.message, new RegExp(`\\b${name}\\b`), `message for ${name}`);
        return error;
      });
      const { issuer, ...withoutIssuer } = optionsOf(fixtures);
      const { audience, ...withoutAudience } = optionsOf(fixtures);
      matches(refused(() => verify(withoutIssuer), 'ERR_OPTIONS_INVALID').message, /\bissuer\b/, 'missing issuer');
      matches(
        refused(() => verify(withoutAudience), 'ERR_OPTIONS_INVALID').message,
        /\baudience\b/,
        'missing audience',
      );
      const none = [undefined, null, 5, 'issuer', []].map((options) =>
        refused(() => verify(options), 'ERR_OPTIONS_INVALID', { name: String(options) }),
      );
      return { seen, none };
    },
  },
  {
    name: 'checks options before the token',
    run: ({ api, fixtures }) => refused(() => api.verify('', fixtures.jwks, { issuer: null }), 'ERR_OPTIONS_INVALID'),
  },
  {
    name: 'throws errors with the status and challenge of a response',
    run({ api, fixtures }) {
      const { tokens } = fixtures;
      const error = thrown(() => api.verify(tokens.expired, fixtures.jwks, optionsOf(fixtures)));
      equal(error instanceof api.JwtError && error instanceof Error, true, 'instanceof');
      equal(error.name, 'JwtError', 'name');
      matches(error.challenge(), /^Bearer .*error="invalid_token"/, 'challenge');
      equal([error.category, error.status, error.retryable], ['claims', 401, false], 'category, status, retryable');
      return error.challenge();
    },
  },
  {
    name: 'still verifies after 100 000 rejected tokens, without using more memory',
    run({ api, fixtures, memoryBytes }) {
      const { tokens } = fixtures;
      const options = optionsOf(fixtures);
      const keySet = new api.KeySet(fixtures.jwks);
      // Most tokens are rejected early. For every 500th token, the signature is verified completely.
      const cheap = [
        '',
        'a.b.c',
        tokens.ES384.slice(0, -1),
        tokens.algNone,
        tokens.algHs256,
        tokens.kidUnknown,
        tokens.crit,
        tokens.tooLarge,
      ];
      const costly = [flipBit(tokens.ES384, 0), flipBit(tokens.RS256, 0), tokens.expired, tokens.duplicateClaim];
      const reject = (index) => {
        const token = index % 500 ? cheap[index % cheap.length] : costly[(index / 500) % costly.length];
        // Does not use `refused`, because its checks would take most of the time.
        try {
          api.verify(token, index % 3 ? keySet : fixtures.jwks, options);
        } catch (error) {
          if (error instanceof api.JwtError) return;
        }
        throw new Error(`token ${index} was not rejected with a JwtError`);
      };
      // After enough uses, a key builds its larger tables. After that, it allocates no more memory.
      for (let use = 0; use < 200; use += 1) {
        for (const jwks of [keySet, fixtures.jwks])
          for (const alg of ['ES384', 'RS256']) api.verify(tokens[alg], jwks, options);
      }
      for (let index = 0; index < 5000; index += 1) reject(index);
      const before = memoryBytes();
      for (let index = 0; index < 100_000; index += 1) reject(index);
      equal(memoryBytes(), before, 'bytes of WebAssembly memory');
      return api.verify(tokens.ES384, keySet, options).tokenId;
    },
  },
  ...errorCases,
  ...awsCases,
  ...expectationCases,
  ...explainCases,
  ...verifierCases,
  ...recoveryCases,
];
