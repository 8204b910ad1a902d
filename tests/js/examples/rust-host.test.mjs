// Builds examples/rust-host like a user, for both targets. The modules must have no imports and must answer like the npm
// package.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { describe } from 'node:test';
import { JwtError, verify } from 'sts-jwt';
import { createFixtures } from '../fixtures.mjs';
import { ACCOUNT, ROLE } from '../support/issuer.mjs';
import { ROOT } from '../support/paths.mjs';

/** @type {any[]} */
const TARGETS = ['wasm32-unknown-unknown', 'wasm32-wasip1'];
const TARGET_DIRECTORY = join(ROOT, 'target/rust-host');
const { issuer, audience, now, jwks, tokens, tokenIds, secretTokens, awsTokens } = createFixtures();
const OPTIONS = { issuer, audience, aws: {} };

// Runs in the example's folder, so that cargo reads the .cargo/config.toml there.
const cargo = (...args) =>
  execFileSync('cargo', [...args, '--quiet', '--target-dir', TARGET_DIRECTORY], {
    cwd: join(ROOT, 'examples/rust-host'),
    stdio: ['ignore', 'ignore', 'inherit'],
  });

cargo('build', '--release', ...TARGETS.flatMap((target) => ['--target', target]));

function instantiate(module) {
  /** @type {Record<string, any>} */
  const exports = new WebAssembly.Instance(module).exports;
  // If a WASI reactor exports `_initialize`, the host must call it.
  exports._initialize?.();
  return exports;
}

/** Acts as a host: writes text into the module's memory, calls a function, and reads the output. */
function createHost(exports) {
  const verifier = exports.verifier_new();
  const call = (name, text, ...numbers) => {
    const bytes = Buffer.from(text);
    // Allocating may grow the memory, and growing replaces the memory's buffer.
    const input = exports.verifier_input(verifier, bytes.length);
    new Uint8Array(exports.memory.buffer).set(bytes, input);
    const status = exports[name](verifier, ...numbers);
    const [start, length] = [exports.verifier_output(verifier), exports.verifier_output_length(verifier)];
    return { status, output: JSON.parse(Buffer.from(exports.memory.buffer, start, length).toString()) };
  };
  return {
    setOptions: (options) => call('verifier_set_options', JSON.stringify(options)),
    setKeys: (text) => call('verifier_set_keys', text),
    ask: (authorization, at = now) => call('verifier_authenticate', authorization, at),
    free: () => exports.verifier_free(verifier),
  };
}

function createReadyHost(exports, /** @type {object} */ options = OPTIONS) {
  const host = createHost(exports);
  assert.equal(host.setOptions(options).status, 200);
  assert.equal(host.setKeys(JSON.stringify(jwks)).status, 200);
  return host;
}

/** Returns the token with one bit changed in the first octet of its signature. */
function tampered(token) {
  const [header, payload, signature] = token.split('.');
  const octets = Buffer.from(signature, 'base64url');
  octets[0] ^= 1;
  return `${header}.${payload}.${octets.toString('base64url')}`;
}

/** Returns the result of the npm package. */
function expected(token) {
  try {
    const { aws, tokenId } = verify(token, jwks, { ...OPTIONS, now });
    return { status: 200, output: { identity: aws, tokenId } };
  } catch (error) {
    assert.ok(error instanceof JwtError);
    return { status: error.status, output: { error: error.code, challenge: error.challenge() } };
  }
}

