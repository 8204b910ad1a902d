// Compares the bindings that `cargo xtask bindings --target nodejs` builds with the npm package, on the corpora and the
// suite's tokens. Both must return the same results.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import test, { describe } from 'node:test';
import * as npm from 'sts-jwt';
import { audience, awsTokens, callers, issuer, jwks, tokens } from '../support/callers.mjs';
import { readCorpora } from '../support/corpora.mjs';
import { createIssuer, stsClaims } from '../support/issuer.mjs';
import { ROOT, TOOLS } from '../support/paths.mjs';

/** The time before the first build. The tests verify at this time, because the tokens may expire during a build. */
const NOW = Math.floor(Date.now() / 1000);

/** Builds the bindings and returns the path of their main file. */
function build(target) {
  execFileSync('cargo', ['xtask', 'bindings', '--target', target], {
    cwd: ROOT,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  return join(ROOT, 'target/bindings', target, 'sts_jwt_bindings.js');
}
const bindings = createRequire(import.meta.url)(build('nodejs'));

const DETAILS = ['name', 'message', 'code', 'category', 'status', 'retryable', 'claim', 'reason', 'expected', 'actual'];

/** Returns the result of a call, or the members of the JwtError that the call throws. */
function outcomeOf(call) {
  try {
    return { returned: call() };
  } catch (error) {
    assert.ok(error instanceof Error);
    assert.equal(error.name, 'JwtError', error.stack);
    return { thrown: detailsOf(error) };
  }
}

function detailsOf(error) {
  const details = Object.fromEntries(DETAILS.map((name) => [name, error[name]]));
  return error.errors ? { ...details, errors: error.errors.map(detailsOf) } : details;
}

/** Makes the same calls with both packages, and asserts equal outcomes. Returns whether `verify` accepts the token. */
function compare(token, keys, options, message) {
  const all = ({ verify, decode, explain }) => ({
    verify: outcomeOf(() => verify(token, keys, options)),
    decode: outcomeOf(() => decode(token)),
    explain: outcomeOf(() => explain(token, keys, options)),
  });
  const expected = all(npm);
  assert.deepEqual(all(bindings), expected, message);
  return expected.verify.returned !== undefined;
}

let accepted = 0;
describe('bindings', () => {
  for (const { file, cases } of readCorpora()) {
    test(`decides the ${cases.length} cases of ${file} like the npm package`, () => {
      for (const { id, token, jwks, options } of cases) {
        const asked = { now: NOW, ...options, allowMissingExp: true };
        if (compare(token, jwks, asked, id)) accepted += 1;
      }
    });
  }
  test('accepts more than a hundred tokens of the corpora', () => assert.ok(accepted > 100, `${accepted}`));

  test('has types that compile', () => {
    build('web');
    const tsc = [join(TOOLS, 'node_modules/typescript/bin/tsc'), '--project', join(TOOLS, 'types-bindings')];
    execFileSync(process.execPath, tsc, { stdio: ['ignore', 'inherit', 'inherit'] });
  });

  test('has the same module for every target', () => {
    const [first, ...others] = ['nodejs', 'web', 'bundler'].map((target) =>
      readFileSync(build(target).replace('.js', '_bg.wasm')),
    );
    for (const other of others) assert.ok(first.equals(other));
  });

  for (const { name, token, code } of callers) {
    test(`${code ? 'rejects' : 'accepts'} ${name}, like the npm package`, () => {
      assert.equal(compare(token, jwks, { issuer, audience, now: NOW }, name), code === undefined);
    });
  }

  for (const [name, token] of Object.entries(awsTokens)) {
    test(`returns the AWS identity of ${name}, like the npm package`, () => {
      const aws = { maxLifetime: 3600 };
      compare(token, jwks, { issuer: null, audience: null, now: NOW, aws, collectAll: true }, name);
    });
  }

  test('returns claims and tags exactly like JSON.parse', () => {
    const { url, jwks, mint } = createIssuer();
    const odd =
      '"__proto__":{"admin":true},"10":1,"2":12345678901234567890,"z":-0.0,"a":0.1e-7,"":[{"__proto__":null}]';
    const sts = JSON.stringify(stsClaims(url, audience, NOW)).replace(
      '"principal_tags":{',
      '"__proto__":{"admin":true},"principal_tags":{"__proto__":"tag",',
    );
    const claims = `${sts.slice(0, -1)},${odd}}`;
    const options = { issuer: url, audience, aws: {}, now: NOW };
    const verified = bindings.verify(mint('ES384', claims), jwks, options);
    assert.deepEqual(verified.claims, JSON.parse(claims));
    assert.equal(JSON.stringify(verified.claims), JSON.stringify(JSON.parse(claims)), 'the order of the members');
    assert.ok(Object.is(verified.claims.z, -0));
    assert.equal(Object.getPrototypeOf(verified.claims), Object.prototype);
    assert.equal(Object.getOwnPropertyDescriptor(verified.aws.principalTags, '__proto__').value, 'tag');
    assert.deepEqual(Object.keys(verified.aws.other), ['__proto__']);
    assert.equal({}.admin, undefined);
    compare(mint('RS256', claims), jwks, options, 'odd claims');
  });

  test('accepts keys as JSON text, as an object and as a KeySet, which stays usable', () => {
    const options = { issuer, audience, now: NOW };
    const keySet = new bindings.KeySet(jwks);
    for (const keys of [jwks, JSON.stringify(jwks), keySet, keySet]) {
      assert.equal(bindings.verify(tokens.ES384, keys, options).key.kid, 'EC384_0');
    }
    assert.deepEqual(keySet.keys, new npm.KeySet(jwks).keys);
    keySet.free();
    assert.throws(() => bindings.verify(tokens.ES384, keySet, options), { code: 'ERR_OPTIONS_INVALID' });
  });

  test("uses the host's clock by default", () => {
    const { url, jwks, mint } = createIssuer();
    const tokenOf = (age) => mint('ES384', stsClaims(url, audience, Math.floor(Date.now() / 1000) - age));
    const options = { issuer: url, audience };
    assert.equal(bindings.verify(tokenOf(0), jwks, options).alg, 'ES384');
    assert.throws(() => bindings.verify(tokenOf(400), jwks, options), { code: 'ERR_JWT_EXPIRED' });
  });

  test('rejects options that JSON.stringify would weaken', () => {
    const cyclic = {};
    cyclic.aws = cyclic;
    const throwing = {
      get aws() {
        throw new Error('from the caller');
      },
    };
    const wrong = [
      { issuer: Number.NaN },
      { audience: Number.POSITIVE_INFINITY },
      { subject: undefined },
      { subject: () => 'x' },
      { issuer: ['\ud800'] },
      { issuer: new Array(1) },
      { aws: new Map([['accounts', ['111122223333']]]) },
      { aws: { accounts: undefined } },
      { aws: { accounts: [1n] } },
      { aws: Object.create({ accounts: [] }) },
      { [Symbol('issuer')]: 'x' },
      { '\ud800': 'x' },
      { now: '1' },
      { now: Number.NaN },
      { unknown: true },
      cyclic,
      throwing,
    ];
    for (const options of wrong) {
      const merged = Object.defineProperties(
        { issuer, audience },
        Object.getOwnPropertyDescriptors(options), // a getter stays a getter
      );
      for (const call of ['verify', 'explain']) {
        const expected = { name: 'JwtError', code: 'ERR_OPTIONS_INVALID', status: 500 };
        assert.throws(() => bindings[call](tokens.ES384, jwks, merged), expected, Object.keys(options).join());
      }
    }
    for (const options of [undefined, null, 'text', 5, [], new Map(), () => {}]) {
      assert.throws(() => bindings.verify(tokens.ES384, jwks, options), { code: 'ERR_OPTIONS_INVALID' });
    }
  });

  test('rejects tokens and key sets of the wrong type', () => {
    for (const token of [undefined, null, 5, {}, [tokens.ES384], new String(tokens.ES384), Symbol('token')]) {
      const expected = { name: 'JwtError', code: 'ERR_JWS_INVALID' };
      assert.throws(() => bindings.verify(token, jwks, { issuer, audience }), expected);
      assert.throws(() => bindings.decode(token), expected);
      assert.equal(bindings.explain(token, jwks, { issuer, audience }).code, 'ERR_JWS_INVALID');
    }
    const cyclic = { keys: [] };
    cyclic.keys.push(cyclic);
    const lone = '{"keys":[],"\ud800":1}';
    for (const keys of [undefined, null, 5, [], {}, cyclic, lone, () => {}, Symbol('keys'), ' '.repeat(300_000)]) {
      const expected = { name: 'JwtError', code: 'ERR_JWKS_INVALID' };
      assert.throws(() => bindings.verify(tokens.ES384, keys, { issuer, audience }), expected, String(keys));
      assert.throws(() => new bindings.KeySet(keys), expected);
      assert.deepEqual(bindings.explain(tokens.ES384, keys, { issuer, audience }).steps[0].stage, 'jwks');
    }
  });
});
