// Tests in workerd that a service survives faults. All fetches of the service go to a second Worker, which is the issuer.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import test, { after, before, beforeEach, describe } from 'node:test';
import { TOOLS } from '../support/paths.mjs';
import { bundleWorker, startWorkerd } from '../support/workerd.mjs';

const AUDIENCE = 'https://edge.example.test';
const MINUTE = 60;
const HOUR = 3600;
const DAY = 24 * HOUR;

let workerd;
let config;
let names = 0;

describe('faults in workerd', () => {
  before(async () => {
    const entry = (name) => join(TOOLS, 'faults', `${name}.mjs`);
    const service = await bundleWorker('faults-service', { entry: entry('service') });
    const issuer = await bundleWorker('faults-issuer', { entry: entry('issuer') });
    workerd = await startWorkerd(service, { outbound: issuer, objects: { KEYS: 'KeysObject' } });
  });
  after(() => workerd?.stop());
  beforeEach(async () => {
    const { issuer } = await control('start', {});
    config = { issuer, audience: AUDIENCE };
    await goTo(0);
  });

  async function post(url, body, init) {
    const response = await fetch(url, { method: 'POST', body: JSON.stringify(body), ...init });
    if (!response.ok) throw new Error(`${response.status}: ${await response.text()}\n${workerd.log()}`);
    return response.json();
  }

  const control = (...action) => post(`${workerd.outboundUrl}/control`, action);
  const requests = () => control('requests');
  const mint = async (options = {}) => (await control('tokens', { audience: AUDIENCE, ...options }, 1))[0];

  /** How far the clocks of the service and the issuer are ahead of this machine's clock, in seconds. */
  let ahead = 0;
  async function goTo(seconds) {
    ahead = seconds;
    await control('ahead', seconds);
  }

  /** Creates a service without keys. Returns a function that verifies tokens with this service. */
  function fresh(/** @type {Record<string, any>} */ { store, ...more } = {}) {
    const name = String((names += 1));
    return (tokens, /** @type {Record<string, any>} */ { clock = ahead, ...init } = {}) =>
      post(workerd.url, { name, config: { ...config, ...more }, store, tokens: [tokens].flat(), ahead: clock }, init);
  }

  const ACCEPTED = ['accepted'];
  const isUnavailable = ([verdict]) => {
    assert.deepEqual([verdict.code, verdict.status, verdict.retryable], ['ERR_JWKS_UNAVAILABLE', 503, true]);
    return verdict;
  };
  const isRefused = ([{ code }], expected) => assert.equal(code, expected);

  for (const fault of ['network', 500]) {
    test(`recovers from a cold start while the issuer is down (${fault})`, async () => {
      const ask = fresh();
      await control('outage', fault);
      isUnavailable(await ask(await mint()));
      await control('recover');
      await goTo(MINUTE);
      assert.deepEqual(await ask(await mint()), ACCEPTED);
    });
  }

  test('accepts valid tokens during an outage of 23 hours, and answers 503 after a day', async () => {
    const ask = fresh();
    assert.deepEqual(await ask(await mint()), ACCEPTED);
    await control('outage', 503);
    const before = await requests();
    for (let minute = 1; minute <= 30; minute += 1) {
      await goTo(minute * MINUTE);
      assert.deepEqual(await ask([await mint(), await mint({ alg: 'RS256' })]), ['accepted', 'accepted']);
    }
    // The service tried repeatedly, but not for every token.
    const tried = (await requests()) - before;
    assert.ok(tried >= 5 && tried <= 30, `${tried} requests`);
    await goTo(23 * HOUR);
    assert.deepEqual(await ask(await mint()), ACCEPTED);
    await goTo(DAY + HOUR);
    isUnavailable(await ask(await mint()));
    await control('recover');
    await goTo(DAY + 2 * HOUR);
    assert.deepEqual(await ask(await mint()), ACCEPTED);
  });

  test('follows a rotation without overlap', async () => {
    const ask = fresh();
    const old = await mint();
    assert.deepEqual(await ask(old), ACCEPTED);
    await control('rotate', { mode: 'new-kid' });
    await goTo(MINUTE);
    const before = await requests();
    assert.deepEqual(await ask(await mint()), ACCEPTED);
    assert.equal((await requests()) - before, 1);
    isRefused(await ask(old), 'ERR_JWKS_NO_MATCHING_KEY');
  });

  test('follows a rotation with overlap', async () => {
    const ask = fresh();
    const old = await mint({ lifetime: 3 * HOUR });
    assert.deepEqual(await ask(old), ACCEPTED);
    await control('rotate', { mode: 'overlap' });
    await goTo(MINUTE);
    assert.deepEqual(await ask([await mint(), old]), ['accepted', 'accepted']);
    await control('endOverlap');
    // The keys are old enough to be renewed, and the renewal removes the old key.
    await goTo(2 * HOUR);
    assert.deepEqual(await ask(await mint()), ACCEPTED);
    isRefused(await ask(old), 'ERR_JWKS_NO_MATCHING_KEY');
  });

  test('finds a new key under the same kid with one fetch, and then rejects the old key', async () => {
    const ask = fresh();
    const old = await mint();
    assert.deepEqual(await ask(old), ACCEPTED);
    await control('rotate', { mode: 'same-kid' });
    await goTo(MINUTE);
    const before = await requests();
    assert.deepEqual(await ask(await mint()), ACCEPTED);
    assert.equal((await requests()) - before, 1);
    isRefused(await ask(old), 'ERR_JWS_SIGNATURE_VERIFICATION_FAILED');
  });

  test('makes at most 6 requests for 10 000 random kids in a minute, and still accepts valid tokens', async () => {
    const ask = fresh();
    const good = await mint();
    assert.deepEqual(await ask(good), ACCEPTED);
    const before = await requests();
    const [, payload, signature] = good.split('.');
    const forged = () => {
      const header = JSON.stringify({ alg: 'ES384', kid: `EC384_${Math.random()}`, typ: 'JWT' });
      return `${Buffer.from(header).toString('base64url')}.${payload}.${signature}`;
    };
    for (let second = 0; second < 60; second += 3) {
      await goTo(second);
      const verdicts = await ask([...Array.from({ length: 500 }, forged), await mint()]);
      assert.equal(verdicts.pop(), 'accepted');
      for (const { code, status } of verdicts) assert.deepEqual([code, status], ['ERR_JWKS_NO_MATCHING_KEY', 401]);
    }
    const made = (await requests()) - before;
    assert.ok(made >= 1 && made <= 6, `${made} requests`);
  });

  test('serves the next request if the first is aborted while it fetches', async () => {
    const ask = fresh();
    const token = await mint();
    await control('outage', 'timeout', { requests: 1 });
    await assert.rejects(ask(token, { signal: AbortSignal.timeout(300) }));
    assert.deepEqual(await ask(token), ACCEPTED);
  });

  test('answers 100 concurrent cold requests', async () => {
    const ask = fresh();
    const token = await mint();
    const answers = await Promise.all(Array.from({ length: 100 }, () => ask(token)));
    for (const verdict of answers) assert.deepEqual(verdict, ACCEPTED);
  });

  test('makes at most 2 requests for 100 concurrent cold requests with a shared store', async () => {
    const ask = fresh({ store: 'durable' });
    const token = await mint();
    // The issuer responds so slowly that all requests arrive before the keys.
    await control('slow', 300);
    const before = await requests();
    const answers = await Promise.all(Array.from({ length: 100 }, () => ask(token)));
    for (const verdict of answers) assert.deepEqual(verdict, ACCEPTED);
    const made = (await requests()) - before;
    assert.ok(made >= 1 && made <= 2, `${made} requests`);
  });

  for (const [fault, cause] of Object.entries({
    huge: /over 262144 bytes/,
    endless: /over 262144 bytes|timed? ?out|abort/i,
    html: /content type text\/html/,
    'content-type': /content type text\/plain/,
    redirect: /status (302|of a redirect)/,
    truncated: /./,
    timeout: /no answer within 0\.5 seconds/,
    stalled: /no answer within 0\.5 seconds/,
  })) {
    test(`answers 503 for the fault "${fault}", and reports the cause`, async () => {
      const ask = fresh({ timing: { timeout: 0.5 } });
      await control('outage', fault);
      const token = await mint();
      const started = Date.now();
      const verdict = isUnavailable(await ask(token));
      assert.match(verdict.cause, cause);
      assert.ok(Date.now() - started < 10_000, 'answers in time');
      await control('recover');
      await goTo(MINUTE);
      assert.deepEqual(await ask(await mint()), ACCEPTED);
    });
  }

  for (const seconds of [-60, 60]) {
    test(`tolerates a clock that is ${seconds} s off`, async () => {
      const ask = fresh({ clockTolerance: 90 });
      const before = await requests();
      for (let use = 0; use < 5; use += 1) assert.deepEqual(await ask(await mint(), { clock: seconds }), ACCEPTED);
      assert.equal((await requests()) - before, 1);
      // Without the tolerance the token is rejected for its times, and no keys are fetched.
      const strict = fresh({ clockTolerance: 5 });
      const verdicts = await strict(await mint({ lifetime: 30 }), { clock: seconds });
      isRefused(verdicts, seconds > 0 ? 'ERR_JWT_EXPIRED' : 'ERR_JWT_CLAIM_VALIDATION_FAILED');
    });
  }

  for (const store of ['corrupt', 'throwing']) {
    test(`ignores a ${store} store`, async () => {
      const ask = fresh({ store });
      assert.deepEqual(await ask([await mint(), await mint()]), ['accepted', 'accepted']);
      await control('outage', 'network');
      isUnavailable(await fresh({ store })(await mint()));
    });
  }

  test('follows a rotation in two isolates that share a store', async () => {
    const isolates = [fresh({ store: 'durable' }), fresh({ store: 'durable' })];
    const first = await mint();
    for (const ask of isolates) assert.deepEqual(await ask(first), ACCEPTED);
    await control('rotate', { mode: 'same-kid' });
    await goTo(MINUTE);
    const before = await requests();
    const token = await mint();
    for (const ask of isolates) {
      assert.deepEqual(await ask(token), ACCEPTED);
      isRefused(await ask(first), 'ERR_JWS_SIGNATURE_VERIFICATION_FAILED');
    }
    const made = (await requests()) - before;
    assert.ok(made >= 1 && made <= 2, `${made} requests`);
  });
});
