// Tests the metadata of a protected resource (RFC 9728): the document, its URL and path, its responses, and its options.
import assert from 'node:assert/strict';
import test, { describe } from 'node:test';
import express from 'express';
import express4 from 'express4';
import fastify from 'fastify';
import { Hono } from 'hono';
import { createVerifier } from 'sts-jwt';
import * as connect from 'sts-jwt/express';
import * as fastifyEntry from 'sts-jwt/fastify';
import { protect, protectedResourceMetadata } from 'sts-jwt/handler';
import * as hono from 'sts-jwt/hono';
import { listen } from '../support/services.mjs';

const any = (value) => value;
const ROOT = '/.well-known/oauth-protected-resource';
const HOST = 'https://mcp.example.test';
/** Every member, with the values of RFC 9728 §2 and §3.2. */
const ALL = {
  resource: `${HOST}/mcp`,
  authorization_servers: ['https://issuer.example.test', 'https://other.example.test/tenant'],
  jwks_uri: `${HOST}/keys`,
  scopes_supported: ['profile', 'email'],
  bearer_methods_supported: ['header', 'body', 'query'],
  resource_signing_alg_values_supported: ['ES256'],
  resource_name: 'Beispiel "\u00e4" \u2028',
  'resource_name#de-CH': 'Name',
  resource_documentation: `${HOST}/docs.html?a=b`,
  'resource_documentation#fr': `${HOST}/docs.fr.html`,
  resource_policy_uri: `${HOST}/policy`,
  resource_tos_uri: `${HOST}/terms`,
  tls_client_certificate_bound_access_tokens: false,
  authorization_details_types_supported: ['payment'],
  dpop_signing_alg_values_supported: ['ES256'],
  dpop_bound_access_tokens_required: true,
  signed_metadata: 'a.b.c',
};
const request = (path, method = 'GET') => new Request(`${HOST}${path}`, { method });

