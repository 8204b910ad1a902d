// What a Verifier remembers: counted by the calls that it makes of the module.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import test, { describe } from 'node:test';
import { pathToFileURL } from 'node:url';
import { createVerifier } from 'sts-jwt';
import { createFixtures } from '../fixtures.mjs';
import { PROJECT } from '../support/paths.mjs';

const { running } = await import(pathToFileURL(join(PROJECT, 'node_modules/sts-jwt/engine.js')).href);
const { issuer, audience, jwks, rotated, several, now } = createFixtures();

const calls = { first: 0, again: 0, freed: 0 };
const core = running();
const { engine_verify_and_remember, engine_check, __wbg_rawtoken_free } = core.exports;
core.exports = {
  ...core.exports,
  engine_verify_and_remember: (...args) => ((calls.first += 1), engine_verify_and_remember(...args)),
  engine_check: (...args) => ((calls.again += 1), engine_check(...args)),
  __wbg_rawtoken_free: (...args) => ((calls.freed += 1), __wbg_rawtoken_free(...args)),
};

/** A verifier, and what `run` makes it do. */
const verifierOf = (options) => createVerifier({ issuer, audience, jwks, ...options });
function count(run) {
  Object.assign(calls, { first: 0, again: 0, freed: 0 });
  run();
  return [calls.first, calls.again, calls.freed];
}

describe('token memory', () => {
  test('spares a repeated token the signature', () => {
    const verifier = verifierOf({});
    const verifyAll = () => several.forEach((token) => verifier.verify(token, { now }));
    assert.deepEqual(count(verifyAll), [12, 0, 0]);
    assert.deepEqual(count(verifyAll), [0, 12, 0]);
  });

  test('evicts and frees the least recently used tokens', () => {
    const verifier = verifierOf({ maxCachedTokens: 3 });
    const verify = (...indexes) => count(() => indexes.forEach((index) => verifier.verify(several[index], { now })));
    assert.deepEqual(verify(0, 1, 2), [3, 0, 0]);
    assert.deepEqual(verify(0), [0, 1, 0]);
    assert.deepEqual(verify(3), [1, 0, 1]);
    assert.deepEqual(verify(0, 2, 3), [0, 3, 0]);
    assert.deepEqual(verify(1), [1, 0, 1]);
    assert.deepEqual(verify(...several.keys()), [11, 1, 11]);
  });

  test('removes expired tokens when they or others are used', () => {
    const verifier = verifierOf({});
    const [one, two] = several;
    verifier.verify(one, { now });
    assert.deepEqual(
      count(() => assert.throws(() => verifier.verify(one, { now: now + 400 }))),
      [0, 1, 1],
    );
    verifier.verify(one, { now });
    assert.deepEqual(
      count(() => verifier.verify(two, { now: now + 310 })),
      [1, 0, 1],
    );
  });

  test('empties itself for other keys, but not for the same keys', () => {
    const verifier = verifierOf({});
    several.forEach((token) => verifier.verify(token, { now }));
    assert.deepEqual(
      count(() => verifier.setKeys(issuer, JSON.stringify(jwks))),
      [0, 0, 0],
    );
    assert.deepEqual(
      count(() => verifier.verify(several[0], { now })),
      [0, 1, 0],
    );
    assert.deepEqual(
      count(() => verifier.setKeys(issuer, rotated.jwks)),
      [0, 0, 12],
    );
  });

  test('keeps nothing if its limit is 0', () => {
    const verifier = verifierOf({ maxCachedTokens: 0 });
    assert.deepEqual(
      count(() => several.forEach((token) => verifier.verify(token, { now }))),
      [0, 0, 0],
    );
  });
});
