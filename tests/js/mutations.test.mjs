// Whatever comes in, a result or a JwtError comes out, and the instance stays good: mutations of tokens, key sets and options
// from a seeded generator. MUTATIONS sets their number, SEED repeats a run.
import assert from 'node:assert/strict';
import test from 'node:test';
import { memoryBytes } from './memory.mjs';
import { createIssuer, stsClaims } from './support/issuer.mjs';

// After memory.mjs, which has to see the package make its instance.
const { JwtError, KeySet, decode, explain, verify } = await import('sts-jwt');

const COUNT = Number(process.env.MUTATIONS ?? 200_000);
const SEED = Number(process.env.SEED ?? Date.now() % 2 ** 31);
const CODES = /^ERR_(OPTIONS_INVALID|JWT_TOO_LARGE|JWS_INVALID|JOSE_NOT_SUPPORTED|JOSE_ALG_NOT_ALLOWED|JWKS_INVALID|JWK_INVALID|JWKS_NO_MATCHING_KEY|JWKS_MULTIPLE_MATCHING_KEYS|JWS_SIGNATURE_VERIFICATION_FAILED|JWT_INVALID|JWT_EXPIRED|JWT_CLAIM_VALIDATION_FAILED|POLICY_DENIED)$/;
/** What nobody should ever wait for one input, in CPU time: a guard against endless work, not a measurement. */
const HANG_MS = 50;

/** mulberry32 */
function generator(seed) {
  const next = () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return (t ^ (t >>> 14)) >>> 0;
  };
  const below = (n) => next() % n;
  return { below, pick: (list) => list[below(list.length)] };
}

const { below, pick } = generator(SEED);
const issuer = createIssuer();
const now = 1_767_225_700;
const audience = 'https://edge.example.test';
const tokens = ['ES384', 'RS256'].map((alg) => issuer.mint(alg, stsClaims(issuer.url, audience, now)));
const jwks = JSON.stringify(issuer.jwks);
const keys = new KeySet(jwks);
const options = { issuer: issuer.url, audience, now };

const SNIPPETS = ['"', '\\', '{', '}', '[', ']', ',', ':', '.', '..', '=', '\0', '\n', ' ', 'é', '🔑', '\ud800', '\ufeff', '1e999', '-0', 'null', '{"a":1,"a":1}', '__proto__', '"\\ud800"', 'A'.repeat(300), '['.repeat(40)];

/** A text with some of its characters cut, doubled, exchanged or joined by others. */
function mutated(text) {
  for (let rounds = 1 + below(4); rounds > 0; rounds -= 1) {
    const at = below(text.length + 1);
    const end = at + below(pick([2, 8, 200]));
    const between = pick([() => '', () => pick(SNIPPETS), () => text.slice(at, end).repeat(2), () => String.fromCharCode(below(pick([128, 65_536])))])();
    text = text.slice(0, at) + between + text.slice(end);
  }
  return text;
}

/** A token whose header or payload was changed as JSON, so that it comes past the base64url. */
function mutatedInside(token) {
  const segments = token.split('.');
  const index = below(Math.min(2, segments.length));
  segments[index] = Buffer.from(mutated(Buffer.from(segments[index], 'base64url').toString())).toString('base64url');
  return segments.join('.');
}

/** Like the issuer's, but every member is perhaps something else. */
function mutatedOptions() {
  const values = [undefined, null, NaN, Infinity, -1, 0, 30, '', 'x', issuer.url, audience, true, [], ['x'], [1], {}, { a: [] }, 1n, Symbol('x'), () => 1, new Date(0), [[]], [undefined]];
  const names = ['issuer', 'audience', 'algorithms', 'subject', 'typ', 'clockTolerance', 'maxTokenAge', 'requiredClaims', 'allowMissingExp', 'now', 'aws', 'collectAll', 'misspelt', '__proto__'];
  const made = { ...options };
  for (let rounds = below(4); rounds > 0; rounds -= 1) made[pick(names)] = pick(values);
  if (below(4) === 0) made.aws = { [pick(['accounts', 'principals', 'principalTags', 'maxLifetime', 'x'])]: pick(values) };
  return below(50) === 0 ? pick(values) : made;
}

const inputs = [
  () => verify(mutated(pick(tokens)), keys, options),
  () => verify(mutatedInside(pick(tokens)), keys, { ...options, aws: {}, collectAll: true }),
  () => decode(mutatedInside(mutated(pick(tokens)))),
  () => explain(mutated(pick(tokens)), keys, options),
  () => new KeySet(mutated(jwks)).free(),
  () => verify(pick(tokens), mutated(jwks), options),
  () => verify(pick(tokens), keys, mutatedOptions()),
  () => verify(pick([undefined, null, 1, {}, [], true, 'x'.repeat(below(70_000))]), keys, options),
];

test(`any input gives a result or a JwtError (seed ${SEED})`, () => {
  let grown = 0;
  let slow = 0;
  for (let index = 0; index < COUNT; index += 1) {
    const { user } = process.cpuUsage();
    try {
      pick(inputs)();
    } catch (error) {
      assert.ok(error instanceof JwtError && CODES.test(error.code), `seed ${SEED}, input ${index}: ${error?.stack}`);
    }
    // A single pause of a busy machine counts as CPU time too; endless work would be slow every time.
    if ((process.cpuUsage().user - user) / 1000 > HANG_MS) slow += 1;
    if (index === COUNT >> 1) grown = memoryBytes();
  }
  for (const token of tokens) assert.equal(verify(token, keys, options).claims.iss, issuer.url);
  assert.equal(memoryBytes(), grown, `the memory grew after ${COUNT >> 1} inputs (seed ${SEED})`);
  assert.ok(slow < COUNT / 1000, `${slow} inputs took more than ${HANG_MS} ms (seed ${SEED})`);
});
