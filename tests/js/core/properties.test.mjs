// Checks three properties. Any token, JWKS and options lead to a result or to a JwtError with a known code. No input
// changes later verdicts. Memory does not grow. STS_JWT_SEED=<number> repeats the inputs of a run (keys and signatures
// are always new). STS_JWT_CASES=<number> sets the number of cases.
import assert from 'node:assert/strict';
import test, { describe } from 'node:test';
import { memoryBytes } from '../memory.mjs';
import { codes } from '../support/codes.mjs';
import { base64url, createIssuer, stsClaims } from '../support/issuer.mjs';
import { generator } from '../support/mutations.mjs';

const api = await import('sts-jwt');
const CASES = Number(process.env.STS_JWT_CASES ?? 200_000);
const SEED = Number(process.env.STS_JWT_SEED ?? Math.floor(Math.random() * 2 ** 32));
/** The number of cases before the memory is measured. */
const WARM_UP = CASES / 4;
/**
 * The number of bytes by which the memory may grow after the warm-up, because of fragmentation: two steps of the
 * allocator. A leak of two bytes per case would exceed this limit.
 */
const SLACK = 1 << 18;
/**
 * Cases that take more than this many milliseconds are slow. Slow cases are only counted, because a busy machine may
 * pause a process at any moment.
 */
const SLOW = 50;

const AUDIENCE = 'https://edge.example.test';
const now = 1_800_000_000;
const { url, jwks, mint, sign } = createIssuer();
const claims = (overrides) => stsClaims(url, AUDIENCE, now, overrides);
const options = { issuer: url, audience: AUDIENCE, now };
const good = { ES384: mint('ES384', claims()), RS256: mint('RS256', claims()) };
const tokens = [
  ...Object.values(good),
  mint('ES384', claims({ nested: { a: [1, { b: null }], c: '\u0000🔑' }, aud: [AUDIENCE, 'other'], exp: now + 0.5 })),
];
const [rsaKey, ecKey] = jwks.keys;
const jwksTexts = [
  JSON.stringify(jwks),
  JSON.stringify({
    keys: [
      { ...ecKey, kid: undefined },
      { kty: 'oct', k: 'AAAA' },
      { ...rsaKey, use: 'enc' },
    ],
  }),
  JSON.stringify({ keys: [ecKey, { ...createIssuer().jwks.keys[1], kid: 'other' }, { ...rsaKey, e: 'AAAA' }] }),
];
const keySet = new api.KeySet(jwks);
const inputs = {
  tokens,
  jwksTexts,
  options,
  sign: (header, payload) => sign('ES384', `${base64url(header)}.${base64url(payload)}`),
};

/** Returns the result of a call or the code of its JwtError. Rethrows any other error. */
function outcomeOf(run) {
  try {
    return { result: run() };
  } catch (error) {
    if (error instanceof api.JwtError && codes.includes(error.code)) return { code: error.code };
    throw error;
  }
}

const TASKS = {
  verify(given) {
    const keys = given.below(4) ? pickKeys(given) : given.jwks();
    const optionsOf = given.below(8) ? options : given.options();
    const { result, code } = outcomeOf(() => api.verify(given.token(), keys, optionsOf));
    if (!code) assert.ok(result.claims && result.header && result.tokenId);
    return code;
  },
  decode(given) {
    const { result, code } = outcomeOf(() => api.decode(given.token()));
    if (!code) assert.ok(result.claims && result.header);
    return code;
  },
  explain(given) {
    const token = given.token();
    const keys = given.below(4) ? pickKeys(given) : given.jwks();
    const optionsOf = given.below(8) ? options : given.options();
    const { result, code } = outcomeOf(() => api.explain(token, keys, optionsOf));
    if (code) {
      assert.equal(code, 'ERR_OPTIONS_INVALID', 'explain() throws only for wrong options');
      return code;
    }
    assert.equal(result.verdict, result.code ? 'rejected' : 'accepted');
    assert.ok(result.steps.length > 0 && typeof JSON.stringify(result) === 'string');
    // For the same input, verify() must make the decision that explain() made.
    if (given.below(4) === 0) assert.equal(outcomeOf(() => api.verify(token, keys, optionsOf)).code, result.code);
    return result.code;
  },
  keySet(given) {
    const { result, code } = outcomeOf(() => new api.KeySet(given.jwks()));
    if (code) return code;
    for (const { usable, problem } of result.keys) assert.equal(usable, problem === undefined);
    result.free();
    return undefined;
  },
};
const pickKeys = (given) => given.pick([keySet, keySet, jwks, jwksTexts[0], jwksTexts[2]]);

describe('verify() and its siblings', () => {
  test(`returns a result or a JwtError for ${CASES} arbitrary inputs`, { timeout: 600_000 }, (t) => {
    // Uses the keys until they have built their larger tables, before the memory is measured.
    for (let use = 0; use < 300; use += 1)
      for (const token of Object.values(good)) for (const keys of [keySet, jwks]) api.verify(token, keys, options);

    const given = generator(SEED, inputs);
    const names = Object.keys(TASKS);
    const seen = {};
    let slow = 0;
    let slowest = 0;
    let warm;
    for (let index = 0; index < CASES; index += 1) {
      if (index === WARM_UP) warm = memoryBytes();
      const name = names[index % names.length];
      const start = performance.now();
      let code;
      try {
        code = TASKS[name](given) ?? 'accepted';
      } catch (cause) {
        throw new Error(`case ${index} (${name}), repeat with STS_JWT_SEED=${SEED}: ${cause.stack}`, { cause });
      }
      const time = performance.now() - start;
      slowest = Math.max(slowest, time);
      if (time > SLOW) slow += 1;
      seen[code] = (seen[code] ?? 0) + 1;
    }
    t.diagnostic(`seed ${SEED}; ${slow} cases took more than ${SLOW} ms, the longest ${slowest.toFixed(1)} ms`);
    const grown = memoryBytes() - warm;
    t.diagnostic(`WebAssembly memory: ${warm} bytes after the warm-up, ${grown} more at the end`);
    t.diagnostic(JSON.stringify(seen));
    assert.ok(grown <= SLACK, `WebAssembly memory grew by ${grown} bytes; STS_JWT_SEED=${SEED}`);
    // Every code must occur, which shows that the inputs reach every stage. verify() never throws the five excluded codes.
    const reachable = codes.filter(
      (code) => !/ISSUER_UNKNOWN|KEYS_NEEDED|JWKS_UNAVAILABLE|REPLAY_UNAVAILABLE|WASM_UNAVAILABLE/.test(code),
    );
    for (const code of ['accepted', ...reachable])
      assert.ok(seen[code] > 0, `no case ended with ${code}; STS_JWT_SEED=${SEED}`);
    for (const [alg, token] of Object.entries(good)) {
      const verified = api.verify(token, keySet, options);
      assert.deepEqual([verified.alg, verified.claims.iss], [alg, url]);
      assert.deepEqual(api.verify(token, jwks, options), verified);
    }
  });
});
