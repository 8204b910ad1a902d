// Tests each rule about fetching keys: the next step depends on the result of the verification, the state and the time.
import assert from 'node:assert/strict';
import test, { describe } from 'node:test';
import { importSource } from '../support/sources.mjs';

const {
  CLOCK_SKEW,
  ageOf,
  isBackingOff,
  isNewer,
  isPlausible,
  newState,
  nextStep,
  noteFailure,
  noteKeys,
  retryAfter,
  secondsToWait,
} = await importSource('remote/decide.ts');

const NOW = 1_800_000_000;
const timing = {
  softAge: 300,
  hardAge: 3600,
  staleIfError: 86_400,
  refetchInterval: 10,
  timeout: 3,
  backoff: 1,
  maxBackoff: 60,
};
const nothing = { claimed: false, asked: false, fetched: false };
const asked = { claimed: true, asked: true, fetched: false };
const fetched = { claimed: true, asked: true, fetched: true };
const withoutStore = { claimed: false, asked: true, fetched: false };

/** Returns a state with keys that are `age` seconds old. */
const aged = (age, more = {}) => ({ ...newState(1), fetchedAt: NOW - age, claimedAt: NOW - age, ...more });
const failing = (age, failures = 1) => ({ failedAt: NOW - age, failures, problem: 'status 500' });
const step = (code, state, done = nothing, now = NOW) => nextStep(code, state, timing, done, now);

const NEEDED = 'ERR_JWKS_KEYS_NEEDED';
const UNKNOWN = 'ERR_JWKS_NO_MATCHING_KEY';
const WRONG = 'ERR_JWS_SIGNATURE_VERIFICATION_FAILED';

/** Each rule: its name, the expected step, and the arguments of `step`. */
const rules = [
  ['answers a valid token with fresh keys', 'answer', undefined, aged(0)],
  ['treats keys as fresh up to the soft age', 'answer', undefined, aged(300)],
  ['answers first, and then renews keys that are beyond the soft age', 'answer_and_renew', undefined, aged(301)],
  ['lets only one request renew keys', 'answer', undefined, aged(301, { claimedAt: NOW - 9 })],
  [
    'lets another request renew keys once the interval has passed',
    'answer_and_renew',
    undefined,
    aged(301, { claimedAt: NOW - 10 }),
  ],
  ['does not renew keys during the back-off', 'answer', undefined, aged(301, failing(0.5))],
  ['renews keys again after the back-off', 'answer_and_renew', undefined, aged(301, failing(1))],
  ['answers with keys up to the hard age', 'answer_and_renew', undefined, aged(3600)],
  ['asks the store first beyond the hard age', 'ask_store', undefined, aged(3601)],
  ['fetches after the store, beyond the hard age', 'fetch', undefined, aged(3601), asked],
  ['fetches at once without a store, beyond the hard age', 'fetch', undefined, aged(3601), withoutStore],
  [
    'asks the store in every request beyond the hard age, even if another request is asking',
    'ask_store',
    undefined,
    aged(3601, { claimedAt: NOW }),
  ],
  ['answers with keys beyond the hard age if fetching failed', 'answer', undefined, aged(3601), fetched],
  ['answers with keys beyond the hard age during the back-off', 'answer', undefined, aged(3601, failing(0.5))],
  ['treats keys of unknown age as beyond the hard age', 'ask_store', undefined, newState(1)],
  ['treats keys from the future as beyond the hard age', 'ask_store', undefined, aged(-CLOCK_SKEW - 1)],
  ['treats keys as fresh if another clock is slightly ahead', 'answer', undefined, aged(-CLOCK_SKEW)],
  ['asks the store if there are no keys', 'ask_store', NEEDED, newState(1)],
  ['asks the store during the back-off if there are no keys', 'ask_store', NEEDED, { ...newState(1), ...failing(0.5) }],
  ['fetches after asking the store if there are no keys', 'fetch', NEEDED, newState(1), asked],
  ['fetches in every request if there are no keys', 'fetch', NEEDED, { ...newState(1), claimedAt: NOW }, withoutStore],
  ['fails during the back-off if there are no keys', 'unavailable', NEEDED, { ...newState(1), ...failing(0.5) }, asked],
  ['fails after one fetch if there are no keys', 'unavailable', NEEDED, newState(1), fetched],
  ...[UNKNOWN, WRONG, 'ERR_JOSE_ALG_NOT_ALLOWED', 'ERR_JWK_INVALID', 'ERR_JWKS_MULTIPLE_MATCHING_KEYS'].flatMap(
    (code) => [
      [`asks the store on ${code}`, 'ask_store', code, aged(10)],
      [`fetches at once without a store on ${code}`, 'fetch', code, aged(10), withoutStore],
      [`does not ask the store on ${code} before the interval has passed`, 'answer', code, aged(9.9)],
      [`does not ask the store on ${code} if its keys are recent`, 'answer', code, aged(9.9, { claimedAt: NOW - 100 })],
      [
        `does not ask the store on ${code} if another request just asked it`,
        'answer',
        code,
        aged(100, { claimedAt: NOW - 9.9 }),
      ],
      [`does not ask the store on ${code} during the back-off`, 'answer', code, aged(100, failing(30, 6))],
      [`fetches after the store on ${code}`, 'fetch', code, aged(100, { claimedAt: NOW }), asked],
      [
        `does not fetch on ${code} if the store has keys that were just fetched`,
        'answer',
        code,
        aged(9.9, { claimedAt: NOW }),
        asked,
      ],
      [`does not fetch twice on ${code}`, 'answer', code, aged(100), fetched],
      [`asks the store on ${code} if the age of the keys is unknown`, 'ask_store', code, newState(1)],
    ],
  ),
  ...['ERR_JWT_EXPIRED', 'ERR_JWT_CLAIM_VALIDATION_FAILED', 'ERR_POLICY_DENIED'].map((code) => [
    `answers with ${code} regardless of the keys`,
    'answer',
    code,
    aged(100_000),
  ]),
];

