// Tests every example that is a server. `start(vars, served)` starts the server with an issuer on loopback.
import assert from 'node:assert/strict';
import test, { after, before, describe } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { audience, callers, denied, identityOf, issuer, jwks, tokens } from './callers.mjs';
import { createIssuer, serveIssuer, stsClaims } from './issuer.mjs';

export async function ask({ url }, token) {
  const response = await fetch(url, { headers: token === undefined ? {} : { authorization: `Bearer ${token}` } });
  return { status: response.status, body: await response.json(), challenge: response.headers.get('www-authenticate') };
}

export function testServer(name, start) {
  describe(name, () => {
    let served;
    let server;
    before(async () => {
      served = await serveIssuer(issuer, JSON.stringify(jwks));
      server = await start({ ISSUER: issuer, AUDIENCE: audience }, served);
    });
    after(async () => {
      await server?.stop();
      served?.stop();
    });

    for (const caller of callers) {
      test(`${caller.code ? 'rejects' : 'accepts'} ${caller.name}`, async () => {
        const { status, body, challenge } = await ask(server, caller.token);
        if (caller.code === undefined)
          return assert.deepEqual([status, body], [200, identityOf(/** @type {any} */ (caller))]);
        assert.deepEqual([status, body.error], [401, caller.code]);
        assert.match(challenge, /^Bearer error="invalid_token"/);
      });
    }

    test('answers 401 with a challenge if there is no token', async () => {
      const { status, challenge } = await ask(server);
      assert.deepEqual([status, challenge], [401, 'Bearer']);
    });

    test('denies a caller that the policy does not allow', async () => {
      const { status, body, challenge } = await ask(server, denied);
      assert.deepEqual([status, body.error], [403, 'ERR_POLICY_DENIED']);
      assert.match(challenge, /^Bearer error="insufficient_scope"/);
    });

    test('fetches at most once for many tokens, half of them with an unknown kid', async () => {
      const { requests } = served.state;
      assert.ok(requests > 0);
      const brought = Array.from({ length: 20 }, (_, index) => (index % 2 ? tokens.kidUnknown : tokens.ES384));
      const answers = await Promise.all(brought.map((token) => ask(server, token)));
      for (const [index, { status, body }] of answers.entries()) {
        assert.deepEqual([status, body.error], index % 2 ? [401, 'ERR_JWKS_NO_MATCHING_KEY'] : [200, undefined]);
      }
      assert.ok(served.state.requests <= requests + 1); // at most one fetch, because the minimum interval is ten seconds
    });
  });
}

/** Defines the tests. `andThen` continues with the same server and issuer. */
export function testIssuerAway(name, start, /** @type {(world: any) => unknown} */ andThen = () => {}) {
  describe(name, () => {
    test('answers 503 during an outage of the issuer, then recovers', async () => {
      const { url, jwks, mint } = createIssuer();
      const away = await serveIssuer(url, undefined);
      let server;
      try {
        server = await start({ ISSUER: url, AUDIENCE: audience }, away);
        const claims = stsClaims(url, audience, Math.floor(Date.now() / 1000));
        const token = mint('ES384', claims);
        assert.equal((await ask(server, token)).status, 503);
        away.state.jwks = JSON.stringify(jwks);
        await setTimeout(1100); // after a failure, nothing is fetched for a second
        assert.equal((await ask(server, token)).status, 200);
        await andThen({ server, away, mint: (kid) => mint('ES384', claims, { kid }) });
      } finally {
        await server?.stop();
        away.stop();
      }
    });
  });
}
