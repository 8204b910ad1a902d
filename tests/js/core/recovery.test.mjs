// Tests what happens after a call that trapped: a new instance starts, and an object is parsed again at its next use.
// Also tests exhausted memory, and instances that cannot be replaced.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test, { describe } from 'node:test';
import { createFixtures } from '../fixtures.mjs';
import { entriesOf } from '../suite/recovery.mjs';
import { PROJECT } from '../support/paths.mjs';

const PACKAGE = `${PROJECT}node_modules/sts-jwt`;
const fixtures = createFixtures();
const { issuer, audience, jwks, tokens, now } = fixtures;
const options = { issuer, audience, now };

/** The instances that were started, and how often some exports were called. */
const instances = [];
const calls = { engine_keyset: 0, engine_options: 0, engine_keep: 0, engine_check: 0 };
/** While this message is set, every call of an export throws a RuntimeError with this message. */
let fault;
let canStart = true;

// Runs before the import of the package, which creates the first instance.
WebAssembly.Instance = new Proxy(WebAssembly.Instance, {
  construct(target, [module]) {
    if (!canStart) throw new RangeError('out of memory');
    const instance = new target(module);
    instances.push(instance);
    const exports = { ...instance.exports };
    for (const [name, call] of Object.entries(instance.exports)) {
      if (typeof call !== 'function') continue;
      exports[name] = (...args) => {
        if (name in calls) calls[name] += 1;
        if (fault) throw new WebAssembly.RuntimeError(fault);
        return call(...args);
      };
    }
    return { exports };
  },
});
const api = { ...(await import('sts-jwt')), ...(await import('sts-jwt/aws')) };
const { createVerifier, init, KeySet, verify } = api;

/** Makes one call fail inside the module. */
function stop(call = () => api.decode(tokens.ES384)) {
  fault = 'unreachable';
  try {
    assert.throws(call, {
      name: 'JwtError',
      code: 'ERR_WASM_UNAVAILABLE',
      category: 'config',
      status: 500,
      retryable: false,
      message: 'WebAssembly ran out of stack or memory; the next call restarts it',
    });
  } finally {
    fault = undefined;
  }
}

function count(run) {
  for (const name of Object.keys(calls)) calls[name] = 0;
  run();
  return calls;
}

describe('recovery', () => {
  test('starts one new instance after a trap in any export', () => {
    const entries = entriesOf({ api, fixtures });
    for (const [name, call] of Object.entries(entries)) {
      const before = call();
      const started = instances.length;
      stop(call);
      assert.deepEqual(call(), before, name);
      assert.deepEqual(call(), before, name);
      assert.equal(instances.length, started + 1, name);
    }
  });

  test('parses a key set and options again only at their next use', () => {
    const [used, unused] = [new KeySet(jwks), new KeySet(jwks)];
    const verifiers = [1, 2, 3].map(() => createVerifier({ issuer, audience, jwks }));
    verify(tokens.ES384, used, options);
    stop();
    const first = count(() => verify(tokens.ES384, used, options));
    assert.deepEqual([first.engine_keyset, first.engine_options], [1, 1]);
    const second = count(() => verifiers[0].verify(tokens.ES384, { now }));
    assert.deepEqual([second.engine_keyset, second.engine_options], [1, 1]);
    const third = count(() => [
      used.keys,
      verify(tokens.ES384, used, options),
      verifiers[0].verify(tokens.ES384, { now }),
    ]);
    assert.deepEqual([third.engine_keyset, third.engine_options], [0, 0]);
    unused.free();
    assert.throws(() => unused.keys, { code: 'ERR_OPTIONS_INVALID', message: 'the KeySet was freed' });
  });

  test('verifies a cached token again after a restart', () => {
    const verifier = createVerifier({ issuer, audience, jwks });
    const verifyOnce = () => verifier.verify(tokens.ES384, { now });
    const verified = verifyOnce();
    stop();
    for (const [anew, again] of [
      [1, 0],
      [0, 1],
    ]) {
      const made = count(() => assert.deepEqual(verifyOnce(), verified));
      assert.deepEqual([made.engine_keep, made.engine_check], [anew, again]);
    }
  });

  test('throws ERR_WASM_UNAVAILABLE and rejects init() while no instance can start', async () => {
    const keySet = new KeySet(jwks);
    stop();
    canStart = false;
    try {
      const failure = {
        name: 'JwtError',
        code: 'ERR_WASM_UNAVAILABLE',
        message: /did not restart$/,
      };
      for (const [name, call] of Object.entries({
        verify: () => verify(tokens.ES384, keySet, options),
        decode: () => api.decode(tokens.ES384),
        explain: () => api.explain(tokens.ES384, keySet, options),
        warmup: () => api.warmup(),
      })) {
        assert.throws(call, failure, name);
      }
      await assert.rejects(init(), failure);
      keySet.free();
    } finally {
      canStart = true;
    }
    await init();
    assert.equal(verify(tokens.ES384, jwks, options).alg, 'ES384');
  });

  test('rejects init() of the browser entry while no instance can start', async () => {
    const { fetch } = globalThis;
    globalThis.fetch = async () => new Response(readFileSync(`${PACKAGE}/dist/sts_jwt.wasm`));
    try {
      const web = await import(`${PACKAGE}/dist/web.js`);
      await web.init();
      stop();
      canStart = false;
      await assert.rejects(web.init(), { code: 'ERR_WASM_UNAVAILABLE' });
      canStart = true;
      await web.init();
      assert.equal(web.decode(tokens.ES384).header.alg, 'ES384');
    } finally {
      canStart = true;
      globalThis.fetch = fetch;
    }
  });

  test('recovers after memory has run out', () => {
    const verifier = createVerifier({ issuer, audience, jwks });
    const text = JSON.stringify({ ...jwks, padding: 'x'.repeat(200_000) });
    const last = instances.length;
    // Leaves no room for the memory to grow; the limit of a module is 4 GiB.
    const { memory } = instances.at(-1).exports;
    memory.grow(65_536 - memory.buffer.byteLength / 65_536);
    const keySets = [];
    let error;
    while (!error && keySets.length < 100_000) {
      try {
        keySets.push(new KeySet(text));
      } catch (caught) {
        error = caught;
      }
    }
    assert.equal(error?.code, 'ERR_WASM_UNAVAILABLE');
    assert.equal(verifier.verify(tokens.ES384, { now }).alg, 'ES384');
    assert.equal(instances.length, last + 1);
    for (const keySet of keySets) keySet.free();
    assert.equal(new KeySet(text).keys.length, jwks.keys.length);
  });
});
