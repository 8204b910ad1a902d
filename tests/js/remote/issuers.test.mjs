// Tests `sts-jwt/remote` with issuers of any form, with many issuers, and with functions for issuers and keys.
import assert from 'node:assert/strict';
import test, { describe } from 'node:test';
import { createVerifier } from 'sts-jwt';
import { createRemoteVerifier } from 'sts-jwt/remote';
import { memoryStore } from 'sts-jwt/stores';
import { createIssuer } from '../support/issuer.mjs';
import {
  AUDIENCE,
  createWorld,
  errorOf,
  good,
  ISSUER,
  json,
  jwksOf,
  NEW,
  OLD,
  outage,
  rotated,
  START,
} from '../support/remote.mjs';

const { jwks, mint } = createIssuer();
const claims = (iss) => ({ iss, sub: 'user-1', aud: AUDIENCE, iat: START - 10, exp: START + 1e6 });
const tokenFrom = (iss) => mint('ES384', claims(iss));
const UNKNOWN = 'ERR_JWT_ISSUER_UNKNOWN';
const UNAVAILABLE = 'ERR_JWKS_UNAVAILABLE';

/** A network in which each issuer publishes the same keys, with a discovery document. */
function network(requests = []) {
  return async (url) => {
    requests.push(url);
    const issuer = url.replace('/.well-known/openid-configuration', '');
    return json(JSON.stringify(url.endsWith('/keys') ? jwks : { issuer, jwks_uri: 'https://keys.example/keys' }));
  };
}

