// Tests the caches of a Verifier and of verify(), by counting their calls into the WebAssembly module.
import assert from 'node:assert/strict';
import test, { describe } from 'node:test';
import { createFixtures } from '../fixtures.mjs';
import { createIssuer, stsClaims } from '../support/issuer.mjs';

const { issuer, audience, jwks, rotated, several, now } = createFixtures();

const calls = { first: 0, again: 0, freed: 0, options: 0 };
const COUNTED = {
  engine_keep: 'first',
  engine_check: 'again',
  __wbg_rawtoken_free: 'freed',
  engine_options: 'options',
};
/** Returns an instance whose exports in `COUNTED` count their calls. */
function counted(instance) {
  const exports = { ...instance.exports };
  for (const [name, count] of Object.entries(COUNTED)) {
    const call = exports[name];
    exports[name] = (...args) => ((calls[count] += 1), call(...args));
  }
  return { exports };
}
// Must run before the import of the package, which creates the instance.
WebAssembly.Instance = new Proxy(WebAssembly.Instance, {
  construct: (target, [module]) => counted(new target(module)),
});
const { createVerifier, verify } = await import('sts-jwt');

const verifierOf = (options) => createVerifier({ issuer, audience, jwks, ...options });

/** Calls `run`. Returns how many tokens were verified, how many were checked again, and how many were freed. */
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

  test('removes expired tokens when any token is used', () => {
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

  test('caches nothing if either limit is 0', () => {
    for (const limit of [{ maxCachedTokens: 0 }, { maxCachedTokenBytes: 0 }]) {
      const verifier = verifierOf(limit);
      assert.deepEqual(
        count(() => several.forEach((token) => verifier.verify(token, { now }))),
        [12, 0, 12],
      );
    }
  });

  describe('for tokens of 32 KiB', () => {
    const large = createIssuer();
    const mint = (size, index) =>
      large.mint('ES384', { ...stsClaims(large.url, 'a', now), jti: `${index}`, padding: 'x'.repeat(size) });
    const tokens = Array.from({ length: 100 }, (_, index) => mint(23_200, index));
    const largeVerifier = (options) =>
      createVerifier({ issuer: large.url, audience: 'a', jwks: large.jwks, ...options });
    const verifyAll = (verifier, some) => count(() => some.forEach((token) => verifier.verify(token, { now })));
    assert.ok(tokens[0].length > 31_000 && tokens[0].length <= 32_768, `${tokens[0].length}`);

    /** The approximate cost of a token in the cache: its length, and three times the length of its claims. */
    const cost = tokens[0].length * 3.25;

    test('keeps at most 4 MiB', () => {
      const verifier = largeVerifier({});
      const [first, , freed] = verifyAll(verifier, tokens);
      const kept = first - freed;
      assert.equal(first, 100);
      assert.ok(Math.abs((kept * cost) / 2 ** 20 - 4) < 0.2, `keeps ${kept}`);
      // These are the most recently used tokens.
      assert.deepEqual(verifyAll(verifier, tokens.slice(-kept)), [0, kept, 0]);
    });

    test('applies maxCachedTokenBytes', () => {
      const verifier = largeVerifier({ maxCachedTokenBytes: 3.5 * cost });
      assert.deepEqual(verifyAll(verifier, tokens.slice(0, 5)), [5, 0, 2]);
      assert.deepEqual(verifyAll(verifier, tokens.slice(2, 5)), [0, 3, 0]);
    });

    test('subtracts the bytes of evicted tokens', () => {
      const verifier = largeVerifier({ maxCachedTokenBytes: 2.5 * cost });
      for (let i = 0; i < 50; i += 1) verifyAll(verifier, tokens.slice(0, 4));
      assert.deepEqual(verifyAll(verifier, tokens.slice(2, 4)), [0, 2, 0]);
      verifier.setKeys(large.url, { keys: [] }, { now });
      verifier.setKeys(large.url, large.jwks, { now });
      assert.deepEqual(verifyAll(verifier, [...tokens.slice(0, 2), ...tokens.slice(0, 2)]), [2, 2, 0]);
    });

    test('counts each value in the claims, because small values take more memory than their text', () => {
      const nested = Array.from({ length: 40 }, (_, index) =>
        large.mint('ES384', {
          ...stsClaims(large.url, 'a', now),
          jti: `${index}`,
          nested: Array.from({ length: 7000 }, () => []),
        }),
      );
      const [first, , freed] = verifyAll(largeVerifier({}), nested);
      assert.ok(first - freed <= 5, `keeps ${first - freed}`);
    });

    test('verifies but does not cache a token that is larger than the limit', () => {
      const verifier = largeVerifier({ maxCachedTokenBytes: 0.5 * cost });
      const small = mint(10, -1);
      assert.deepEqual(verifyAll(verifier, [small, tokens[0], tokens[0], small]), [3, 1, 2]);
    });
  });
});

describe('options memory', () => {
  test('parses repeated options only once, even if they have undefined members', () => {
    for (const more of [{}, { clockTolerance: undefined, collectAll: undefined }]) {
      calls.options = 0;
      for (let i = 0; i < 9; i += 1)
        verify(several[0], jwks, { issuer, audience, requiredClaims: ['sub'], now: now + i / 100, ...more });
      assert.equal(calls.options, 'clockTolerance' in more ? 0 : 1);
    }
  });
});
