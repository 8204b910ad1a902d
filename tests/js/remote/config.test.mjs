// Tests `sts-jwt/remote` with keys from the configuration or a snapshot, and with invalid configurations.
import assert from 'node:assert/strict';
import test, { describe } from 'node:test';
import { createVerifier } from 'sts-jwt';
import {
  AUDIENCE,
  createWorld,
  good,
  HOUR,
  ISSUER,
  json,
  jwksOf,
  NEW,
  OLD,
  outage,
  rotated,
  START,
  tokenOf,
  URI,
} from '../support/remote.mjs';

describe('remote verifier: configuration and snapshots', () => {
  test('uses keys from the configuration or a snapshot immediately, and respects the age of a snapshot', async () => {
    const world = createWorld({ jwks: jwksOf(OLD), answer: outage });
    assert.equal(await world.say(good), 'good');
    assert.equal(world.requests.length, 1, 'the age of configured keys is unknown');
    const source = createWorld();
    await source.verifier.verify(good);
    const snapshot = JSON.parse(JSON.stringify(source.verifier.snapshot()));
    const restored = createWorld({ answer: outage });
    restored.now += 200;
    restored.verifier.restore(snapshot);
    assert.equal(await restored.say(good), 'good');
    assert.equal(restored.requests.length, 0);
    restored.now += 101;
    assert.equal(await restored.say(good), 'good');
    assert.equal(restored.requests.length, 1);
    assert.equal(restored.verifier.explain(good).verdict, 'accepted');
  });

  test('ignores an older snapshot, and still follows rotations after a snapshot from the future', async () => {
    const world = createWorld();
    await world.verifier.verify(good);
    const older = world.verifier.snapshot();
    world.now += 7 * HOUR;
    await world.verifier.verify(good);
    world.verifier.restore(older);
    await world.verifier.verify(good);
    assert.equal(world.requests.length, 2);
    const restored = createWorld({ answer: () => json(jwksOf(NEW)) });
    restored.now = world.now;
    restored.verifier.restore(world.verifier.snapshot());
    restored.now = START;
    assert.equal(await restored.say(rotated), 'good');
  });

  test('checks a snapshot on the first call if it was restored while the clock still showed 0', async () => {
    const source = createWorld();
    await source.verifier.verify(good);
    const snapshot = source.verifier.snapshot();
    for (const [later, requests] of [
      [0, 0],
      [200, 0],
      [-60, 0],
      [-61, 1],
      [-1e6, 1],
    ]) {
      const world = createWorld();
      world.now = 0;
      world.verifier.restore(snapshot);
      world.now = START + later;
      const token = tokenOf(OLD, START - 1e6 - 100, { exp: START + 1e6 });
      assert.equal(await world.say(token), 'good');
      assert.equal(world.requests.length, requests, `${later}`);
      assert.ok(world.verifier.snapshot().issuers[0].fetchedAt <= world.now + 60);
    }
    const world = createWorld();
    world.now = START - 61;
    assert.throws(() => world.verifier.restore(snapshot), { code: 'ERR_JWKS_INVALID', message: /future/ });
  });

  test('restores keys only if they come from the same URL', async () => {
    const FORGED = 'https://tenant.example.test/keys';
    const options = {
      default: { discovery: false },
      same: { jwksUri: URI },
      other: { jwksUri: FORGED },
      discovery: { discovery: true },
    };
    const document = JSON.stringify({ issuer: ISSUER, jwks_uri: URI });
    const answer = (url) => json(url === URI || url === FORGED ? jwksOf(OLD) : document);
    const taken = [];
    for (const [from, given] of Object.entries(options)) {
      const source = createWorld({ ...given, answer });
      await source.verifier.verify(good);
      const snapshot = JSON.parse(JSON.stringify(source.verifier.snapshot()));
      for (const [to, given] of Object.entries(options)) {
        const world = createWorld({ ...given, answer });
        world.verifier.restore(snapshot);
        assert.equal(await world.say(good), 'good');
        if (world.requests.length === 0) taken.push(`${from} ${to}`);
      }
    }
    assert.deepEqual(taken, [
      'default default',
      'default same',
      'same default',
      'same same',
      'other other',
      'discovery discovery',
    ]);
  });

  const misconfigured = {
    'an issuer with a query': [{ issuer: `${ISSUER}/?a` }, /"issuer"/],
    'an http issuer': [{ issuer: ISSUER.replace('https', 'http') }, /"issuer"/],
    'an http jwksUri': [{ jwksUri: 'http://keys.example.test/' }, /"jwksUri"/],
    'an empty audience': [{ audience: '' }, /"audience"/],
    'an empty list of audiences': [{ audience: [] }, /"audience"/],
    'the same issuer twice': [{ issuers: Array(2).fill({ issuer: ISSUER, audience: AUDIENCE }) }, /"issuers"/],
    'an unknown option': [{ cooldown: 5 }, /cooldown/],
    'an unknown member of timing': [{ timing: { ttl: 5 } }, /"timing\.ttl"/],
    'a negative time': [{ timing: { softAge: -1 } }, /"timing\.softAge"/],
    'a time in milliseconds': [{ timing: { softAge: 300_000 } }, /"timing\.softAge"/],
    'a timeout of zero': [{ timing: { timeout: 0 } }, /"timing\.timeout"/],
    'a timeout that is too long': [{ timing: { timeout: 31 } }, /"timing\.timeout"/],
    'a time that is not a number': [{ timing: { timeout: '3' } }, /"timing\.timeout"/],
    'a time that is NaN': [{ timing: { backoff: NaN } }, /"timing\.backoff"/],
    'a time that is null': [{ timing: { timeout: null } }, /"timing\.timeout"/],
    'a random that returns NaN': [{ random: () => NaN }, /"random" must be a number from 0 to 1/],
    'a random that returns a string': [{ random: () => '0.5' }, /"random"/],
    'a random that returns more than 1': [{ random: () => 2 }, /"random"/],
    'a random that returns less than 0': [{ random: () => -1 }, /"random"/],
    'discovery together with an empty jwksUri': [{ discovery: true, jwksUri: '' }, /"discovery"/],
    'a softAge above the hardAge': [{ timing: { softAge: 600, hardAge: 300 } }, /softAge <= hardAge/],
    'a staleIfError below the hardAge': [{ timing: { staleIfError: 60 } }, /softAge <= hardAge <= staleIfError/],
    'a backoff above the maxBackoff': [{ timing: { backoff: 30, maxBackoff: 10 } }, /backoff <= maxBackoff/],
    maxKeyAge: [{ maxKeyAge: 60 }, /"maxKeyAge"/],
    'a fetch that is not a function': [{ fetch: 'https://keys.example.test' }, /"fetch"/],
    'a clock that is not a function': [{ clock: START }, /"clock"/],
    'a store without methods': [{ store: {} }, /"store"/],
    'a store without put': [{ store: { get() {} } }, /"store"/],
    'a store without get': [{ store: { put() {} } }, /"store"/],
    'discovery together with jwksUri': [{ discovery: true, jwksUri: URI }, /"discovery"/],
    'discovery that is not a boolean': [{ discovery: 'yes' }, /"discovery"/],
  };

  for (const [name, [change, message]] of Object.entries(misconfigured)) {
    test(`rejects ${name} at construction`, () => {
      assert.throws(() => createWorld(change), { code: 'ERR_OPTIONS_INVALID', message });
    });
  }

  test('accepts a URL object as jwksUri, also in a Verifier', () => {
    const jwksUri = new URL('https://keys.example.test/a%20b?c=d');
    const verifier = createVerifier({ issuer: ISSUER, audience: AUDIENCE, jwksUri });
    jwksUri.host = 'changed.example.test';
    const { error } = /** @type {any} */ (verifier.safeVerify(good));
    assert.deepEqual([error.code, error.jwksUri], ['ERR_JWKS_KEYS_NEEDED', 'https://keys.example.test/a%20b?c=d']);
  });

  test('rejects a configuration that is not an object', async () => {
    const { createRemoteVerifier } = await import('sts-jwt/remote');
    for (const config of /** @type {any[]} */ ([
      undefined,
      null,
      'x',
      {},
      { issuers: [] },
      { issuers: 5 },
      { issuers: [null] },
    ])) {
      assert.throws(() => createRemoteVerifier(/** @type {any} */ (config)), { code: 'ERR_OPTIONS_INVALID' });
    }
  });
});