describe('remote verifier: issuers', () => {
  const SIMILAR = [
    'https://a.example/a',
    'https://a.example/a/',
    'https://a.example/A',
    'https://a.example//a',
    'https://a.example/a%2Fb',
    'https://a.example/a%2fb',
    'https://a.example',
    'https://a.example/',
    'https://a.example:8443',
  ];

  test('compares issuers exactly', async () => {
    for (const issuer of SIMILAR) {
      const verifier = createVerifier({ issuer, audience: AUDIENCE, jwks });
      for (const iss of SIMILAR) {
        const verdict = /** @type {any} */ (verifier.safeVerify(tokenFrom(iss), { now: START }));
        assert.equal(verdict.ok ? 'good' : verdict.error.code, iss === issuer ? 'good' : UNKNOWN, `${issuer} ${iss}`);
      }
    }
    const all = createVerifier({ issuers: SIMILAR.map((issuer) => ({ issuer, audience: AUDIENCE, jwks })) });
    for (const iss of SIMILAR) assert.equal(all.verify(tokenFrom(iss), { now: START }).claims.iss, iss);
  });

  test('accepts the aliases of an issuer, with the keys and the name of the issuer', async () => {
    const verifier = createVerifier({
      issuer: 'https://a.example',
      aliases: ['a.example', 'urn:a'],
      audience: AUDIENCE,
    });
    const needed = /** @type {any} */ (verifier.safeVerify(tokenFrom('urn:a'), { now: START })).error;
    assert.deepEqual(
      [needed.code, needed.issuer, needed.jwksUri],
      ['ERR_JWKS_KEYS_NEEDED', 'https://a.example', undefined],
    );
    verifier.setKeys('https://a.example', jwks, { now: START });
    for (const iss of ['https://a.example', 'a.example', 'urn:a']) {
      assert.equal(verifier.verify(tokenFrom(iss), { now: START }).claims.iss, iss);
    }
    assert.throws(() => verifier.verify(tokenFrom('b.example'), { now: START }), { code: UNKNOWN });
    assert.equal(verifier.snapshot().issuers.length, 1);
    const requests = [];
    const remote = createRemoteVerifier({
      issuer: 'https://a.example',
      aliases: ['a.example'],
      audience: AUDIENCE,
      fetch: network(requests),
      clock: () => START,
    });
    await remote.verify(tokenFrom('a.example'));
    await remote.verify(tokenFrom('https://a.example'));
    assert.equal(requests.length, 2);
  });

  test('names the URL of the keys only if the URL is configured or is that of AWS STS', () => {
    const urlFor = (config) =>
      /** @type {any} */ (
        createVerifier({ issuer: 'https://a.example', audience: AUDIENCE, ...config }).safeVerify(
          tokenFrom(config.issuer ?? 'https://a.example'),
          { now: START },
        )
      ).error.jwksUri;
    assert.equal(urlFor({}), undefined);
    assert.equal(urlFor({ discovery: true }), undefined);
    assert.equal(urlFor({ discovery: false }), 'https://a.example/.well-known/jwks.json');
    assert.equal(urlFor({ jwksUri: 'https://b.example/keys' }), 'https://b.example/keys');
    assert.equal(urlFor({ issuer: ISSUER }), `${ISSUER}/.well-known/jwks.json`);
    assert.equal(urlFor({ issuer: ISSUER, discovery: true }), undefined);
    for (const issuer of [
      'https://a.b.tokens.sts.global.api.aws',
      'https://tokens.sts.global.api.aws',
      `${ISSUER}/a`,
      `${ISSUER}:8443`,
      'https://a.example/x.tokens.sts.global.api.aws',
    ]) {
      assert.equal(urlFor({ issuer }), undefined, issuer);
    }
  });

  test('tries the documents of OpenID Connect and of RFC 8414, and names both if neither exists', async () => {
    const issuer = 'https://a.example/tenant/';
    const requests = [];
    const absent = {
      'status 404': () => new Response('', { status: 404 }),
      'a page': () => new Response('<html>', { headers: { 'content-type': 'text/html' } }),
      'a redirect': () => new Response('', { status: 302, headers: { location: '/login' } }),
    };
    for (const [name, answer] of Object.entries(absent)) {
      requests.length = 0;
      const fetch = async (url) => {
        requests.push(url);
        return answer();
      };
      const verifier = createRemoteVerifier({ issuer, audience: AUDIENCE, fetch, clock: () => START });
      const { message, jwksUri } = await errorOf(verifier.verify(tokenFrom(issuer)));
      const both = [
        'https://a.example/tenant/.well-known/openid-configuration',
        'https://a.example/.well-known/oauth-authorization-server/tenant',
      ];
      assert.deepEqual(requests, both, name);
      assert.equal(jwksUri, both[0]);
      for (const url of both) assert.ok(message.includes(url), message);
    }
    for (const [name, answer] of Object.entries({
      'status 500': outage,
      'status 429': () => new Response('', { status: 429 }),
      'a failed connection': () => Promise.reject(new TypeError('refused')),
      'the document of another issuer': () => json(JSON.stringify({ issuer: ISSUER, jwks_uri: 'https://b.example/' })),
      'an http jwks_uri': () => json(JSON.stringify({ issuer, jwks_uri: 'http://b.example/' })),
    })) {
      requests.length = 0;
      const fetch = async (url) => {
        requests.push(url);
        return answer();
      };
      await errorOf(
        createRemoteVerifier({ issuer, audience: AUDIENCE, fetch, clock: () => START }).verify(tokenFrom(issuer)),
      );
      assert.equal(requests.length, 1, name);
    }
  });

  test('reads the discovery document again if no key fits a token', async () => {
    let uri = 'https://keys.example/1';
    const world = createWorld({
      discovery: true,
      answer: (url) =>
        json(
          url.includes('openid')
            ? JSON.stringify({ issuer: ISSUER, jwks_uri: uri })
            : jwksOf(url.endsWith('1') ? OLD : NEW),
        ),
    });
    await world.verifier.verify(good);
    uri = 'https://keys.example/2';
    world.now += 11;
    assert.equal(await world.say(rotated), 'good');
  });

  test('fetches the keys again after every error that a different key set could resolve', async () => {
    const [old] = JSON.parse(jwksOf(OLD)).keys;
    const usable = { ...JSON.parse(jwksOf(NEW)).keys[0], kid: 'other' };
    for (const [code, first] of Object.entries({
      ERR_JWK_INVALID: { keys: [{ ...old, use: 'enc' }, usable] },
      ERR_JOSE_ALG_NOT_ALLOWED: { keys: [{ ...jwks.keys[0], kid: old.kid, alg: 'RS256' }] },
    })) {
      const world = createWorld({ answer: () => json(JSON.stringify(first)) });
      assert.equal(await world.say(good), code);
      world.answer = () => json(jwksOf(OLD));
      world.now += 11;
      assert.equal(await world.say(good), 'good', code);
    }
  });
});

