// Tests Verifier: issuers with their own keys, and cached tokens.
import { equal, flipBit, matches, refused } from './checks.mjs';

const HOUR = 3600;
/** The size of a page of WebAssembly memory, in bytes. */
const PAGE = 65_536;

/** Creates a verifier for the fixtures' issuer, with the issuer's keys unless `jwks` is passed. */
const verifierOf = ({ api, fixtures }, /** @type {Record<string, any>} */ { jwks = fixtures.jwks, ...options } = {}) =>
  api.createVerifier({ issuer: fixtures.issuer, audience: fixtures.audience, ...(jwks ? { jwks } : {}), ...options });

const both = ({ issuer, audience, jwks, other }) => ({
  issuers: [
    { issuer, audience, jwks },
    { issuer: other.issuer, audience, jwks: other.jwks },
  ],
});

/** Returns a case in which this configuration must be rejected. */
const misconfigured = (name, change, message) => ({
  name: `rejects a Verifier with ${name}`,
  run({ api, fixtures }) {
    const { issuer, audience, jwks } = fixtures;
    const error = refused(() => api.createVerifier(change({ issuer, audience, jwks })), 'ERR_OPTIONS_INVALID');
    matches(error.message, message, 'message');
    return error.message.replaceAll(issuer, 'the issuer');
  },
});

