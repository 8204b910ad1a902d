// Runs examples/mcp-server in workerd, and follows the steps of an MCP client: from a 401 to the metadata, to the issuer,
// and back.
import assert from 'node:assert/strict';
import test, { after, before, describe } from 'node:test';
import { checkTypes, copyExample } from '../support/examples.mjs';
import { createIssuer, serveIssuer } from '../support/issuer.mjs';
import { bundleWorker, startWorkerd } from '../support/workerd.mjs';

const RESOURCE = 'https://mcp.example.test/mcp';
const { url: ISSUER, jwks, mint } = createIssuer();
const project = copyExample('mcp-server');

const tokenFor = (aud) => {
  const now = Math.floor(Date.now() / 1000);
  return mint('ES384', { iss: ISSUER, sub: 'alice', aud, iat: now, exp: now + 300 });
};

describe('examples/mcp-server', () => {
  let served;
  let server;
  before(async () => {
    served = await serveIssuer(ISSUER, JSON.stringify(jwks));
    const vars = { RESOURCE, ISSUER, JWKS_URI: `${ISSUER}/.well-known/jwks.json` };
    server = await startWorkerd(await bundleWorker('mcp', { project }), { vars, outbound: served.address });
  });
  after(async () => {
    await server?.stop();
    served?.stop();
  });

  const ask = (path, init) => fetch(new URL(path, server.url), init);
  const call = (message, token = tokenFor(RESOURCE)) => {
    const headers = { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) };
    return ask('/mcp', { method: 'POST', headers, body: JSON.stringify({ jsonrpc: '2.0', id: 1, ...message }) });
  };

  test('compiles with the types of the package', () => checkTypes(project));

  test('leads a client from the challenge to the authorization server', async () => {
    const { status, headers } = await call({ method: 'initialize' }, '');
    assert.equal(status, 401);
    assert.equal(
      headers.get('www-authenticate'),
      'Bearer resource_metadata="https://mcp.example.test/.well-known/oauth-protected-resource/mcp"',
    );
    const response = await ask('/.well-known/oauth-protected-resource/mcp');
    assert.equal(response.headers.get('access-control-allow-origin'), '*');
    const { resource, authorization_servers } = await response.json();
    assert.deepEqual([resource, authorization_servers], [RESOURCE, [ISSUER]]);
  });

  test('answers a client with a token for this server', async () => {
    const resultOf = async (message) => (await (await call(message)).json()).result;
    assert.equal((await resultOf({ method: 'initialize' })).serverInfo.name, 'who-am-i');
    assert.equal((await call({ method: 'notifications/initialized', id: undefined })).status, 202);
    assert.deepEqual(
      (await resultOf({ method: 'tools/list' })).tools.map(({ name }) => name),
      ['whoami'],
    );
    const { content } = await resultOf({ method: 'tools/call', params: { name: 'whoami', arguments: {} } });
    assert.deepEqual(content, [{ type: 'text', text: 'You are alice' }]);
  });

  test('rejects a token for another server, and names the metadata', async () => {
    const { status, headers } = await call({ method: 'ping' }, tokenFor('https://other.example.test/mcp'));
    assert.equal(status, 401);
    assert.match(headers.get('www-authenticate') ?? '', /^Bearer error="invalid_token", .*, resource_metadata="https:/);
  });

  test('answers preflights of pages, and lets pages read the challenge', async () => {
    const origin = 'https://page.example.test';
    const headers = {
      origin,
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'authorization',
    };
    for (const path of ['/mcp', '/.well-known/oauth-protected-resource/mcp']) {
      const preflight = await ask(path, { method: 'OPTIONS', headers });
      assert.deepEqual([preflight.status, preflight.headers.get('access-control-allow-origin')], [204, '*']);
    }
    const refused = await call({ method: 'ping' }, '');
    assert.equal(refused.headers.get('access-control-expose-headers'), 'www-authenticate');
  });

  test('answers messages that it does not understand with errors of JSON-RPC', async () => {
    const errorOf = async (message) => (await (await call(message)).json()).error.code;
    assert.equal(await errorOf({ method: 'x' }), -32601);
    assert.equal(await errorOf({ method: 'tools/call', params: { name: 'x' } }), -32602);
    const headers = { authorization: `Bearer ${tokenFor(RESOURCE)}` };
    const response = await ask('/mcp', { method: 'POST', headers, body: '[' });
    assert.equal((await response.json()).error.code, -32600);
    assert.equal((await ask('/mcp', { headers })).status, 405);
  });
});