describe('remote verifier: many issuers', () => {
  const nameOf = (index) => `https://tenant${index}.example`;

  test('fetches only the keys of issuers whose tokens arrive, and none for an unknown issuer', async () => {
    const requests = [];
    const issuers = Array.from({ length: 10_000 }, (_, index) => ({ issuer: nameOf(index), audience: AUDIENCE }));
    const verifier = createRemoteVerifier({ issuers, fetch: network(requests), clock: () => START });
    assert.equal((await verifier.verify(tokenFrom(nameOf(7777)))).claims.iss, nameOf(7777));
    await assert.rejects(verifier.verify(tokenFrom(nameOf(10_000))), { code: UNKNOWN });
    assert.deepEqual(requests, [`${nameOf(7777)}/.well-known/openid-configuration`, 'https://keys.example/keys']);
  });

  test('takes at most 1 KB for each unused issuer', async () => {
    const memory = () => process.memoryUsage();
    const collect = /** @type {any} */ (globalThis).gc ?? (await exposeGc());
    const create = (count) =>
      createRemoteVerifier({
        issuers: Array.from({ length: count }, (_, index) => ({
          issuer: nameOf(index),
          audience: AUDIENCE,
          aws: { accounts: ['111122223333'] },
        })),
        fetch: network(),
      });
    create(10_000);
    collect();
    const before = memory();
    const verifier = create(10_000);
    collect();
    const after = memory();
    const bytes = (after.heapUsed + after.external - before.heapUsed - before.external) / 10_000;
    assert.ok(bytes < 1024, `${bytes} bytes`);
    assert.ok(verifier);
  });
});

async function exposeGc() {
  const { setFlagsFromString } = await import('node:v8');
  const { runInNewContext } = await import('node:vm');
  setFlagsFromString('--expose-gc');
  return runInNewContext('gc');
}

/** Lets work behind the response end. */
const settled = () => new Promise((resolve) => setTimeout(resolve, 5));

