// Tests the messages for values that callers pass by mistake instead of a JWK Set or a token. Each message says what
// the value is and what to do.
import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { cpSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { describe } from 'node:test';
import { pathToFileURL } from 'node:url';
import { createVerifier, decode, explain, KeySet, verify } from 'sts-jwt';
import { createFixtures } from '../fixtures.mjs';
import { PROJECT } from '../support/paths.mjs';

const { issuer, audience, jwks: text, tokens } = createFixtures();
const jwks = typeof text === 'string' ? JSON.parse(text) : text;
const token = tokens.ES384;
const options = { issuer, audience };
const [jwk] = jwks.keys;

/** Another installation of the package, with a separate module. */
const folder = mkdtempSync(join(tmpdir(), 'sts-jwt-'));
cpSync(join(PROJECT, 'node_modules/sts-jwt'), folder, { recursive: true });
const other = await import(pathToFileURL(join(folder, 'dist/node.js')).href);

const pem = generateKeyPairSync('ec', { namedCurve: 'P-384' }).publicKey.export({ type: 'spki', format: 'pem' });
const URL_SLIP = 'the JWK Set is a URL, which is not fetched: pass the document that it names';
const KEY_SET = 'the JWK Set is a KeySet, perhaps of another copy of sts-jwt: pass its JSON';
const RESPONSE = 'the JWK Set is a Response: pass `await response.text()`';
const SINGLE = 'the JWK Set is a single JWK: pass { "keys": [jwk] }';

/** @type {Record<string, [any, string]>} */
const JWKS = {
  'a promise': [Promise.resolve(jwks), 'the JWK Set is a promise: await it'],
  'a promise of a string': [Promise.resolve(JSON.stringify(jwks)), 'the JWK Set is a promise: await it'],
  'a Response': [Response.json(jwks), RESPONSE],
  'a URL object': [new URL(`${issuer}/.well-known/jwks.json`), URL_SLIP],
  'a URL as a string': [`${issuer}/.well-known/jwks.json`, URL_SLIP],
  'a URL with http': ['  HTTP://localhost/keys', URL_SLIP],
  'a PEM': [pem, 'the JWK Set is PEM: convert the key to a JWK'],
  'a PEM after a line break': [`\n${pem}`, 'the JWK Set is PEM: convert the key to a JWK'],
  'one JWK': [jwk, SINGLE],
  'one JWK as a string': [JSON.stringify(jwk), SINGLE],
  'an array of keys': [jwks.keys, 'the JWK Set is an array: pass { "keys": [...] }'],
  'a KeySet of another copy of the package': [new other.KeySet(jwks), KEY_SET],
};

/** The functions with a JWK Set as an argument. */
const FUNCTIONS = {
  'new KeySet()': (given) => new KeySet(given),
  'verify()': (given) => verify(token, given, options),
  'explain()': (given) => {
    throw explain(token, given, options).error;
  },
  'createVerifier()': (given) => createVerifier({ ...options, jwks: given }),
  'createVerifier() with issuers': (given) => createVerifier({ issuers: [{ ...options, jwks: given }] }),
  'setKeys()': (given) => createVerifier(options).setKeys(issuer, given),
};

describe('values passed by mistake instead of a JWK Set', () => {
  for (const [slip, [given, message]] of Object.entries(JWKS)) {
    test(`recognises ${slip}`, () => {
      for (const run of Object.values(FUNCTIONS)) {
        assert.throws(() => run(given), { code: 'ERR_JWKS_INVALID', message });
      }
    });
  }

  test('recognises a KeySet passed to a function that accepts only a JWK Set', () => {
    const { 'verify()': _, 'explain()': __, ...others } = FUNCTIONS;
    for (const run of Object.values(others)) {
      assert.throws(() => run(new KeySet(jwks)), { code: 'ERR_JWKS_INVALID', message: KEY_SET });
    }
  });

  test('gives no hint for any other string', () => {
    for (const given of ['', '{', 'null', '5', '"kty"', '{"key":[]}', '{"keys":5}', `${JSON.stringify(jwks)}x`])
      for (const run of Object.values(FUNCTIONS))
        assert.throws(() => run(given), { code: 'ERR_JWKS_INVALID', message: /^(?!.*(URL|PEM|single|array:))/ });
  });

  test('accepts a set with members of another kind of document', () => {
    const verifier = createVerifier({ ...options, jwks: { ...jwks, kty: 'x', text: 'y', free: 'z' } });
    assert.ok(verifier.verify(token));
  });
});

describe('values passed by mistake instead of a token', () => {
  const verifier = createVerifier({ ...options, jwks });
  /** The functions with a token as an argument. */
  const TOKEN_FUNCTIONS = {
    'verify()': (given) => verify(given, jwks, options),
    'decode()': (given) => decode(given),
    'explain()': (given) => {
      throw explain(given, jwks, options).error;
    },
    'Verifier.verify()': (given) => verifier.verify(given),
    'Verifier.safeVerify()': (given) => {
      throw /** @type {any} */ (verifier.safeVerify(given)).error;
    },
    'Verifier.explain()': (given) => {
      throw verifier.explain(given).error;
    },
  };
  /** @type {[string, any, string][]} */
  const SLIPS = [
    ['a promise', Promise.resolve(token), 'the token must be a string, not a promise'],
    ['a prefix', `Bearer ${token}`, 'not a compact JWT: remove the "Bearer " prefix'],
    ['a prefix in lower case', `bearer ${token}`, 'not a compact JWT: remove the "Bearer " prefix'],
    ['another value', 5, 'the token must be a string, not a promise'],
    ['nothing', undefined, 'the token must be a string, not a promise'],
  ];
  for (const [slip, given, message] of SLIPS) {
    test(`recognises ${slip}`, () => {
      for (const run of Object.values(TOKEN_FUNCTIONS)) {
        assert.throws(() => run(given), { code: 'ERR_JWS_INVALID', message });
      }
    });
  }
});