for (const target of TARGETS) {
  describe(`examples/rust-host for ${target}`, () => {
    const module = new WebAssembly.Module(readFileSync(join(TARGET_DIRECTORY, target, 'release/rust_host.wasm')));
    test('imports nothing', () => {
      assert.deepEqual(WebAssembly.Module.imports(module), []);
    });

    for (const alg of ['ES384', 'RS256']) {
      test(`identifies the caller of an ${alg} token`, () => {
        const { status, output } = createReadyHost(instantiate(module)).ask(`Bearer ${tokens[alg]}`);
        assert.deepEqual([status, output.tokenId], [200, tokenIds[alg]]);
        assert.deepEqual([output.identity.principal.arn, output.identity.account], [ROLE, ACCOUNT]);
      });

      test(`rejects a tampered ${alg} token`, () => {
        const { status, output } = createReadyHost(instantiate(module)).ask(`Bearer ${tampered(tokens[alg])}`);
        assert.deepEqual([status, output.error], [401, 'ERR_JWS_SIGNATURE_VERIFICATION_FAILED']);
        assert.match(output.challenge, /^Bearer error="invalid_token", error_description="[^"]+"$/);
      });

      test(`rejects an expired ${alg} token`, () => {
        const { status, output } = createReadyHost(instantiate(module)).ask(`Bearer ${tokens[alg]}`, now + 330);
        assert.deepEqual([status, output.error], [401, 'ERR_JWT_EXPIRED']);
        assert.match(output.challenge, /^Bearer error="invalid_token", error_description="[^"]+"$/);
      });
    }

    test('answers 401 with a challenge if there is no token', () => {
      const host = createReadyHost(instantiate(module));
      for (const authorization of ['', 'Bearer', 'Bearer ', 'Basic dXNlcjpwYXNz'])
        assert.deepEqual(host.ask(authorization), { status: 401, output: { challenge: 'Bearer' } }, authorization);
    });

    test('denies a caller that the principals do not include', () => {
      const aws = { principals: [`arn:aws:iam::${ACCOUNT}:role/admin/*`] };
      const { status, output } = createReadyHost(instantiate(module), { ...OPTIONS, aws }).ask(
        `Bearer ${tokens.ES384}`,
      );
      assert.deepEqual([status, output.error], [403, 'ERR_POLICY_DENIED']);
      assert.match(output.challenge, /^Bearer error="insufficient_scope"/);
    });

    test("checks AWS's claims even without a policy", () => {
      const host = createReadyHost(instantiate(module), { issuer, audience });
      const { status, output } = host.ask(`Bearer ${tokens.hostile}`);
      assert.deepEqual([status, output.error], [403, 'ERR_POLICY_DENIED']);
    });

    test('answers like the npm package', () => {
      const host = createReadyHost(instantiate(module));
      const all = Object.entries({ ...tokens, ...secretTokens, ...awsTokens });
      for (const [name, token] of all) assert.deepEqual(host.ask(`Bearer ${token}`), expected(token), name);
      const statuses = new Set(all.map(([, token]) => expected(token).status));
      assert.deepEqual([...statuses].sort(), [200, 401, 403]);
    });

    test('rejects a header that is not UTF-8, and an invalid time', () => {
      const host = createReadyHost(instantiate(module));
      assert.equal(host.ask(Buffer.from('Bearer \xff', 'latin1')).output.error, 'ERR_JWS_INVALID');
      const { status, output } = host.ask(`Bearer ${tokens.ES384}`, NaN);
      assert.deepEqual([status, output], [500, { error: 'ERR_OPTIONS_INVALID', challenge: 'Bearer' }]);
    });

    test('rejects every caller until options and keys are set, and keeps both if new ones are invalid', () => {
      const host = createHost(instantiate(module));
      const ask = () => host.ask(`Bearer ${tokens.ES384}`);
      assert.deepEqual(ask(), { status: 500, output: { error: 'ERR_OPTIONS_INVALID', challenge: 'Bearer' } });
      host.setOptions(OPTIONS);
      assert.deepEqual(ask(), { status: 503, output: { error: 'ERR_JWKS_KEYS_NEEDED', challenge: 'Bearer' } });
      host.setKeys(JSON.stringify(jwks));
      assert.equal(ask().status, 200);
      for (const text of ['', '{"keys":{}}', Buffer.from([0xff])]) {
        const { status, output } = host.setKeys(text);
        assert.deepEqual([status, output.error], [500, 'ERR_JWKS_INVALID']);
      }
      const { status, output } = host.setOptions({ ...OPTIONS, audiences: [] });
      assert.deepEqual([status, output.error], [500, 'ERR_OPTIONS_INVALID']);
      assert.equal(ask().status, 200);
    });

    test('needs no more memory for many requests, key sets and verifiers', () => {
      const exports = instantiate(module);
      const round = () => {
        const host = createReadyHost(exports);
        for (const token of [tokens.ES384, tokens.RS256, tokens.expired, tokens.large]) host.ask(`Bearer ${token}`);
        host.setKeys(JSON.stringify(jwks));
        host.ask(`Bearer ${tokens.ES384}`);
        host.free();
      };
      round();
      const before = exports.memory.buffer.byteLength;
      for (let times = 0; times < 50; times += 1) round();
      assert.equal(exports.memory.buffer.byteLength, before);
    });
  });
}

describe('examples/rust-host', () => {
  test('passes its own tests natively', () => {
    cargo('test');
  });
});