describe('remote verifier: a function for issuers', () => {
  const known = 'https://known.example/a';

  function createLookup(/** @type {Record<string, any>} */ { find, ...options } = {}) {
    /** @type {Record<string, any>} */
    const lookup = {
      now: START,
      calls: [],
      requests: [],
      find:
        find ?? ((iss) => (iss.startsWith('https://known.example/') ? { issuer: iss, audience: AUDIENCE } : undefined)),
    };
    lookup.verifier = createRemoteVerifier({
      issuers: (iss) => {
        lookup.calls.push(iss);
        return lookup.find(iss);
      },
      fetch: network(lookup.requests),
      clock: () => lookup.now,
      ...options,
    });
    lookup.say = async (iss, token = tokenFrom(iss)) => {
      const verdict = await lookup.verifier.safeVerify(token);
      return verdict.ok ? 'good' : verdict.error.code;
    };
    return lookup;
  }

  test('verifies the tokens of issuers that the function knows, and asks once', async () => {
    for (const wrap of [(value) => value, async (value) => value]) {
      const lookup = createLookup();
      const { find } = lookup;
      lookup.find = (iss) => wrap(find(iss));
      assert.equal(await lookup.say(known), 'good');
      assert.equal(await lookup.say(known), 'good');
      assert.equal(await lookup.say('https://unknown.example'), UNKNOWN);
      assert.equal(await lookup.say('https://unknown.example'), UNKNOWN);
      assert.deepEqual(lookup.calls, [known, 'https://unknown.example']);
      assert.ok(lookup.requests.every((url) => !url.includes('unknown')));
    }
  });

  test('asks again after softAge, and follows changes', async () => {
    const lookup = createLookup();
    assert.equal(await lookup.say(known), 'good');
    assert.equal(await lookup.say('https://new.example'), UNKNOWN);
    const { find } = lookup;
    lookup.find = (iss) => (iss === 'https://new.example' ? { issuer: iss, audience: AUDIENCE } : undefined);
    lookup.now += 299;
    assert.deepEqual([await lookup.say(known), await lookup.say('https://new.example')], ['good', UNKNOWN]);
    lookup.now += 2;
    assert.deepEqual([await lookup.say(known), await lookup.say('https://new.example')], [UNKNOWN, 'good']);
    lookup.find = (iss) => ({ ...find(iss), audience: 'other' });
    lookup.now += 301;
    assert.equal(await lookup.say(known), 'ERR_JWT_CLAIM_VALIDATION_FAILED');
  });

  test('applies a changed schema, and no longer calls a removed `jwks` function, even after an invalid answer in between', async () => {
    const lookup = createLookup();
    const { find } = lookup;
    const answer = async (change) => {
      lookup.find = (iss) => ({ ...find(iss), ...change });
      lookup.now += 3601;
      return lookup.say(known);
    };
    let calls = 0;
    const never = { version: 1, vendor: 'test', validate: () => ({ issues: [{ message: 'no' }] }) };
    assert.equal(await answer({ jwks: () => ((calls += 1), jwks) }), 'good');
    assert.equal(await answer({ audience: '' }), UNAVAILABLE);
    const before = calls;
    assert.equal(await answer({}), 'good');
    assert.equal(calls, before);
    assert.equal(await answer({ schema: { '~standard': never } }), 'ERR_JWT_CLAIM_VALIDATION_FAILED');
  });

  test('recovers at once after the clock was ahead', async () => {
    const lookup = createLookup();
    const { find } = lookup;
    lookup.now += 86_400;
    lookup.find = () => Promise.reject(new Error('down'));
    assert.equal(await lookup.say(known), UNAVAILABLE);
    assert.equal(await lookup.say('https://unknown.example'), UNAVAILABLE);
    lookup.now -= 86_400;
    lookup.find = find;
    assert.equal(await lookup.say(known), 'good');
    assert.equal(await lookup.say('https://unknown.example'), UNKNOWN);
  });

  test('follows changes at once after the clock was ahead', async () => {
    const lookup = createLookup();
    lookup.now += 30 * 86_400;
    const claims = { iss: known, sub: 'a', aud: AUDIENCE, iat: START - 10, exp: START + 1e7 };
    const token = mint('ES384', claims);
    assert.equal(await lookup.say(known, token), 'good');
    lookup.now = START;
    lookup.find = () => undefined;
    assert.equal(await lookup.say(known, token), UNKNOWN);
  });

  test('stops using keys that the configuration no longer contains', async () => {
    const lookup = createLookup({ fetch: outage });
    const { find } = lookup;
    lookup.find = (iss) => ({ ...find(iss), jwks });
    assert.equal(await lookup.say(known), 'good');
    lookup.find = find;
    lookup.now += 301;
    assert.equal(await lookup.say(known), UNAVAILABLE);
  });

  test('keeps fetched keys if other parts of the configuration change', async () => {
    const lookup = createLookup({ timing: { hardAge: 400 } });
    const { find } = lookup;
    assert.equal(await lookup.say(known), 'good');
    const { length } = lookup.requests;
    lookup.find = (iss) => ({ ...find(iss), clockTolerance: 5 });
    lookup.now += 301;
    lookup.verifier.explain(tokenFrom(known));
    assert.equal(await lookup.say(known), 'good');
    assert.equal(lookup.verifier.snapshot().issuers.length, 1);
    assert.ok(lookup.requests.length >= length);
  });

  test('keeps the answer of a later call if an earlier call fails afterwards', async () => {
    const lookup = createLookup();
    const { find } = lookup;
    let fail = () => {};
    lookup.find = () => new Promise((_, reject) => (fail = () => reject(new Error('late'))));
    const early = lookup.say(known);
    await settled();
    lookup.find = find;
    assert.equal(await lookup.say(known), 'good');
    fail();
    assert.equal(await early, 'good');
    assert.equal(await lookup.say(known), 'good');
    assert.equal(lookup.calls.length, 2);
  });

  test('counts null as an unknown issuer, because KV returns null', async () => {
    const lookup = createLookup({ find: () => null });
    assert.equal(await lookup.say(known), UNKNOWN);
  });

  test('keeps keys and cached tokens if the answer has not changed', async () => {
    const lookup = createLookup();
    await lookup.say(known);
    lookup.now += 301;
    await lookup.say(known);
    assert.equal(lookup.calls.length, 2);
    assert.equal(lookup.requests.filter((url) => url.includes('openid')).length, 1);
  });

  for (const [name, iss] of Object.entries({
    'is not a URL': 'known.example',
    'is an http URL': 'http://known.example/a',
    'is missing': undefined,
    'has a password': 'https://a:b@known.example/a',
    'has more than 512 characters': `https://known.example/${'a'.repeat(500)}`,
    'has a query': 'https://known.example/a?b',
    'is not in normal form': 'https://known.example/b/../a',
    'begins with a space': ' https://known.example/a',
    'has a tab': 'https://known.example/\ta',
  })) {
    test(`does not ask about an iss that ${name}`, async () => {
      const lookup = createLookup();
      assert.equal(await lookup.say(iss), UNKNOWN);
      assert.deepEqual(lookup.calls, []);
    });
  }

  for (const [name, answer, message] of /** @type {any[][]} */ ([
    [
      'throws',
      () => {
        throw new Error(`no ${known}`);
      },
      /^the function "issuers" threw an error$/,
    ],
    [
      'rejects',
      async () => {
        throw new Error(`no ${known}`);
      },
      /^the function "issuers" threw an error$/,
    ],
    ['rejects with undefined', () => Promise.reject(undefined), /threw an error/],
    ['hangs', () => new Promise(() => {}), /did not answer within 0.05 seconds/],
    ['returns a number', () => 5, /invalid configuration/],
    ['returns a string', () => known, /invalid configuration/],
    ['returns another issuer', () => ({ issuer: 'https://b.example', audience: AUDIENCE }), /returned another issuer/],
    [
      'returns the issuer in another form',
      () => ({ issuer: `${known}/`, audience: AUDIENCE }),
      /returned another issuer/,
    ],
    ['returns aliases', () => ({ issuer: known, aliases: ['a'], audience: AUDIENCE }), /returned "aliases"/],
    ['returns no audience', () => ({ issuer: known }), /invalid configuration/],
    [
      'returns an undefined policy',
      () => ({ issuer: known, audience: AUDIENCE, aws: undefined }),
      /invalid configuration/,
    ],
    ['returns an unknown option', () => ({ issuer: known, audience: AUDIENCE, clock: 5 }), /invalid configuration/],
    [
      'returns an http jwksUri',
      () => ({ issuer: known, audience: AUDIENCE, jwksUri: 'http://a.example' }),
      /invalid configuration/,
    ],
    [
      'returns keys that are not a JWK Set',
      () => ({ issuer: known, audience: AUDIENCE, jwks: '{' }),
      /invalid configuration/,
    ],
    [
      'returns a getter that throws',
      () => ({
        issuer: known,
        get audience() {
          throw new Error('x');
        },
      }),
      /invalid configuration/,
    ],
  ])) {
    test(`answers 503 only for that issuer if the function ${name}`, async () => {
      const lookup = createLookup({ timing: { timeout: 0.05 } });
      const { find } = lookup;
      lookup.find = (iss) => (iss === known ? answer() : find(iss));
      const error = await errorOf(lookup.verifier.verify(tokenFrom(known)));
      assert.deepEqual([error.status, error.retryable], [503, true], error.message);
      assert.match(error.message, message);
      assert.ok(!JSON.stringify({ ...error, message: error.message }).includes('known.example'));
      assert.equal(await lookup.say('https://known.example/b'), 'good');
      await errorOf(lookup.verifier.verify(tokenFrom(known)));
      assert.equal(lookup.calls.filter((iss) => iss === known).length, 1, 'asks again only after the back-off');
      lookup.find = find;
      lookup.now += 1.1;
      assert.equal(await lookup.say(known), 'good');
    });
  }

  test('uses an earlier answer up to hardAge while the function fails', async () => {
    const lookup = createLookup();
    await lookup.say(known);
    lookup.find = () => Promise.reject(new Error('down'));
    lookup.now += 3599;
    assert.equal(await lookup.say(known), 'good');
    assert.equal(await lookup.say(known), 'good');
    assert.equal(lookup.calls.length, 2);
    lookup.now += 2;
    assert.equal(await lookup.say(known), UNAVAILABLE);
  });

  test('lets one request wait for the function, and answers the others with the old configuration', async () => {
    const lookup = createLookup({ timing: { timeout: 0.2 } });
    await lookup.say(known);
    lookup.find = () => new Promise(() => {});
    lookup.now += 301;
    const first = lookup.say(known);
    const start = performance.now();
    for (let index = 0; index < 5; index += 1) assert.equal(await lookup.say(known), 'good');
    assert.ok(performance.now() - start < 200);
    assert.equal(await first, 'good');
    assert.equal(lookup.calls.length, 2);
  });

  test('keeps all known issuers and limits the calls if tokens have forged issuers', async () => {
    const lookup = createLookup({ maxCachedIssuers: 1 });
    assert.equal(await lookup.say(known), 'good');
    const forge = (index) => lookup.say(`https://forged${index}.example`);
    const codes = await Promise.all(Array.from({ length: 100 }, (_, index) => forge(index)));
    assert.deepEqual(new Set(codes), new Set([UNKNOWN, UNAVAILABLE]));
    assert.equal(lookup.calls.length, 1 + 16 + 1);
    assert.equal(await lookup.say(known), 'good');
    lookup.now += 11;
    for (let index = 200; index < 220; index += 1) await forge(index);
    assert.equal(lookup.calls.length, 1 + 16 + 2);
    lookup.calls.length = 0;
    assert.equal(await lookup.say(known), 'good');
    assert.deepEqual(lookup.calls, []);
  });

  test('limits the simultaneous calls for one issuer', async () => {
    const lookup = createLookup({ maxCachedIssuers: 1 });
    await Promise.all(Array.from({ length: 100 }, () => lookup.say(known)));
    assert.ok(lookup.calls.length <= 17, `${lookup.calls.length}`);
    const { length } = lookup.calls;
    lookup.now += 301;
    await Promise.all(Array.from({ length: 100 }, () => lookup.say(known)));
    assert.equal(lookup.calls.length, length + 1);
  });

  test('keeps at most maxCachedIssuers known issuers, and drops the least recently used one', async () => {
    const lookup = createLookup({ maxCachedIssuers: 2 });
    const say = (name) => lookup.say(`https://known.example/${name}`);
    for (const name of ['a', 'b', 'a', 'c', 'a', 'b']) assert.equal(await say(name), 'good');
    assert.deepEqual(
      lookup.calls.map((iss) => iss.at(-1)),
      ['a', 'b', 'c', 'b'],
    );
    assert.equal(lookup.verifier.snapshot().issuers.length, 2);
  });

  const forgedFrom = (iss) => tokenFrom(iss).replace(/[^.]*$/, 'A'.repeat(128));
  const nth = (index) => `https://known.example/${index}`;

  test('keeps an issuer in use, with its keys, however many real issuers forged tokens name', async () => {
    const lookup = createLookup({ maxCachedIssuers: 8 });
    assert.equal(await lookup.say(known), 'good');
    for (let index = 0; index < 50; index += 1) await lookup.say(nth(index), forgedFrom(nth(index)));
    lookup.calls.length = lookup.requests.length = 0;
    assert.equal(await lookup.say(known), 'good');
    assert.deepEqual([lookup.calls, lookup.requests], [[], []]);
    assert.equal(lookup.verifier.snapshot().issuers.length, 1 + 8 / 4);
    assert.equal(await lookup.say(nth('new')), 'good');
    for (let index = 0; index < 50; index += 1) await lookup.say(nth(index), forgedFrom(nth(index)));
    lookup.calls.length = 0;
    assert.equal(await lookup.say(nth('new')), 'good');
    assert.deepEqual(lookup.calls, []);
  });

  test('drops the issuer whose last verified token is the oldest, not one that forged tokens named less recently', async () => {
    const lookup = createLookup({ maxCachedIssuers: 2 });
    assert.equal(await lookup.say(nth('a')), 'good');
    assert.equal(await lookup.say(nth('b')), 'good');
    await lookup.say(nth('a'), forgedFrom(nth('a')));
    assert.equal(await lookup.say(nth('c')), 'good');
    lookup.calls.length = 0;
    assert.equal(await lookup.say(nth('b')), 'good');
    assert.deepEqual(lookup.calls, []);
  });

  test('answers valid tokens with 200 or 503 while other issuers displace their issuer', async () => {
    const lookup = createLookup({
      maxCachedIssuers: 1,
      fetch: async (url) => {
        await settled();
        return network()(url);
      },
    });
    const names = Array.from({ length: 12 }, (_, index) => nth(index));
    const codes = await Promise.all(names.map((iss) => lookup.say(iss)));
    assert.ok(!codes.includes(UNKNOWN), codes.join());
  });

  test('takes the same time for a forged token, however many unknown issuers are remembered', async () => {
    const full = async (maxCachedIssuers) => {
      const lookup = createLookup({ maxCachedIssuers, timing: { refetchInterval: 3600 } });
      const [head, , signature] = tokenFrom(known).split('.');
      const forge = (index) => {
        const payload = Buffer.from(`{"iss":"https://forged${index}.example"}`).toString('base64url');
        return lookup.verifier.safeVerify(`${head}.${payload}.${signature}`);
      };
      for (let index = 0; index <= maxCachedIssuers * 16; index += 1) await forge(index);
      return async (round) => {
        const start = performance.now();
        for (let index = 0; index < 50; index += 1) await forge(`${round}x${index}`);
        return performance.now() - start;
      };
    };
    const times = [Infinity, Infinity];
    const measure = [await full(128), await full(4096)];
    for (let round = 0; round < 7; round += 1) {
      for (const [index, run] of measure.entries()) times[index] = Math.min(times[index], await run(round));
    }
    assert.ok(times[1] < 3 * times[0], `${times} ms`);
  });

  test('accepts keys and a function for keys in the answer', async () => {
    let calls = 0;
    const lookup = createLookup({
      find: (iss) => ({ issuer: iss, audience: AUDIENCE, jwks: iss.endsWith('a') ? jwks : () => ((calls += 1), jwks) }),
    });
    assert.equal(await lookup.say('https://known.example/a'), 'good');
    assert.equal(await lookup.say('https://known.example/b'), 'good');
    assert.equal(calls, 1);
    assert.ok(lookup.requests.every((url) => !url.includes('/b/')));
    lookup.now += 301;
    assert.equal(await lookup.say('https://known.example/b'), 'good');
  });

  for (const [name, options, message] of /** @type {any[][]} */ ([
    ['an audience next to the function', { audience: AUDIENCE }, /^"audience" is unknown$/],
    ['a maxCachedIssuers of 0', { maxCachedIssuers: 0 }, /"maxCachedIssuers"/],
    ['a maxCachedTokens of -1', { maxCachedTokens: -1 }, /"maxCachedTokens"/],
  ])) {
    test(`rejects ${name}`, () => {
      assert.throws(() => createLookup(options), { code: 'ERR_OPTIONS_INVALID', message });
    });
  }
});

