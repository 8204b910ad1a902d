// examples/worker as it would be deployed, in workerd, over HTTP; its issuer is on loopback.
import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { createFixtures } from './fixtures.mjs';
import { ACCOUNT, ROLE, createIssuer, serveIssuer, stsClaims } from './support/issuer.mjs';
import { PROJECT } from './support/paths.mjs';
import { bundleWorker, startWorkerd } from './support/workerd.mjs';

const { issuer, audience, jwks, tokens, thumbprints } = createFixtures();
const bundle = await bundleWorker('example', { project: join(PROJECT, 'worker') });
let served;
let worker;

before(async () => {
  served = await serveIssuer(issuer, JSON.stringify(jwks));
  worker = await startWorkerd(bundle, { vars: { ISSUER: issuer, AUDIENCE: audience }, outbound: served.address });
});
after(async () => {
  await worker.stop();
  served.stop();
});

async function ask(token, url = worker.url) {
  const response = await fetch(url, { headers: token === undefined ? {} : { authorization: `Bearer ${token}` } });
  return { status: response.status, body: await response.json(), challenge: response.headers.get('www-authenticate') };
}

for (const [alg, kid] of [
  ['ES384', 'EC384_0'],
  ['RS256', 'RSA_0'],
]) {
  test(`example Worker: tells an ${alg} caller who it is`, async () => {
    const { status, body } = await ask(tokens[alg]);
    assert.equal(status, 200);
    const key = { kid, thumbprint: thumbprints[kid] };
    assert.deepEqual(body, { principal: ROLE, account: ACCOUNT, region: 'eu-west-1', org: 'o-exampleorg1', key, alg });
  });
}

test('example Worker: fetches the keys once', async () => {
  for (let index = 0; index < 20; index += 1) await ask(tokens.ES384);
  assert.equal(served.state.requests, 1);
});

for (const [name, code] of Object.entries({
  otherKey: 'ERR_JWS_SIGNATURE_VERIFICATION_FAILED',
  expired: 'ERR_JWT_EXPIRED',
  audienceOther: 'ERR_JWT_CLAIM_VALIDATION_FAILED',
  algNoneSigned: 'ERR_JOSE_ALG_NOT_ALLOWED',
})) {
  test(`example Worker: refuses ${name}`, async () => {
    const { status, body, challenge } = await ask(tokens[name]);
    assert.deepEqual([status, body.error], [401, code]);
    assert.match(challenge, /^Bearer error="invalid_token"/);
  });
}

test('example Worker: asks for a token', async () => {
  const { status, challenge } = await ask();
  assert.deepEqual([status, challenge], [401, 'Bearer']);
});

test('example Worker: many tokens with an unknown kid make no further fetch within the budget', async () => {
  const { requests } = served.state;
  const answers = await Promise.all(Array.from({ length: 20 }, () => ask(tokens.kidUnknown)));
  for (const { status, body } of answers) assert.deepEqual([status, body.error], [401, 'ERR_JWKS_NO_MATCHING_KEY']);
  assert.equal(served.state.requests, requests);
});

test('example Worker: answers 503 while the issuer is away, recovers, and finds the keys after a rotation', async () => {
  const rotated = createIssuer();
  const jwks = JSON.stringify(rotated.jwks);
  const away = await serveIssuer(rotated.url, undefined);
  const fresh = await startWorkerd(bundle, {
    vars: { ISSUER: rotated.url, AUDIENCE: audience },
    outbound: away.address,
  });
  try {
    const claims = stsClaims(rotated.url, audience, Math.floor(Date.now() / 1000));
    const token = rotated.mint('ES384', claims);
    assert.equal((await ask(token, fresh.url)).status, 503);
    away.state.jwks = jwks;
    assert.equal((await ask(token, fresh.url)).status, 200);
    away.state.jwks = jwks.replace('EC384_0', 'EC384_1');
    const next = rotated.mint('ES384', claims, { kid: 'EC384_1' });
    assert.equal((await ask(next, fresh.url)).body.error, 'ERR_JWKS_NO_MATCHING_KEY');
    await setTimeout(10_000); // the budget of one fetch
    assert.equal((await ask(next, fresh.url)).status, 200);
    assert.equal(away.state.requests, 3);
  } finally {
    await fresh.stop();
    away.stop();
  }
});
