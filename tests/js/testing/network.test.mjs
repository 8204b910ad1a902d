// Tests the network of `sts-jwt/testing`: the two documents, the recorded requests, and every outage as seen through
// `fetch`.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import test, { describe } from 'node:test';
import { createTestIssuer } from 'sts-jwt/testing';
import { TOOLS } from '../support/paths.mjs';

const issuer = await createTestIssuer({ now: () => 5000 });
const { jwksUri } = issuer;
const configurationUrl = `${issuer.issuer}/.well-known/openid-configuration`;
const soon = () => AbortSignal.timeout(50);
const status = async (input, init = undefined) => (await issuer.fetch(input, init)).status;

/** Defines a test. Before the test, clears the issuer's recorded requests and outages. */
const fresh = (name, run) =>
  test(name, async () => {
    issuer.recover();
    issuer.requests.length = 0;
    await run();
  });

describe('test issuer: network', () => {
  fresh('serves the two documents of AWS', async () => {
    const configuration = await (await issuer.fetch(configurationUrl)).json();
    assert.deepEqual(Object.keys(configuration), [
      ...['issuer', 'jwks_uri', 'response_types_supported', 'subject_types_supported'],
      ...['id_token_signing_alg_values_supported', 'claims_supported'],
    ]);
    assert.deepEqual([configuration.issuer, configuration.jwks_uri], [issuer.issuer, jwksUri]);
    const response = await issuer.fetch(jwksUri);
    assert.deepEqual([response.status, response.headers.get('content-type')], [200, 'application/json']);
    assert.equal(await response.text(), issuer.jwksText());
  });

  fresh('accepts a string, a URL or a Request, and needs no "this"', async () => {
    const { fetch } = issuer;
    for (const input of [jwksUri, new URL(jwksUri), new Request(jwksUri), `${jwksUri}#fragment`]) {
      assert.equal((await fetch(input)).status, 200);
    }
  });

  fresh('answers 404 for any other URL', async () => {
    const { host } = new URL(jwksUri);
    for (const [input, init] of /** @type {any[][]} */ ([
      [issuer.issuer],
      [`${jwksUri}?v=2`],
      [jwksUri.replace('https:', 'http:')],
      [jwksUri.replace(host, 'other.example.test')],
      [jwksUri, { method: 'POST' }],
      [new Request(jwksUri, { method: 'DELETE' })],
    ])) {
      const response = await issuer.fetch(input, init);
      assert.equal(response.status, 404);
      await response.json();
    }
    await assert.rejects(issuer.fetch('/relative'), TypeError);
  });

  fresh('serves an issuer with a path and headers', async () => {
    const headers = { 'cache-control': 'max-age=60' };
    const other = await createTestIssuer({ issuer: 'http://127.0.0.1:8080/tenant', headers });
    const response = await other.fetch('http://127.0.0.1:8080/tenant/.well-known/jwks.json');
    assert.deepEqual([response.status, response.headers.get('cache-control')], [200, 'max-age=60']);
    assert.equal((await other.fetch('http://127.0.0.1:8080/.well-known/jwks.json')).headers.get('cache-control'), null);
  });

  fresh('serves the new keys after a rotation', async () => {
    const other = await createTestIssuer();
    await other.rotate({ alg: 'ES384' });
    const { keys } = await (await other.fetch(other.jwksUri)).json();
    assert.deepEqual(
      keys.map(({ kid }) => kid),
      ['RSA_0', 'EC384_1'],
    );
  });

  fresh('records all requests except those aborted before they began', async () => {
    await issuer.fetch(jwksUri);
    await issuer.fetch(new Request(configurationUrl));
    await issuer.fetch(`${issuer.issuer}/other`, { method: 'PUT' });
    issuer.outage('network');
    await issuer.fetch(jwksUri).catch(() => {});
    await issuer.fetch(jwksUri, { signal: AbortSignal.abort() }).catch(() => {});
    assert.deepEqual(issuer.requests, [
      { url: jwksUri, method: 'GET', document: 'jwks', at: 5000 },
      { url: configurationUrl, method: 'GET', document: 'configuration', at: 5000 },
      { url: `${issuer.issuer}/other`, method: 'PUT', at: 5000 },
      { url: jwksUri, method: 'GET', document: 'jwks', at: 5000 },
    ]);
  });

  fresh('rejects with the reason of the signal, passed in the init or in the Request', async () => {
    const reason = new Error('enough');
    const signal = AbortSignal.abort(reason);
    await assert.rejects(issuer.fetch(jwksUri, { signal }), reason);
    await assert.rejects(issuer.fetch(new Request(jwksUri, { signal })), reason);
    assert.equal(await status(new Request(jwksUri, { signal }), { signal: null }), 200);
  });

  // ---- outages

  fresh('simulates an outage with a status, with or without a body', async () => {
    for (const code of [204, 304, 404, 429, 500, 503, 599]) {
      issuer.outage(code, { requests: 1 });
      const response = await issuer.fetch(jwksUri);
      assert.equal(response.status, code);
      await response.text();
    }
  });

  fresh('simulates an outage of the network', async () => {
    issuer.outage('network');
    await assert.rejects(
      issuer.fetch(jwksUri),
      (error) => error instanceof TypeError && /fetch failed/.test(error.message),
    );
  });

  fresh('does not respond until the signal aborts', async () => {
    issuer.outage('timeout');
    await assert.rejects(issuer.fetch(jwksUri, { signal: soon() }), { name: 'TimeoutError' });
    const controller = new AbortController();
    const pending = issuer.fetch(new Request(jwksUri, { signal: controller.signal }));
    const first = await Promise.race([pending, new Promise((resolve) => setTimeout(resolve, 20, 'nothing'))]);
    assert.equal(first, 'nothing');
    controller.abort(new Error('enough'));
    await assert.rejects(pending, { message: 'enough' });
  });

  fresh('stalls after half a body until the signal aborts', async () => {
    issuer.outage('stalled');
    const { status, body } = await issuer.fetch(jwksUri, { signal: soon() });
    const reader = body.getReader();
    const { value } = await reader.read();
    assert.deepEqual(
      [status, new TextDecoder().decode(value)],
      [200, issuer.jwksText().slice(0, issuer.jwksText().length >> 1)],
    );
    await assert.rejects(reader.read(), { name: 'TimeoutError' });
    await (await issuer.fetch(jwksUri)).body.cancel();
  });

  fresh('serves HTML, a wrong content type and a truncated body', async () => {
    const texts = {};
    for (const [fault, type] of /** @type {any[][]} */ ([
      ['html', 'text/html; charset=utf-8'],
      ['content-type', 'text/plain; charset=utf-8'],
      ['truncated', 'application/json'],
    ])) {
      issuer.outage(fault);
      const response = await issuer.fetch(jwksUri);
      assert.deepEqual([response.status, response.headers.get('content-type')], [200, type]);
      texts[fault] = await response.text();
    }
    assert.match(texts.html, /^<!doctype html>/);
    assert.equal(texts['content-type'], issuer.jwksText());
    assert.ok(issuer.jwksText().startsWith(texts.truncated) && texts.truncated.length > 100);
    assert.throws(() => JSON.parse(texts.truncated));
  });

  fresh('serves a huge but valid key set to a client that reads up to 1 MiB', async () => {
    issuer.outage('huge');
    const text = await (await issuer.fetch(jwksUri)).text();
    assert.ok(text.length > 2 ** 20);
    assert.deepEqual(JSON.parse(text).keys, issuer.jwks.keys);
  });

  fresh('serves an endless body until it is cancelled or aborted', async () => {
    issuer.outage('endless');
    const controller = new AbortController();
    const { body } = await issuer.fetch(jwksUri, { signal: controller.signal });
    const reader = body.getReader();
    let length = 0;
    while (length < 4 * 2 ** 20) length += (await reader.read()).value.length;
    controller.abort(new Error('enough'));
    await assert.rejects(
      async () => {
        for (;;) await reader.read();
      },
      { message: 'enough' },
    );
    await (await issuer.fetch(jwksUri)).body.cancel();
  });

  fresh('returns, rejects or follows a redirect, depending on the mode of the request', async () => {
    issuer.outage('redirect');
    const manual = await issuer.fetch(jwksUri, { redirect: 'manual' });
    const elsewhere = 'https://elsewhere.example.test/.well-known/jwks.json';
    assert.deepEqual([manual.status, manual.headers.get('location')], [302, elsewhere]);
    await assert.rejects(issuer.fetch(new Request(jwksUri, { redirect: 'error' })), TypeError);
    const followed = await issuer.fetch(jwksUri);
    assert.deepEqual([followed.status, followed.redirected, await followed.text()], [200, true, issuer.jwksText()]);
  });

  fresh('accepts an outage function that answers, throws, waits or returns the regular response', async () => {
    const seen = [];
    issuer.outage((request, answer) => {
      seen.push(request);
      return request.document === 'jwks' ? answer() : new Response(null, { status: 418 });
    });
    assert.deepEqual([await status(jwksUri), await status(configurationUrl)], [200, 418]);
    assert.deepEqual(seen, issuer.requests);
    issuer.outage(() => {
      throw new RangeError('odd');
    });
    await assert.rejects(issuer.fetch(jwksUri), RangeError);
    issuer.outage(() => new Promise(() => setTimeout(() => {}, 100)));
    await assert.rejects(issuer.fetch(jwksUri, { signal: soon() }), { name: 'TimeoutError' });
  });

  fresh('applies outages with a number of requests in their order', async () => {
    issuer.outage(503, { requests: 2 });
    issuer.outage(500, { requests: 1 });
    const seen = [];
    for (let i = 0; i < 5; i += 1) seen.push(await status(i % 2 ? jwksUri : configurationUrl));
    assert.deepEqual(seen, [503, 503, 500, 200, 200]);
  });

  fresh('continues an unlimited outage until the next outage or recover()', async () => {
    issuer.outage(503);
    assert.deepEqual([await status(jwksUri), await status(jwksUri), await status(issuer.issuer)], [503, 503, 503]);
    issuer.outage(500, { requests: 1 });
    assert.deepEqual([await status(jwksUri), await status(jwksUri)], [500, 200]);
    issuer.outage(500, { requests: 1 });
    issuer.outage(503);
    assert.deepEqual([await status(jwksUri), await status(jwksUri), await status(jwksUri)], [500, 503, 503]);
    issuer.recover();
    assert.equal(await status(jwksUri), 200);
  });

  fresh('limits an outage to one document', async () => {
    issuer.outage(503, { document: 'jwks' });
    issuer.outage(500, { document: 'configuration', requests: 1 });
    const seen = [];
    for (const url of [jwksUri, configurationUrl, configurationUrl, issuer.issuer]) seen.push(await status(url));
    assert.deepEqual(seen, [503, 500, 200, 404]);
  });

  // ---- as a Worker

  fresh('serves requests as a Worker, ignoring other arguments', async () => {
    /** @type {(...args: any[]) => Promise<Response>} */
    const fetch = issuer.worker.fetch;
    const environment = { method: 'POST', signal: AbortSignal.abort() };
    assert.equal((await fetch(new Request(jwksUri), environment, {})).status, 200);
  });

  fresh("serves the requests of Miniflare's Workers", async () => {
    const require = createRequire(createRequire(join(TOOLS, 'package.json')).resolve('wrangler'));
    const { Miniflare } = require('miniflare');
    const script = 'export default { fetch: async (request) => fetch(request.headers.get("x-url")) }';
    const options = { modules: true, script, compatibilityDate: '2026-01-01', outboundService: issuer.worker.fetch };
    const miniflare = new Miniflare(options);
    try {
      const response = await miniflare.dispatchFetch('http://localhost/', { headers: { 'x-url': jwksUri } });
      assert.deepEqual([response.status, await response.text()], [200, issuer.jwksText()]);
    } finally {
      await miniflare.dispose();
    }
  });
});