describe('remote verifier: a function for keys', () => {
  test('calls the function instead of fetching, and again for an unknown key', async () => {
    let current = jwksOf(OLD);
    for (const wrap of [(value) => value, (value) => JSON.parse(value), async (value) => value]) {
      current = jwksOf(OLD);
      let calls = 0;
      const store = memoryStore();
      const world = createWorld({ jwks: () => ((calls += 1), wrap(current)), store, answer: outage });
      assert.equal(await world.say(good), 'good');
      assert.equal(await world.say(good), 'good');
      assert.equal(calls, 1);
      current = jwksOf(NEW);
      world.now += 11;
      assert.equal(await world.say(rotated), 'good');
      assert.deepEqual([calls, world.requests], [2, []]);
    }
  });

  for (const [name, jwksFunction, kind, message] of /** @type {any[][]} */ ([
    [
      'throws',
      () => {
        throw new Error('no binding');
      },
      'jwks',
      /the function "jwks" failed: no binding/,
    ],
    ['hangs', () => new Promise(() => {}), 'timeout', /no answer within/],
    ['returns a Response', () => json(jwksOf(OLD)), 'jwks', /await response\.text\(\)/],
    ['returns undefined', () => undefined, 'jwks', /JWK Set/],
    ['returns no usable key', () => ({ keys: [] }), 'jwks', /no usable key/],
  ])) {
    test(`answers 503 if the function ${name}`, async () => {
      const world = createWorld({ jwks: jwksFunction, timing: { timeout: 0.05 } });
      const error = await errorOf(world.verifier.verify(good));
      assert.deepEqual([error.code, error.kind, error.jwksUri, error.status], [UNAVAILABLE, kind, undefined, 503]);
      assert.match(error.message, message);
    });
  }
});