describe('protectedResourceMetadata()', () => {
  test('serves the document, unchanged, to pages of every origin', async () => {
    const metadata = protectedResourceMetadata(any(ALL));
    const response = any(metadata(request(metadata.path)));
    assert.deepEqual([response.status, await response.json()], [200, ALL]);
    assert.deepEqual(Object.fromEntries(response.headers), {
      'access-control-allow-origin': '*',
      'cache-control': 'public, max-age=3600',
      'content-type': 'application/json',
    });
  });

  test('omits members that are undefined', async () => {
    const metadata = protectedResourceMetadata({ resource: HOST, scopes_supported: undefined });
    assert.equal(await any(metadata(request(ROOT))).text(), `{"resource":"${HOST}"}`);
  });

  for (const [resource, url, path] of [
    [HOST, `${HOST}${ROOT}`, ROOT],
    [`${HOST}/`, `${HOST}${ROOT}`, ROOT],
    [`${HOST}/mcp`, `${HOST}${ROOT}/mcp`, `${ROOT}/mcp`],
    [`${HOST}/a/b/`, `${HOST}${ROOT}/a/b/`, `${ROOT}/a/b/`],
    [`${HOST}/mcp?tenant=1`, `${HOST}${ROOT}/mcp?tenant=1`, `${ROOT}/mcp`],
    [`${HOST}?tenant=1`, `${HOST}${ROOT}?tenant=1`, ROOT],
    [`${HOST}:8443/mcp`, `${HOST}:8443${ROOT}/mcp`, `${ROOT}/mcp`],
    ['http://localhost:8787/mcp', `http://localhost:8787${ROOT}/mcp`, `${ROOT}/mcp`],
  ]) {
    test(`inserts the path into ${resource}`, async () => {
      const metadata = protectedResourceMetadata({ resource });
      assert.deepEqual([metadata.url, metadata.path], [url, path]);
      // RFC 9728 §3.3: the client compares the resource with the one from which it derived the URL.
      assert.deepEqual(await any(metadata(new Request(url))).json(), { resource });
    });
  }

  test('does not answer requests for other paths', () => {
    const metadata = protectedResourceMetadata({ resource: `${HOST}/mcp` });
    const paths = ['/', '/mcp', ROOT, `${ROOT}/`, `${ROOT}/mcp/`, `${ROOT}/MCP`, `${ROOT}/mcp/x`, `/x${ROOT}/mcp`];
    for (const path of paths) assert.equal(metadata(request(path)), undefined, path);
    for (const url of ['', 'x', '*', `//evil.example.test${ROOT}/mcp`, `/x?${ROOT}/mcp`, `${ROOT}/mcp/../x`]) {
      assert.equal(metadata({ method: 'GET', url }), undefined, url);
    }
    for (const url of [`${ROOT}/mcp`, `${ROOT}/mcp?a=b`, `https://proxy.example.test${ROOT}/mcp`]) {
      assert.equal(any(metadata({ method: 'GET', url })).status, 200, url);
    }
  });

  test('answers HEAD, preflights and other methods', async () => {
    const metadata = protectedResourceMetadata({ resource: HOST });
    const head = any(metadata(request(ROOT, 'HEAD')));
    assert.deepEqual([head.status, await head.text()], [200, '']);
    const preflight = any(metadata(request(ROOT, 'OPTIONS')));
    assert.equal(preflight.status, 204);
    for (const [name, value] of Object.entries({ origin: '*', methods: 'GET, HEAD, OPTIONS', headers: '*' }))
      assert.equal(preflight.headers.get(`access-control-allow-${name}`), value);
    for (const method of ['POST', 'PUT', 'DELETE', 'get']) {
      const response = any(metadata({ method, url: ROOT }));
      assert.deepEqual([response.status, response.headers.get('allow')], [405, 'GET, HEAD, OPTIONS']);
    }
  });

  test('works together with protect(), whose challenge names the document', async () => {
    const metadata = protectedResourceMetadata({ resource: `${HOST}/mcp` });
    const verifier = createVerifier({ issuer: 'https://issuer.example.test', audience: `${HOST}/mcp` });
    const api = protect(verifier, () => new Response('in'), { resourceMetadata: metadata.url });
    const serve = async (request) => metadata(request) ?? api(request);
    const challenge = (await serve(request('/mcp'))).headers.get('www-authenticate');
    const [, url] = /resource_metadata="([^"]+)"/.exec(challenge ?? '') ?? [];
    assert.equal((await (await serve(new Request(any(url)))).json()).resource, `${HOST}/mcp`);
  });

  for (const [value, message] of any([
    [undefined, /"resource" is missing/],
    [{}, /"resource" is missing/],
    [{ resource: undefined }, /"resource" is missing/],
    [null, /must be a plain object/],
    ['https://mcp.example.test', /must be a plain object/],
    ...[
      '',
      'x',
      '/mcp',
      'http://mcp.example.test',
      `${HOST}/#x`,
      `${HOST}/#`,
      'https://u:p@mcp.example.test',
      5,
      null,
      [],
    ].map((resource) => [{ resource }, /^"resource" must be an https URL/]),
    [{ resource: HOST, authorisation_servers: [] }, /^"authorisation_servers" is unknown/],
    [{ resource: HOST, 'resource#de': HOST }, /^"resource#de" is unknown/],
    [{ resource: HOST, 'scopes_supported#de': ['a'] }, /^"scopes_supported#de" is unknown/],
    [{ resource: HOST, 'resource_name#': 'a' }, /^"resource_name#" is unknown/],
    [{ resource: HOST, [Symbol('x')]: 'a' }, /is unknown/],
    [{ resource: HOST, toString: 'a' }, /^"toString" is unknown/],
    [{ resource: HOST, ['__proto__']: 'a' }, /^"__proto__" is unknown/],
    ...[[], [''], 'https://issuer.example.test', ['http://issuer.example.test'], [5], null].map((value) => [
      { resource: HOST, authorization_servers: value },
      /^"authorization_servers" must be an array of https URLs/,
    ]),
    ...[[], [''], 'read', [5], null].map((value) => [
      { resource: HOST, scopes_supported: value },
      /^"scopes_supported" must be an array of strings/,
    ]),
    [
      { resource: HOST, bearer_methods_supported: ['cookie'] },
      /^"bearer_methods_supported" must be an array of "header"/,
    ],
    [{ resource: HOST, resource_name: '' }, /^"resource_name" must be a string/],
    [{ resource: HOST, dpop_bound_access_tokens_required: 'true' }, /must be true or false/],
  ])) {
    test(`rejects ${JSON.stringify(value)?.slice(0, 80)} (${message.source})`, () => {
      for (const create of [protectedResourceMetadata, connect.protectedResourceMetadata])
        assert.throws(() => create(value), { name: 'JwtError', code: 'ERR_OPTIONS_INVALID', message });
    });
  }

  test('throws only a JwtError for requests without a URL', () => {
    const metadata = protectedResourceMetadata({ resource: HOST });
    for (const value of [{}, { url: 5 }, { url: null }])
      assert.throws(() => metadata(any(value)), { name: 'JwtError', code: 'ERR_OPTIONS_INVALID' });
  });

  test('reads no polluted prototype', async () => {
    const polluted = any(Object.prototype);
    polluted.scopes_supported = ['polluted'];
    polluted.toJSON = () => 'polluted';
    any(Array.prototype).toJSON = () => 'polluted';
    let text;
    try {
      const metadata = protectedResourceMetadata({
        resource: HOST,
        authorization_servers: ['https://issuer.example.test'],
      });
      text = await any(metadata({ method: 'GET', url: ROOT })).text();
      assert.throws(() => protectedResourceMetadata(any({})), /"resource" is missing/);
    } finally {
      delete polluted.scopes_supported;
      delete polluted.toJSON;
      delete any(Array.prototype).toJSON;
    }
    assert.equal(text, `{"resource":"${HOST}","authorization_servers":["https://issuer.example.test"]}`);
  });
});

