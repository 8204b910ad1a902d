// Runs `sts-jwt issuer` as a process against servers on this machine.
import assert from 'node:assert/strict';
import test, { after, describe } from 'node:test';
import { createTestIssuer } from 'sts-jwt/testing';
import { run, runJson, serve, withoutColour } from '../support/cli.mjs';
import { importSource } from '../support/sources.mjs';

let answer;
const server = await serve((url, request) => answer(url, request));
after(server.close);
const LOCAL = ['issuer', '--allow-loopback-http'];

const issuer = await createTestIssuer({ issuer: server.url });

/** Serves the issuer's documents, with additional headers. */
function publish(headers = {}) {
  answer = async (url) => {
    const response = await issuer.fetch(url);
    const body = await response.text();
    return { status: response.status, headers: { ...Object.fromEntries(response.headers), ...headers }, body };
  };
}

const textsOf = ({ findings }, outcome) => findings.filter((each) => each.outcome === outcome).map(({ text }) => text);

describe('sts-jwt issuer', () => {
  test('exits with 0 for a correct issuer, and reports freshness, clock and CORS', async () => {
    publish({ 'cache-control': 'public, max-age=300', age: '12', 'access-control-allow-origin': '*' });
    const report = await runJson([...LOCAL, server.url]);
    assert.equal(report.exitStatus, 0);
    assert.deepEqual(textsOf(report, 'failed'), []);
    assert.deepEqual(textsOf(report, 'note'), ['not an issuer of AWS STS']);
    assert.equal(report.usable, 2);
    assert.equal(report.aws.expected, true);
    const { status, contentType, bytes, freshFor, clockAhead, browsers } = report.jwks;
    assert.deepEqual([status, contentType, freshFor, browsers], [200, 'application/json', 288, true]);
    assert.ok(bytes > 500 && Math.abs(clockAhead) < 30);
  });

  test('prints a report in colour within 80 columns', async () => {
    publish({ 'cache-control': 'max-age=300' });
    const { status, stdout, stderr } = await run([...LOCAL, '--color', server.url]);
    assert.deepEqual([status, stderr], [0, '']);
    const text = withoutColour(stdout);
    assert.match(text, /^ NO PROBLEMS {3}http:/);
    for (const words of ['✓ status 200, application/json', '✓ fresh for 5 min', '✓ "issuer" is this issuer', '✓ RSA_0'])
      assert.ok(text.includes(words), words);
    for (const line of text.split('\n')) assert.ok([...line].length <= 80, line);
  });

  test('sends an Origin and checks the CORS response', async () => {
    publish();
    const origins = new Set();
    answer = async (url, request) => {
      origins.add(request.headers.origin);
      const response = await issuer.fetch(url);
      const headers = { 'content-type': 'application/json', 'access-control-allow-origin': request.headers.origin };
      return { status: 200, headers, body: await response.text() };
    };
    assert.equal((await runJson([...LOCAL, server.url])).jwks.browsers, true);
    assert.equal(origins.size, 1);
    assert.match([...origins][0], /^https:\/\//);
    publish({ 'access-control-allow-origin': 'https://other.example' });
    assert.equal((await runJson([...LOCAL, server.url])).jwks.browsers, false);
  });

  test('notes a wrong clock and stale keys', async () => {
    publish({ date: new Date(Date.now() - 3_600_000).toUTCString(), 'cache-control': 'max-age=10', age: '20' });
    const report = await runJson([...LOCAL, server.url]);
    assert.equal(report.exitStatus, 0);
    assert.match(textsOf(report, 'note').join('\n'), /this machine's clock is .* ahead of the server's/);
    assert.match(textsOf(report, 'note').join('\n'), /no longer fresh/);
  });

  for (const name of ['/openid-configuration', '/oauth-authorization-server'])
    test(`uses keys at the URL that the document ${name} names, and without discovery notes the difference`, async () => {
      publish();
      const uri = `${server.url}/elsewhere`;
      answer = async (url) => {
        const body = url === uri ? issuer.jwksText() : JSON.stringify({ issuer: server.url, jwks_uri: uri });
        const found = url === uri || url.endsWith(name);
        return { status: found ? 200 : 404, headers: { 'content-type': 'application/json' }, body };
      };
      const report = await runJson([...LOCAL, server.url]);
      assert.equal(report.exitStatus, 0, JSON.stringify(report.findings));
      assert.equal(report.jwks.url, uri);
      assert.deepEqual(
        textsOf(report, 'note').filter((text) => /not the URL/.test(text)),
        [],
      );
      const fixed = await runJson([...LOCAL, '--no-discovery', server.url]);
      assert.equal(fixed.jwks.url, `${server.url}/.well-known/jwks.json`);
      assert.match(textsOf(fixed, 'note').join('\n'), /differs from the URL in use/);
    });

  const json = (body) => ({ status: 200, headers: { 'content-type': 'application/json' }, body });
  const configuration = (members) =>
    json(JSON.stringify({ issuer: server.url, jwks_uri: `${server.url}/.well-known/jwks.json`, ...members }));
  /** @type {Record<string, any>} */
  const WRONG = {
    'a document of another issuer': [
      configuration({ issuer: 'https://a.example' }),
      undefined,
      /"https:\/\/a\.example", not this issuer/,
    ],
    'a document without "issuer"': [configuration({ issuer: undefined }), undefined, /"issuer" is absent/],
    'a document without "jwks_uri"': [
      configuration({ jwks_uri: undefined }),
      undefined,
      /"jwks_uri" is not an https URL/,
    ],
    'keys over http': [configuration({ jwks_uri: 'http://a.example/k' }), undefined, /"jwks_uri" is not an https URL/],
    'a document that is not an object': [json('[1]'), undefined, /"issuer" is absent/],
    'a document that is not JSON': [json('{'), undefined, /not a JSON object/],
    'no document': [{ status: 404, headers: {}, body: '' }, undefined, /^status 404/],
    'no key set': [configuration({}), json('{"a":1}'), /keys/],
    'a discovery document instead of a key set': [configuration({}), configuration({}), /discovery document/],
    'an empty key set': [configuration({}), json('{"keys":[]}'), /0 of 0 keys/],
    'a page instead of a key set': [
      configuration({}),
      { status: 200, headers: { 'content-type': 'text/html' }, body: '<html>' },
      /the content type must be JSON/,
    ],
    'a huge key set': [configuration({}), json(`{"keys":[],"a":"${'x'.repeat(300_000)}"}`), /over 262144 bytes/],
  };
  for (const [name, [document, set, words]] of Object.entries(WRONG)) {
    test(`exits with 1 for ${name}`, async () => {
      publish();
      answer = (url) => (url.includes('/.well-known/o') ? document : (set ?? json(issuer.jwksText())));
      const report = await runJson([...LOCAL, server.url]);
      assert.equal(report.exitStatus, 1);
      assert.ok(
        textsOf(report, 'failed').some((text) => words.test(text)),
        textsOf(report, 'failed').join('\n'),
      );
    });
  }

  test('exits with 1 if only the slash at the end differs from the issuer in the document', async () => {
    publish();
    const report = await runJson([...LOCAL, `${server.url}/`]);
    assert.equal(report.exitStatus, 1);
    assert.match(textsOf(report, 'passed')[0], /ends with a slash: "iss" must match exactly/);
    assert.match(textsOf(report, 'failed')[0], /not this issuer/);
  });

  for (const [name, fault, words, kind] of /** @type {any[][]} */ ([
    ['a status of 500', 500, /^status 500/, 'status'],
    ['a redirect', 302, /^status 302, redirect not followed: to https:\/\/a\.example/, 'redirect'],
    ['a status of 404', 404, /^status 404/, 'status'],
  ])) {
    test(`exits with 3 for ${name}`, async () => {
      answer = () => ({ status: fault, headers: fault === 302 ? { location: 'https://a.example' } : {}, body: '' });
      const report = await runJson([...LOCAL, server.url]);
      assert.equal(report.exitStatus, 3);
      assert.ok(textsOf(report, 'failed').every((text) => words.test(text)));
      assert.deepEqual([report.discovery.kind, report.jwks.kind], [kind, kind]);
      assert.equal(report.keys, undefined);
    });
  }

  test('exits with 3 if the connection is refused or the response takes too long', async () => {
    const gone = await serve(() => {});
    gone.close();
    const refused = await run([...LOCAL, gone.url]);
    assert.equal(refused.status, 3);
    assert.match(refused.stdout, /^KEYS UNAVAILABLE[\s\S]+ECONNREFUSED/);
    publish();
    const served = answer;
    answer = (url) => (url.endsWith('jwks.json') ? new Promise(() => {}) : served(url));
    const slow = await runJson([...LOCAL, server.url]);
    assert.equal(slow.exitStatus, 3);
    assert.match(textsOf(slow, 'failed').join('\n'), /no answer within 3 seconds/);
    assert.equal(slow.jwks.kind, 'timeout');
  });
});

// Problems of issuer URLs that are found without a request.

const { findInUrl } = await importSource('cli/issuer-findings.ts');

describe('findInUrl', () => {
  test('reports problems of an issuer URL', async () => {
    const AWS = 'an issuer of AWS STS';
    for (const partition of /** @type {any[]} */ (['aws', 'aws-cn'])) {
      const { issuer: url } = await createTestIssuer({ partition });
      assert.deepEqual(
        findInUrl(url).map(({ outcome }) => outcome),
        ['passed', 'passed'],
        url,
      );
      assert.equal(findInUrl(url)[1].text, AWS);
      assert.deepEqual(
        findInUrl(`${url}/`).map(({ outcome }) => outcome),
        ['passed', 'note'],
      );
    }
    for (const [url, outcomes, words] of /** @type {any[][]} */ ([
      ['https://a.example', ['passed', 'note'], /origin/],
      ['https://a1.tokens.sts.global.api.aws.evil.example', ['passed', 'note'], /origin/],
      ['https://a.b.tokens.sts.global.api.aws', ['passed', 'note'], /origin/],
      ['https://tokens.sts.global.api.aws', ['passed', 'note'], /origin/],
      ['https://a.example/tenant', ['passed', 'note'], /path/],
      ['https://a.example/tenant/', ['passed', 'note'], /ends with a slash/],
      ['https://a.example/a/../b', ['failed', 'note'], /not in canonical form/],
      ['https://a.example?a=b', ['failed', 'note'], /query/],
      ['https://a.example#a', ['failed', 'note'], /fragment/],
      ['HTTPS://A.example:443', ['failed', 'note'], /not in canonical form/],
    ])) {
      const found = findInUrl(url);
      assert.deepEqual(
        found.map(({ outcome }) => outcome),
        outcomes,
        url,
      );
      assert.match(found[0].text, words);
    }
  });
});