export const verifierCases = [
  {
    name: 'returns the same results from a Verifier as from verify(), for new and for cached tokens',
    run(context) {
      const { api, fixtures } = context;
      const { tokens, jwks, issuer, audience, now } = fixtures;
      const verifier = verifierOf(context);
      return ['ES384', 'RS256', 'ES384', 'RS256', 'unicode', 'unicode', 'prototype', 'prototype'].map((name) => {
        const verified = verifier.verify(tokens[name], { now });
        equal(
          JSON.stringify(verified),
          JSON.stringify(api.verify(tokens[name], jwks, { issuer, audience, now })),
          name,
        );
        verified.claims.sub = verified.header.kid = verified.key.kid = 'changed by the caller';
        return verifier.verify(tokens[name], { now });
      });
    },
  },
  {
    name: "selects a Verifier's keys by the exact issuer of the token",
    run({ api, fixtures }) {
      const { tokens, other, forged, issuer, now } = fixtures;
      const verifier = api.createVerifier(both(fixtures));
      equal(verifier.verify(tokens.ES384, { now }).claims.iss, issuer, 'iss');
      equal(verifier.verify(other.token, { now }).claims.iss, other.issuer, 'iss');
      const error = refused(() => verifier.verify(forged.token, { now }), 'ERR_JWS_SIGNATURE_VERIFICATION_FAILED');
      equal(error.issuer, issuer, 'issuer of the error');
    },
  },
  {
    name: 'rejects the configured issuer if a byte order mark precedes it',
    run({ api, fixtures }) {
      const { tokens, now } = fixtures;
      const verifier = api.createVerifier(both(fixtures));
      return refused(() => verifier.verify(tokens.issuerWithMark, { now }), 'ERR_JWT_ISSUER_UNKNOWN');
    },
  },
  {
    name: 'rejects unknown issuers in a Verifier before any other check',
    run(context) {
      const { fixtures } = context;
      const { tokens, other, now } = fixtures;
      const verifier = verifierOf(context, { jwks: undefined });
      return [tokens.issuerOther, tokens.issuerMissing, tokens.issuerWithSlash, other.token].map((token) => {
        const error = refused(() => verifier.verify(token, { now }), 'ERR_JWT_ISSUER_UNKNOWN', { token });
        equal([error.claim, error.issuer], ['iss', undefined], 'claim, issuer');
        return error;
      });
    },
  },
  {
    name: 'rejects malformed tokens in a Verifier',
    run(context) {
      const { fixtures } = context;
      const { tokens, now } = fixtures;
      const verifier = verifierOf(context);
      const names = ['encrypted', 'headerTooLarge', 'payloadIsArray', 'payloadIsText', 'payloadTooDeep', 'tooLarge'];
      const texts = [...names.map((name) => tokens[name]), '', 'a.b.c', undefined];
      return texts.map((token) => refused(() => verifier.verify(token, { now })).code);
    },
  },
  {
    name: 'reports which keys a Verifier needs',
    run({ api, fixtures }) {
      const { issuer, audience, jwks, tokens, now } = fixtures;
      const verifier = api.createVerifier({ issuer, audience, maxKeyAge: HOUR });
      const missing = refused(() => verifier.verify(tokens.ES384, { now }), 'ERR_JWKS_KEYS_NEEDED');
      equal([missing.issuer, missing.reason], [issuer, 'missing'], 'missing');
      equal(missing.jwksUri, `${issuer}/.well-known/jwks.json`, 'jwksUri');
      verifier.setKeys(issuer, jwks, { fetchedAt: now - HOUR });
      verifier.verify(tokens.ES384, { now });
      const old = refused(() => verifier.verify(tokens.ES384, { now: now + 1 }), 'ERR_JWKS_KEYS_NEEDED');
      equal(old.reason, 'too_old', 'reason');
      verifier.setKeys(issuer, JSON.stringify(jwks), { fetchedAt: now });
      verifier.verify(tokens.ES384, { now: now + 1 });
      const elsewhere = api.createVerifier({ issuer, audience, jwksUri: 'https://keys.example.test/set.json' });
      return refused(() => elsewhere.verify(tokens.ES384, { now })).jwksUri;
    },
  },
  {
    name: 'checks time, policy and keys again for a token in the cache of a Verifier',
    run(context) {
      const { fixtures } = context;
      const { issuer, tokens, awsTokens, jwks, rotated, now } = fixtures;
      const verifier = verifierOf(context, { jwks: undefined });
      verifier.setKeys(issuer, jwks, { fetchedAt: now });
      verifier.verify(rotated.old, { now });
      for (const [at, code] of [
        [now + 330, 'ERR_JWT_EXPIRED'],
        [now - 31, 'ERR_JWT_CLAIM_VALIDATION_FAILED'],
      ]) {
        verifier.verify(rotated.old, { now });
        refused(() => verifier.verify(rotated.old, { now: at }), code);
      }
      verifier.verify(rotated.old, { now });
      // The new keys have the same names. Tokens signed with the old keys are rejected, even if they are cached.
      verifier.setKeys(issuer, rotated.jwks, { fetchedAt: now });
      for (const token of [rotated.old, tokens.ES384]) {
        refused(() => verifier.verify(token, { now }), 'ERR_JWS_SIGNATURE_VERIFICATION_FAILED');
      }
      verifier.verify(rotated.token, { now });
      // Keys that are older than the current keys are ignored.
      verifier.setKeys(issuer, jwks, { fetchedAt: now - 1 });
      verifier.verify(rotated.token, { now });
      refused(() => verifier.verify(rotated.old, { now }), 'ERR_JWS_SIGNATURE_VERIFICATION_FAILED');
      const strict = verifierOf(context, { aws: { accounts: ['999988887777'] } });
      for (let use = 0; use < 2; use += 1) refused(() => strict.verify(awsTokens.role, { now }), 'ERR_POLICY_DENIED');
      const aws = verifierOf(context, { aws: {} });
      const [first, again] = [aws.verify(awsTokens.role, { now }), aws.verify(awsTokens.role, { now })];
      equal(again, first, 'the identity');
      return again;
    },
  },
  {
    name: "keeps a Verifier's keys if the new keys are malformed",
    run(context) {
      const { fixtures } = context;
      const { issuer, tokens, now } = fixtures;
      const verifier = verifierOf(context);
      for (const jwks of ['', '<html>', '{}', 5]) refused(() => verifier.setKeys(issuer, jwks), 'ERR_JWKS_INVALID');
      refused(() => verifier.setKeys('https://other.example.test', fixtures.jwks), 'ERR_OPTIONS_INVALID');
      return verifier.verify(tokens.ES384, { now }).tokenId;
    },
  },
  {
    name: 'never caches a rejected token in a Verifier, and rejects a cached token with one bit flipped',
    run(context) {
      const { fixtures } = context;
      const { tokens, now } = fixtures;
      const verifier = verifierOf(context);
      verifier.verify(tokens.ES384, { now });
      for (let use = 0; use < 3; use += 1) {
        for (const token of [flipBit(tokens.ES384, 5), `${tokens.ES384}A`, ` ${tokens.ES384}`, tokens.expired]) {
          refused(() => verifier.verify(token, { now }), undefined, { token });
        }
      }
    },
  },
  {
    name: 'limits the number of tokens in the cache of a Verifier, and the memory of the cache',
    run(context) {
      const { fixtures, memoryBytes } = context;
      const { several, now } = fixtures;
      const verifiers = [0, 1, 5, 256].map((maxCachedTokens) => verifierOf(context, { maxCachedTokens }));
      const round = () => {
        for (const verifier of verifiers) for (const token of several) verifier.verify(token, { now });
      };
      for (let index = 0; index < 20; index += 1) round();
      const before = memoryBytes();
      for (let index = 0; index < 100; index += 1) round();
      // The garbage collector frees the verifiers of earlier cases at any time, so one more page may be needed. If this
      // case leaked, it would take eighty megabytes.
      const grown = memoryBytes() - before;
      if (grown > PAGE) throw new Error(`the WebAssembly memory grew by ${grown} bytes`);
    },
  },
  {
    name: 'returns failures of a Verifier as data',
    run(context) {
      const { fixtures } = context;
      const { tokens, now } = fixtures;
      const verifier = verifierOf(context);
      const good = verifier.safeVerify(tokens.RS256, { now });
      equal([good.ok, good.token.alg], [true, 'RS256'], 'verdict');
      const { ok, error } = verifier.safeVerify(tokens.expired, { now });
      equal([ok, error.code], [false, 'ERR_JWT_EXPIRED'], 'verdict');
      equal(verifier.safeVerify(5, { now }).error.code, 'ERR_JWS_INVALID', 'code');
      refused(() => verifier.safeVerify(tokens.RS256, { now: NaN }), 'ERR_OPTIONS_INVALID');
    },
  },
  {
    name: 'explains tokens with `explain()` of a Verifier',
    run(context) {
      const { api, fixtures } = context;
      const { issuer, audience, tokens, now } = fixtures;
      const verifier = verifierOf(context);
      const empty = api.createVerifier({ issuer, audience });
      const outline = ({ verdict, code, steps }) => [verdict, code, steps[0].stage, steps[0].outcome, steps.length > 5];
      const explanations = [
        verifier.explain(tokens.ES384, { now }),
        verifier.explain(tokens.expired, { now }),
        verifier.explain(tokens.issuerOther, { now }),
        verifier.explain('a.b', { now }),
        empty.explain(tokens.ES384, { now }),
      ];
      equal(
        explanations.map(outline),
        [
          ['accepted', undefined, 'issuer', 'passed', true],
          ['rejected', 'ERR_JWT_EXPIRED', 'issuer', 'passed', true],
          ['rejected', 'ERR_JWT_ISSUER_UNKNOWN', 'issuer', 'failed', false],
          ['rejected', 'ERR_JWS_INVALID', 'segments', 'failed', false],
          ['rejected', 'ERR_JWKS_KEYS_NEEDED', 'jwks', 'failed', false],
        ],
        'outline',
      );
      return explanations;
    },
  },
  {
    name: "restores a Verifier's keys from a snapshot unless they are old or altered",
    run(context) {
      const { api, fixtures } = context;
      const { issuer, audience, jwks, rotated, tokens, now } = fixtures;
      const create = () => api.createVerifier({ issuer, audience, maxKeyAge: HOUR });
      const verifier = create();
      equal(verifier.snapshot(), { version: 1, issuers: [] }, 'without keys');
      verifier.setKeys(issuer, jwks, { fetchedAt: now });
      const text = JSON.stringify(verifier.snapshot());
      const restored = create();
      restored.restore(JSON.parse(text), { now: now + HOUR });
      restored.verify(tokens.ES384, { now });
      equal(JSON.stringify(restored.snapshot()), text, 'snapshot');

      const old = refused(() => create().restore(JSON.parse(text), { now: now + HOUR + 1 }), 'ERR_JWKS_KEYS_NEEDED');
      equal(old.reason, 'too_old', 'reason');
      const altered = [
        (entry) => (entry.jwks = JSON.stringify(rotated.jwks)),
        (entry) => (entry.digest = ''),
        (entry) => (entry.fetchedAt = 'now'),
        (entry) => delete entry.jwks,
        (entry) => (entry.fetchedAt += 1),
        (entry) => (entry.fetchedAt = now * 1000),
        (entry) => (entry.jwksUri = 'https://keys.example.test/set.json'),
        (entry) => delete entry.jwksUri,
      ];
      for (const alter of altered) {
        const snapshot = JSON.parse(text);
        alter(snapshot.issuers[0]);
        refused(() => create().restore(snapshot, { now }), 'ERR_JWKS_INVALID');
      }
      for (const none of [undefined, null, {}, { version: 2, issuers: [] }, { version: 1 }]) {
        refused(() => create().restore(none), 'ERR_JWKS_INVALID');
      }
      refused(() => create().restore(JSON.parse(text), { now: now - 61 }), 'ERR_JWKS_INVALID');
      create().restore(JSON.parse(text), { now: now - 60 });
      // A snapshot is restored only for the issuer and the URL in it.
      const { other } = fixtures;
      const elsewhere = api.createVerifier({ issuer, audience, jwksUri: 'https://keys.example.test/set.json' });
      elsewhere.restore(JSON.parse(text), { now });
      refused(() => elsewhere.verify(tokens.ES384, { now }), 'ERR_JWKS_KEYS_NEEDED');
      const moved = JSON.parse(text);
      moved.issuers[0].issuer = other.issuer;
      const two = api.createVerifier({ issuer: other.issuer, audience, jwksUri: `${issuer}/.well-known/jwks.json` });
      refused(() => two.restore(moved, { now }), 'ERR_JWKS_INVALID');
      // The keys of a snapshot do not replace newer keys.
      const newer = create();
      newer.setKeys(issuer, rotated.jwks, { fetchedAt: now + 1 });
      newer.restore(JSON.parse(text), { now });
      newer.verify(rotated.token, { now });
      return JSON.parse(text).issuers[0].digest.length;
    },
  },
  {
    name: 'accepts a fetchedAt in a Verifier only if it is in seconds and not in the future',
    run({ api, fixtures }) {
      const { issuer, audience, jwks, rotated, tokens, now } = fixtures;
      const verifier = api.createVerifier({ issuer, audience, maxKeyAge: HOUR });
      const set = (fetchedAt, keys = jwks) => verifier.setKeys(issuer, keys, { fetchedAt, now });
      for (const fetchedAt of [now * 1000, Infinity, -Infinity, NaN, `${now}`, null, {}, now + 61]) {
        const { message } = refused(() => set(fetchedAt), 'ERR_OPTIONS_INVALID');
        matches(message, /"fetchedAt" must be .*seconds/, 'message');
        refused(() => verifier.verify(tokens.ES384, { now }), 'ERR_JWKS_KEYS_NEEDED');
      }
      refused(() => verifier.setKeys(issuer, jwks, { fetchedAt: Date.now() / 1000 + 120 }), 'ERR_OPTIONS_INVALID');
      // A revocation takes effect immediately, even if `fetchedAt` is the same.
      set(now + 60);
      verifier.verify(rotated.old, { now });
      set(now + 60, rotated.jwks);
      refused(() => verifier.verify(rotated.old, { now }), 'ERR_JWS_SIGNATURE_VERIFICATION_FAILED');
      for (const at of [now * 1000, 1e11 + 1]) {
        for (const run of [
          () => verifier.verify(rotated.token, { now: at }),
          () => verifier.explain(rotated.token, { now: at }),
          () => api.verify(tokens.ES384, jwks, { issuer, audience, now: at }),
        ]) {
          matches(refused(run, 'ERR_OPTIONS_INVALID').message, /seconds, not milliseconds/, 'message');
        }
      }
    },
  },
  {
    name: 'checks fetchedAt later if a Verifier gets the keys while the clock shows 0',
    run({ api, fixtures }) {
      const { issuer, audience, jwks, rotated, tokens, now } = fixtures;
      const create = () => api.createVerifier({ issuer, audience, maxKeyAge: HOUR });
      const early = { now: 0 };
      for (const fetchedAt of [Infinity, NaN]) {
        refused(() => create().setKeys(issuer, jwks, { fetchedAt, ...early }), 'ERR_OPTIONS_INVALID');
      }
      const source = create();
      source.setKeys(issuer, jwks, { fetchedAt: now, now });
      const snapshot = source.snapshot();
      for (const fill of [
        (verifier) => verifier.setKeys(issuer, jwks, { fetchedAt: now, ...early }),
        (verifier) => verifier.restore(snapshot, early),
      ]) {
        const verifier = create();
        fill(verifier);
        verifier.verify(tokens.ES384, { now });
        const old = refused(() => verifier.verify(tokens.ES384, { now: now + HOUR + 1 }), 'ERR_JWKS_KEYS_NEEDED');
        equal(old.reason, 'too_old', 'reason');
      }
      for (const fetchedAt of [now * 1000, 1e15]) {
        const verifier = create();
        verifier.setKeys(issuer, jwks, { fetchedAt, ...early });
        const missing = refused(() => verifier.verify(tokens.ES384, { now }), 'ERR_JWKS_KEYS_NEEDED');
        equal(missing.reason, 'missing', 'reason');
        const other = create();
        other.setKeys(issuer, jwks, { fetchedAt, ...early });
        other.setKeys(issuer, rotated.jwks, { fetchedAt: now, now });
        other.verify(rotated.token, { now });
      }
    },
  },
  misconfigured('no configuration', () => undefined, /the options must be a plain object/),
  misconfigured('no issuers', () => ({ issuers: [] }), /"issuers" must be a non-empty array/),
  ...Object.entries({
    'a query': ['https://a.example/b?c', 'https://a.example/b'],
    'an empty query': ['https://a.example/b?', 'https://a.example/b'],
    'a fragment': ['https://a.example/#b', 'https://a.example/'],
    'an empty fragment': ['https://a.example#', 'https://a.example'],
    'a step upwards in its path': ['https://a.example/b/../c', 'https://a.example/c'],
    'an encoded step upwards in its path': ['https://a.example/b/%2e%2e/c', 'https://a.example/c'],
    'a backslash': ['https://a.example\\b', 'https://a.example/b'],
    'an upper-case host': ['https://A.example', 'https://a.example'],
    'an upper-case scheme': ['HTTPS://a.example/b', 'https://a.example/b'],
    'the default port': ['https://a.example:443', 'https://a.example'],
    'an internationalised host': [`https://b${String.fromCharCode(0xfc)}cher.example`, 'https://xn--bcher-kva.example'],
    'a space at its end': ['https://a.example/b ', 'https://a.example/b'],
    'a tab in its path': ['https://a.example/b\tc', 'https://a.example/bc'],
    'one slash after the scheme': ['https:/a.example', 'https://a.example'],
  }).map(([name, [issuer, exact]]) =>
    misconfigured(
      `an issuer with ${name}`,
      (c) => ({ issuers: [{ ...c, issuer }] }),
      new RegExp(`^"issuers\\[0\\]\\.issuer" must be exact, without query or fragment: ${exact}$`),
    ),
  ),
  misconfigured(
    'a placeholder in the path of an issuer',
    (c) => ({ issuers: [{ ...c, issuer: 'https://login.example/<tenant>/v2.0' }] }),
    /^option "issuer" still has a placeholder/,
  ),
  misconfigured('an alias that is a number', (c) => ({ ...c, aliases: [5] }), /"issuer" must be a string/),
  misconfigured('an empty alias', (c) => ({ ...c, aliases: [''] }), /"issuer" must not be an empty string/),
  misconfigured('aliases that are null', (c) => ({ ...c, aliases: null }), /"issuer" must be a string/),
  misconfigured(
    'aliases that are a proxy whose members throw',
    (c) => ({ ...c, aliases: new Proxy({}, { get: (_, name) => [][`${String(name)}`].x }) }),
    /"issuer" must be/,
  ),
  misconfigured('an alias twice', (c) => ({ ...c, aliases: ['a', 'a'] }), /"issuers" has a twice/),
  misconfigured(
    'an alias that is another issuer',
    (c) => ({ issuers: [c, { ...c, issuer: 'https://a.example', aliases: [c.issuer] }] }),
    /"issuers" has .* twice/,
  ),
  misconfigured(
    'a discovery that is not a boolean',
    (c) => ({ ...c, discovery: 'no' }),
    /"discovery" must be a boolean/,
  ),
  misconfigured(
    'an issuer URL with http',
    (c) => ({ ...c, issuer: 'http://issuer.example.test' }),
    /"issuer" must be an https URL/,
  ),
  misconfigured(
    'an issuer that is not a URL',
    (c) => ({ ...c, issuer: 'issuer.example.test' }),
    /"issuer" must be an https URL/,
  ),
  misconfigured('no issuer', (c) => ({ ...c, issuer: null }), /"issuer" must be an https URL/),
  misconfigured(
    'http on this machine, unless allowed',
    (c) => ({ ...c, issuer: 'http://localhost:8787' }),
    /^"issuer" must be an https URL, .*; "allowLoopbackHttp" allows http on this machine$/,
  ),
  misconfigured(
    'a jwksUri with http on this machine, unless allowed',
    (c) => ({ ...c, jwksUri: new URL('http://127.0.0.1:8787/keys') }),
    /^"jwksUri" must be an https URL, .*; "allowLoopbackHttp" allows http on this machine$/,
  ),
  misconfigured(
    'a jwksUri with a password',
    (c) => ({ ...c, jwksUri: new URL('https://a:b@keys.example.test/') }),
    /^"jwksUri" must be an https URL, without credentials or placeholders;/,
  ),
  misconfigured(
    'a jwksUri with http',
    (c) => ({ ...c, jwksUri: 'http://keys.example.test/' }),
    /"jwksUri" must be an https/,
  ),
  misconfigured(
    'an empty audience',
    (c) => ({ ...c, audience: '' }),
    /"audience" (is required; write null|must not be an empty)/,
  ),
  misconfigured(
    'an empty list of audiences',
    (c) => ({ ...c, audience: [] }),
    /"audience" (is required; write null|must not be an empty)/,
  ),
  misconfigured('no audience', (c) => ({ ...c, audience: undefined }), /"audience" is required; write null/),
  misconfigured('an issuer twice', (c) => ({ issuers: [c, c] }), /"issuers" has .* twice/),
  misconfigured(
    'a negative tolerance',
    (c) => ({ ...c, clockTolerance: -1 }),
    /"clockTolerance" must be a number of seconds from 0/,
  ),
  misconfigured(
    'a tolerance in milliseconds',
    (c) => ({ ...c, clockTolerance: 90_000 }),
    /"clockTolerance" must be a number of seconds/,
  ),
  ...['true', 1, {}, null].map((value) =>
    misconfigured(
      `allowLoopbackHttp of ${JSON.stringify(value)}`,
      (c) => ({ ...c, allowLoopbackHttp: value }),
      /"allowLoopbackHttp" must be a boolean/,
    ),
  ),
  misconfigured(
    'a huge tolerance',
    (c) => ({ ...c, clockTolerance: 1e9 }),
    /"clockTolerance" must be a number of seconds from 0 to 86400/,
  ),
  misconfigured(
    'an infinite maxTokenAge',
    (c) => ({ ...c, maxTokenAge: Infinity }),
    /"maxTokenAge" must be a finite number/,
  ),
  misconfigured('a maxKeyAge of NaN', (c) => ({ ...c, maxKeyAge: NaN }), /"maxKeyAge" must be a number from 1/),
  misconfigured(
    'a negative cache size',
    (c) => ({ ...c, maxCachedTokens: -1 }),
    /"maxCachedTokens" must be a number from 0/,
  ),
  misconfigured('an unknown option', (c) => ({ ...c, audiences: 'a' }), /"?audiences"?/),
  misconfigured(
    'an option in the wrong place',
    (c) => ({ issuers: [c], clockTolerance: 5 }),
    /^"clockTolerance" is unknown$/,
  ),
  misconfigured('a time', (c) => ({ ...c, now: 5 }), /"now" is unknown here; pass it to verify\(\)/),
  misconfigured('a wrong policy', (c) => ({ ...c, aws: { account: ['111122223333'] } }), /account/),
];