describe('the metadata on frameworks', () => {
  const metadata = { resource: `${HOST}/mcp` };
  const check = async (ask) => {
    const response = await ask(`${ROOT}/mcp`);
    assert.deepEqual([response.status, await response.json()], [200, metadata]);
    assert.equal(response.headers.get('access-control-allow-origin'), '*');
    assert.match(response.headers.get('content-type'), /^application\/json/);
    assert.equal((await ask(`${ROOT}/mcp`, { method: 'HEAD' })).status, 200);
    assert.equal((await ask(`${ROOT}/mcp`, { method: 'OPTIONS' })).status, 204);
    assert.equal((await ask('/other')).status, 404);
  };

  for (const [name, create] of any([
    ['express 5', express],
    ['express 4', express4],
  ])) {
    test(`is served by ${name}, also below a mount path`, async () => {
      for (const mount of ['/', '/.well-known']) {
        const app = create();
        const middleware = connect.protectedResourceMetadata(metadata);
        assert.deepEqual([middleware.url, middleware.path], [`${HOST}${ROOT}/mcp`, `${ROOT}/mcp`]);
        app.use(mount, middleware);
        const service = await listen(app);
        await check(service.ask).finally(service.stop);
      }
    });
  }

  test('is served by Fastify', async () => {
    const app = fastify();
    const serve = fastifyEntry.protectedResourceMetadata(metadata);
    const handler = (request, reply) => reply.send(serve(request));
    app.route({ method: ['GET', 'HEAD', 'OPTIONS'], url: serve.path, handler });
    await app.ready();
    const service = await listen(app.routing);
    await check(service.ask).finally(service.stop);
  });

  test('is served by Hono', async () => {
    const app = new Hono();
    const serve = hono.protectedResourceMetadata(metadata);
    app.use(async (c, next) => serve(c.req.raw) ?? next());
    await check(async (path, init) => app.request(path, init));
  });
});
