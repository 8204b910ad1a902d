// Tests what a Verifier caches, by counting its calls of the WebAssembly module.
import assert from 'node:assert/strict';
import test, { describe } from 'node:test';
import { createFixtures } from '../fixtures.mjs';

const { issuer, audience, jwks, rotated, several, now } = createFixtures();

const calls = { first: 0, again: 0, freed: 0 };
const COUNTED = { engine_verify_and_remember: 'first', engine_check: 'again', __wbg_rawtoken_free: 'freed' };
/** Returns the exports of an instance, with a counter in some of them. */
function counted(instance) {
  const exports = { ...instance.exports };
  for (const [name, count] of Object.entries(COUNTED)) {
    const call = exports[name];
    exports[name] = (...args) => ((calls[count] += 1), call(...args));
  }
  return { exports };
}
// Must precede the import of the package, which creates its instance.
WebAssembly.Instance = new Proxy(WebAssembly.Instance, {
  construct: (target, [module]) => counted(new target(module)),
});
const { createVerifier } = await import('sts-jwt');

const verifierOf = (options) => createVerifier({ issuer, audience, jwks, ...options });

/** Returns how many tokens `run` verifies, checks again, and frees. */
function count(run) {
  Object.assign(calls, { first: 0, again: 0, freed: 0 });
  run();
  return [calls.first, calls.again, calls.freed];
}

describe('token memory', () => {
  test('does not verify the signature of a repeated token again', () => {
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

  test('clears the cache if the keys change, but not if the same keys are set', () => {
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

  test('caches nothing if the limit is 0', () => {
    const verifier = verifierOf({ maxCachedTokens: 0 });
    assert.deepEqual(
      count(() => several.forEach((token) => verifier.verify(token, { now }))),
      [0, 0, 0],
    );
  });
});
