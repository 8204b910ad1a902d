// Tests that warmup() compiles what the first token needs, and what older runtimes need instead of newer functions.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import test, { describe } from 'node:test';
import { createVerifier, warmup } from 'sts-jwt';
import { createFixtures } from '../fixtures.mjs';

const { issuer, audience, jwks, tokens, now } = createFixtures();
const config = JSON.stringify({ issuer, audience, jwks });

/** Runs a module in a new process. Returns the size of each WebAssembly function that it compiled, by the function's index. */
function compiledBy(statements) {
  const source = `import { createVerifier, KeySet, verify, warmup } from 'sts-jwt'; ${statements}`;
  const args = ['--trace-wasm-compilation-times', '--input-type=module', '-e', source];
  const output = execFileSync(process.execPath, args, {
    cwd: import.meta.dirname,
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
  });
  const functions = output.matchAll(/#(\d+) using Liftoff.*?; bodysize (\d+)/g);
  return new Map([...functions].map(([, index, bytes]) => [index, Number(bytes)]));
}

const sizeOf = (functions) => [...functions.values()].reduce((sum, bytes) => sum + bytes, 0);
const without = (functions, others) => new Map([...functions].filter(([index]) => !others.has(index)));

const verifying = (token) => `createVerifier(${config}).verify(${JSON.stringify(token)}, { now: ${now} });`;

describe('warmup()', () => {
  for (const alg of ['ES384', 'RS256']) {
    test(`compiles what the first ${alg} token needs`, () => {
      const needed = sizeOf(compiledBy(verifying(tokens[alg])));
      for (const call of ['warmup();', `warmup(['${alg}']);`]) {
        const missing = sizeOf(without(compiledBy(call + verifying(tokens[alg])), compiledBy(call)));
        assert.ok(missing < needed / 20, `${call} leaves ${missing} of ${needed} bytes`);
      }
    });
  }

  test('compiles less for one algorithm', () => {
    const both = sizeOf(compiledBy('warmup();'));
    for (const alg of ['ES384', 'RS256']) assert.ok(sizeOf(compiledBy(`warmup(['${alg}']);`)) < both * 0.9, alg);
  });

  test('rejects anything that is not a list of algorithms', () => {
    for (const algorithms of [null, [], ['HS256'], ['ES384', 'es384'], 'ES384', 5])
      assert.throws(() => warmup(/** @type {any} */ (algorithms)), { name: 'JwtError', code: 'ERR_OPTIONS_INVALID' });
  });
});

describe('a runtime without isWellFormed() and Uint8Array.fromBase64()', () => {
  test('rejects a lone surrogate, and loads the inlined module', () => {
    const source = `
      delete String.prototype.isWellFormed;
      delete Uint8Array.fromBase64;
      const { createVerifier, KeySet } = await import('sts-jwt/inline');
      ${verifying(tokens.ES384)}
      new KeySet('{"keys":[]}');
      try { new KeySet('{"keys":[],"x":"\\ud800"}'); } catch (error) { console.log(error.code, error.message); }`;
    const args = ['--input-type=module', '-e', source];
    const output = execFileSync(process.execPath, args, { cwd: import.meta.dirname, encoding: 'utf8' });
    assert.equal(output, 'ERR_JWKS_INVALID the JWK Set has a lone surrogate\n');
  });
});

test('verifies the tokens of others after warmup()', () => {
  warmup();
  assert.ok(createVerifier({ issuer, audience, jwks }).verify(tokens.RS256, { now }));
});