describe('remote verifier: events', () => {
  test('reports fetches, store hits, renewals, stale keys and verdicts, with the context of the request', async () => {
    /** @type {any[]} */
    const events = [];
    const contexts = new Set();
    const store = memoryStore();
    const world = createWorld({ store, onEvent: (event, call) => void (events.push(event), contexts.add(call)) });
    const context = { waitUntil() {} };
    await world.verifier.verify(good, context);
    const types = () => events.splice(0).map(({ type }) => type);
    assert.deepEqual(
      events.map(({ duration, ...rest }) => [rest, typeof duration]),
      [
        [{ type: 'store', issuer: ISSUER, hit: false }, 'number'],
        [{ type: 'fetch', issuer: ISSUER, url: `${ISSUER}/.well-known/jwks.json` }, 'number'],
        [{ type: 'verdict', issuer: ISSUER }, 'number'],
      ],
    );
    assert.deepEqual([...contexts], [context]);
    types();
    await world.verifier.safeVerify('x');
    assert.deepEqual(
      events.splice(0).map(({ type, code, issuer }) => [type, code, issuer]),
      [['verdict', 'ERR_JWS_INVALID', undefined]],
    );
    await world.verifier.verify(good);
    assert.deepEqual(types(), ['verdict']);
    world.now += 400;
    await world.verifier.verify(good);
    await world.settle();
    assert.deepEqual(types(), ['renewal', 'verdict', 'store', 'fetch']);
    world.now += 4000;
    world.answer = outage;
    await world.verifier.verify(good);
    const stale = events.find(({ type }) => type === 'stale');
    assert.equal(stale.age, 4000);
    assert.equal(events.find(({ type }) => type === 'fetch').kind, 'status');
    assert.ok(!JSON.stringify(events).includes(good.slice(0, 40)));
  });

  test('ignores the errors of onEvent', async () => {
    const late = createWorld({ onEvent: () => Promise.reject(new Error('x')) });
    assert.equal(await late.say(good), 'good');
    await settled();
    const world = createWorld({
      onEvent() {
        throw new Error('x');
      },
    });
    assert.equal(await world.say(good), 'good');
    assert.throws(() => createWorld({ onEvent: 5 }), { code: 'ERR_OPTIONS_INVALID', message: /"onEvent"/ });
  });
});