describe('decide', () => {
  for (const [rule, expected, ...given] of rules) {
    test(rule, () => assert.equal(step(...given), expected));
  }

  test('does not wait after the clock is turned back', () => {
    const later = NOW + 3600;
    const state = { ...newState(1), fetchedAt: later, claimedAt: later, failedAt: later, failures: 6 };
    assert.equal(isBackingOff(state, timing, NOW), false);
    assert.equal(step(UNKNOWN, state, withoutStore), 'fetch');
    noteFailure(state, NOW, NOW + 1, 'status 500');
    assert.deepEqual([state.failedAt, state.failures], [NOW + 1, 7]);
    assert.equal(isNewer(state, NOW, NOW), true);
  });

  test('varies the soft age, which Cache-Control can shorten but not extend', () => {
    const stages = (state, ...ages) => ages.map((age) => ageOf({ ...state, fetchedAt: NOW - age }, timing, NOW));
    assert.deepEqual(stages(newState(0.9), 270, 271), ['fresh', 'soft']);
    assert.deepEqual(stages(newState(1.1), 330, 331), ['fresh', 'soft']);
    const state = newState(1);
    noteKeys(state, NOW, 60);
    assert.deepEqual(stages(state, 60, 61), ['fresh', 'soft']);
    noteKeys(state, NOW, 10_000);
    assert.deepEqual(stages(state, 300, 301, 3601), ['fresh', 'soft', 'hard']);
    for (const nonsense of [undefined, NaN, -1, 'x']) {
      noteKeys(state, NOW, nonsense);
      assert.deepEqual(stages(state, 300, 301), ['fresh', 'soft'], String(nonsense));
    }
  });

  test('doubles the back-off up to maxBackoff, and reports its length', () => {
    const state = newState(1);
    const pauses = [1, 2, 4, 8, 16, 32, 60, 60];
    let now = NOW;
    for (const seconds of pauses) {
      noteFailure(state, now, now, 'status 500');
      assert.equal(retryAfter(state, timing, now), seconds);
      assert.equal(retryAfter(state, timing, now + 0.5), seconds, 'whole seconds');
      assert.equal(isBackingOff(state, timing, now + seconds - 0.1), true);
      assert.equal(isBackingOff(state, timing, now + seconds), false);
      now += seconds;
    }
    assert.equal(retryAfter(newState(1), timing, NOW), 1);
    assert.equal(isBackingOff(newState(1), timing, NOW), false);
  });

  test('lengthens the back-off to Retry-After, up to maxBackoff, and never shortens it', () => {
    const state = newState(1);
    const [first, second, third] = [NOW, NOW + 100, NOW + 200];
    noteFailure(state, first, first, 'status 503', 20);
    assert.equal(retryAfter(state, timing, first), 20);
    noteFailure(state, second, second, 'status 503', 1e9);
    assert.equal(retryAfter(state, timing, second), 60);
    noteFailure(state, third, third, 'status 503', 1);
    assert.equal(retryAfter(state, timing, third), 4);
  });

  test('reads Retry-After as seconds or as a date', () => {
    const at = (seconds) => new Date((NOW + seconds) * 1000).toUTCString();
    const given = ['20', '0', at(30), at(-30), '', 'soon', '-5', null, undefined];
    assert.deepEqual(
      given.map((text) => secondsToWait(text, NOW)),
      [20, 0, 30, 0, 0, 0, 0, 0, 0],
    );
  });

  test('treats uncacheable keys as fresh for the minimum interval', () => {
    const state = newState(1);
    noteKeys(state, NOW, 0);
    assert.deepEqual(
      [10, 11].map((age) => ageOf(state, timing, NOW + age)),
      ['fresh', 'soft'],
    );
    const quick = { ...timing, softAge: 5 };
    assert.equal(ageOf(state, quick, NOW + 6), 'soft');
  });

  test('counts concurrent failures once', () => {
    const state = newState(1);
    for (let request = 0; request < 20; request += 1) noteFailure(state, NOW, NOW + 3, `${request}`);
    assert.deepEqual([state.failures, state.failedAt, state.problem], [1, NOW + 3, '0']);
  });

  test('ignores a failure that began before the last success', () => {
    const state = aged(0);
    noteFailure(state, NOW - 1, NOW + 1, 'slow');
    assert.equal(state.failures, 0);
  });

  test('ends the back-off only if the keys are newer than the failure', () => {
    const state = { ...newState(1), ...failing(0.4, 5) };
    noteKeys(state, NOW - 20);
    assert.equal(state.failures, 5);
    noteKeys(state, NOW);
    assert.equal(state.failures, 0);
    assert.equal(isBackingOff(state, timing, NOW), false);
  });

  test('compares keys by their fetch time', () => {
    assert.deepEqual(
      [9, 10, 11].map((age) => isNewer(aged(10), NOW - age, NOW)),
      [true, false, false],
    );
    assert.equal(isNewer(newState(1), NOW - 1e6, NOW), true);
  });

  test('accepts a fetch time only if it is a number and not in the future', () => {
    const given = [0, NOW, NOW + CLOCK_SKEW, NOW + CLOCK_SKEW + 1, NaN, Infinity, '5', null, undefined];
    assert.deepEqual(
      given.map((time) => isPlausible(time, NOW)),
      [true, true, true, ...Array(6).fill(false)],
    );
  });
});