describe('remote verifier: ready', () => {
  test('fetches the keys of all issuers that have no fresh keys, at most eight at a time', async () => {
    const requests = [];
    let active = 0;
    let most = 0;
    const issuers = Array.from({ length: 30 }, (_, index) => ({
      issuer: `https://t${index}.example`,
      audience: AUDIENCE,
      discovery: false,
    }));
    const fetch = async (url) => {
      requests.push(url);
      most = Math.max(most, (active += 1));
      await new Promise((resolve) => setTimeout(resolve, 1));
      active -= 1;
      return json(JSON.stringify(jwks));
    };
    const verifier = createRemoteVerifier({
      issuers,
      fetch,
      clock: () => START,
    });
    await verifier.ready();
    await verifier.ready();
    assert.deepEqual([requests.length, most], [30, 8]);
    assert.equal(verifier.snapshot().issuers.length, 30);
    await verifier.verify(tokenFrom('https://t3.example'));
    assert.equal(requests.length, 30);
  });

  test('rejects if keys are missing and cannot be fetched, after trying all issuers', async () => {
    const issuers = ['https://a.example', 'https://b.example'].map((issuer) => ({
      issuer,
      audience: AUDIENCE,
      discovery: false,
    }));
    const fetch = async (url) => (url.includes('//a.') ? outage() : json(JSON.stringify(jwks)));
    const verifier = createRemoteVerifier({ issuers, fetch, clock: () => START });
    const error = await errorOf(verifier.ready());
    assert.deepEqual([error.code, error.issuer], [UNAVAILABLE, 'https://a.example']);
    assert.deepEqual(
      verifier.snapshot().issuers.map(({ issuer }) => issuer),
      ['https://b.example'],
    );
  });

  test('resolves if old keys can still be used', async () => {
    const world = createWorld();
    await world.verifier.ready();
    world.answer = outage;
    world.now += 4000;
    await world.verifier.ready();
    assert.equal(world.requests.length, 2);
  });
});

describe('remote verifier: safeVerify', () => {
  test('resolves to the token or the error, and rejects for mistakes in the configuration', async () => {
    const world = createWorld({ clock: () => 'now' });
    await assert.rejects(world.verifier.safeVerify(good), { code: 'ERR_OPTIONS_INVALID' });
    const { verifier } = createWorld();
    assert.equal((await verifier.safeVerify(good)).ok, true);
    const refused = await verifier.safeVerify('x');
    assert.deepEqual([refused.ok, /** @type {any} */ (refused).error.code], [false, 'ERR_JWS_INVALID']);
  });
});
