// Tests which data leaves the debugger page, and that token text never becomes markup.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import test, { describe } from 'node:test';
import { FILE, fill, frame, issuer, sample, token, URL_OF_PAGE, verdictOf, withPage } from '../support/debugger.mjs';

describe('privacy of the debugger page', () => {
  test('puts the token into a link only on request', async () => {
    await withPage(async (page, { context }) => {
      await sample(page, 'Good');
      assert.equal(await page.evaluate(() => location.hash), '');
      const [value, expectation] = [
        await page.locator('#token').inputValue(),
        await page.locator('#expect-issuer').inputValue(),
      ];
      await page.getByRole('button', { name: 'Share…' }).click();
      const read = async () => {
        const link = await page.locator('#share-link').inputValue();
        return [link, Buffer.from(link.split('#')[1], 'base64url').toString()];
      };
      const [link, text] = await read();
      assert.ok(!text.includes(value) && !text.includes(value.split('.')[2]));
      assert.equal(await page.locator('#share-warning').isVisible(), false);
      await page.locator('#share-token').check();
      assert.equal(await page.locator('#share-warning').isVisible(), true);
      const [linkWithToken, textWithToken] = await read();
      assert.ok(textWithToken.includes(value));

      const other = await context.newPage();
      await other.goto(link);
      assert.equal(await other.locator('#token').inputValue(), '');
      assert.equal(await other.locator('#expect-issuer').inputValue(), expectation);
      assert.equal(await other.locator('#expect-accounts').inputValue(), '111122223333');
      assert.equal(await other.evaluate(() => location.hash), '', 'the address is clean again');
      const third = await context.newPage();
      await third.goto(linkWithToken);
      await frame(third);
      assert.equal((await verdictOf(third)).state, 'verified');
    });
  });

  test('keeps misplaced tokens and private keys out of a link', async () => {
    const { privateKey } = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-384' }, true, [
      'sign',
      'verify',
    ]);
    const jwk = await crypto.subtle.exportKey('jwk', privateKey);
    await withPage(async (page) => {
      for (const [field, text, secret] of [
        ['jwks', token, token.split('.')[2]],
        ['jwks', JSON.stringify({ keys: [jwk] }), jwk.d],
        ['expect-issuer', token, token.split('.')[2]],
      ]) {
        await fill(page, 'jwks', '');
        await fill(page, field, text);
        await page.locator('#share').click();
        const link = await page.locator('#share-link').inputValue();
        assert.ok(!Buffer.from(link.split('#')[1], 'base64url').toString().includes(secret), field);
        await page.keyboard.press('Escape');
      }
    });
  });

  test('puts only public members of keys into a link, and lists the others', async () => {
    const [key] = JSON.parse(issuer.jwksText()).keys;
    const extra = {
      ...key,
      client_secret: 's3cret-1',
      n2: 's3cret-2',
      use: { d: 's3cret-3' },
      x5c: ['a', { k: 's3cret-4' }],
    };
    const oct = { kty: 'oct', k: 's3cret-5', kid: token };
    for (const [text, names] of [
      [{ keys: [key] }, ''],
      [
        { keys: [extra], access_token: 's3cret-6', toString: 's3cret-7' },
        'access_token, toString, use, client_secret, n2, x5c',
      ],
      [extra, 'use, client_secret, n2, x5c'],
      [[key, extra], 'use, client_secret, n2, x5c'],
      [{ keys: [key, oct] }, 'k, kid'],
      [{ keys: [key, 's3cret-8', null, ['s3cret-9']] }, ''],
    ]) {
      await withPage(async (page) => {
        await fill(page, 'jwks', JSON.stringify(text));
        await page.locator('#share').click();
        const link = await page.locator('#share-link').inputValue();
        const state = JSON.parse(Buffer.from(link.split('#')[1], 'base64url').toString());
        assert.ok(!JSON.stringify(state).includes('s3cret'), JSON.stringify(state));
        assert.ok(!JSON.stringify(state).includes(token));
        if (state.jwks === undefined) assert.equal(await page.locator('#share-jwks').isDisabled(), true);
        else {
          assert.deepEqual(Object.keys(JSON.parse(state.jwks)), ['keys']);
          assert.equal(await page.locator('#share-dropped-names').textContent(), names);
          assert.equal(await page.locator('#share-dropped').isVisible(), names !== '');
          await page.locator('#share-jwks').uncheck();
          assert.equal(await page.locator('#share-dropped').isVisible(), false);
        }
      });
    }
  });

  test('fills the open page from a link, and labels keys that come from a link', async () => {
    await withPage(async (page) => {
      await sample(page, 'Good');
      await page.locator('#share').click();
      await page.locator('#share-token').check();
      const link = await page.locator('#share-link').inputValue();
      await page.keyboard.press('Escape');
      await page.getByRole('button', { name: 'Clear' }).click();
      await page.goto(link);
      await page.waitForFunction(() => document.querySelector('#verdict').dataset.state === 'verified');
      assert.equal(await page.evaluate(() => location.hash), '');
      assert.match(await page.locator('#jwks-note').textContent(), /came with the link/);
      await fill(page, 'jwks', issuer.jwksText());
      assert.equal(await page.locator('#jwks-note').textContent(), '');
    });
  });

  test('ignores fragments that are not share links', async () => {
    for (const fragment of [
      'why',
      'AAAA',
      Buffer.from('[1]').toString('base64url'),
      Buffer.from('{"token":5,"expectations":[1]}').toString('base64url'),
    ]) {
      await withPage(async (page) => assert.equal((await verdictOf(page)).state, 'empty', fragment), {
        url: `${URL_OF_PAGE}#${fragment}`,
      });
    }
  });

  /** Starts an issuer on this machine, with or without permission for web pages to read its keys. */
  async function serveIssuer({ cors }) {
    const asked = [];
    const server = createServer((request, response) => {
      asked.push({ url: request.url, headers: request.headers });
      const { host } = request.headers;
      const isDocument = request.url === '/.well-known/openid-configuration';
      response.writeHead(200, {
        'content-type': 'application/json',
        ...(cors ? { 'access-control-allow-origin': '*' } : {}),
      });
      const document = { issuer: `http://${host}`, jwks_uri: `http://${host}/keys` };
      response.end(isDocument ? JSON.stringify(document) : issuer.jwksText());
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return {
      url: `http://127.0.0.1:${/** @type {import('node:net').AddressInfo} */ (server.address()).port}`,
      asked,
      stop: () => (server.closeAllConnections(), server.close()),
    };
  }

  test("fetches the issuer's discovery document and its keys only after a click for each", async () => {
    const served = await serveIssuer({ cors: true });
    try {
      await withPage(async (page, { requests }) => {
        await fill(page, 'token', token);
        await fill(page, 'expect-issuer', served.url);
        const discovery = `${served.url}/.well-known/openid-configuration`;
        assert.equal(await page.locator('#fetch-url').textContent(), discovery);
        assert.deepEqual(served.asked, []);
        await page.locator('#fetch').click();
        await page.waitForFunction(() => document.querySelector('#fetch-url').textContent.endsWith('/keys'));
        assert.deepEqual(requests(), [discovery], 'the keys need a click of their own');
        await page.locator('#fetch').click();
        await page.waitForFunction(() => document.querySelector('#keys li'));
        await frame(page);
        assert.equal(await page.locator('#keys li').count(), 2);
        assert.deepEqual(requests(), [discovery, `${served.url}/keys`]);
        assert.equal(served.asked.length, 2);
        const { referer, cookie } = served.asked[0].headers;
        assert.deepEqual({ referer, cookie }, { referer: undefined, cookie: undefined });
      });
    } finally {
      served.stop();
    }
  });

  test('shows the terminal command for keys that pages may not read', async () => {
    const served = await serveIssuer({ cors: false });
    try {
      const act = async (page) => {
        await fill(page, 'expect-issuer', served.url);
        await page.locator('#fetch').click();
        await page.waitForFunction(() => document.querySelector('#jwks-note').textContent);
        assert.match(await page.locator('#jwks-note').textContent(), /\(CORS\).*curl 'http/s);
      };
      await withPage(act, { troublesExpected: true });
    } finally {
      served.stop();
    }
  });

  test('passes a hostile issuer to the terminal command only as a quoted argument', async () => {
    const act = async (page) => {
      await fill(page, 'expect-issuer', "https://127.0.0.1:1/;touch$IFS/tmp/x;'$(id)'");
      await page.locator('#fetch').click();
      await page.waitForFunction(() => document.querySelector('#jwks-note').textContent);
      const [, argument] = /curl (.*)$/.exec(await page.locator('#jwks-note').textContent());
      assert.match(argument, /^'[^']*;touch\$IFS[^']*'$/);
    };
    await withPage(act, { troublesExpected: true });
  });

  test('ignores late and duplicate responses', async () => {
    const waiting = [];
    const server = createServer((_request, response) => waiting.push(response));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const answer = () => {
      for (const response of waiting.splice(0)) {
        response.writeHead(200, { 'content-type': 'application/json', 'access-control-allow-origin': '*' });
        response.end(issuer.jwksText());
      }
    };
    try {
      await withPage(async (page) => {
        await fill(
          page,
          'expect-issuer',
          `http://127.0.0.1:${/** @type {import('node:net').AddressInfo} */ (server.address()).port}`,
        );
        await page.locator('#fetch').click();
        assert.equal(await page.locator('#fetch').isDisabled(), true);
        await fill(page, 'token', token);
        assert.equal(await page.locator('#fetch').isDisabled(), true, 'disabled while the request is running');
        await page.getByRole('button', { name: 'Clear' }).click();
        answer();
        await page.waitForFunction(() => !document.querySelector('[aria-busy]'));
        assert.equal(await page.locator('#jwks').inputValue(), '');
      });
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });

  test('fetches only from https addresses and this machine', async () => {
    await withPage(async (page) => {
      for (const bad of [
        'http://issuer.example',
        'ftp://a.example',
        'https://user:pass@a.example',
        'javascript:alert(1)',
        'nonsense',
      ]) {
        await fill(page, 'expect-issuer', bad);
        assert.equal(await page.locator('#fetch').isDisabled(), true, bad);
      }
    });
  });

  const MARKUP =
    '<img src=x onerror="globalThis.hacked=1"><script>globalThis.hacked=1</script>\u202e"><svg onload=globalThis.hacked=1>';

  test('shows markup in any field as text', async () => {
    const header = { alg: 'ES384', typ: MARKUP, kid: MARKUP, [MARKUP]: MARKUP };
    const inside = { [MARKUP]: [MARKUP, { [MARKUP]: MARKUP }] };
    const aws = {
      principal_tags: { [MARKUP]: MARKUP },
      request_tags: { [MARKUP]: MARKUP },
      ou_path: [MARKUP],
      other: inside,
    };
    const claims = {
      iss: MARKUP,
      sub: `arn:aws:iam::1:role/${MARKUP}`,
      aud: [MARKUP],
      exp: 4e9,
      jti: MARKUP,
      'https://sts.amazonaws.com/': aws,
      ...inside,
    };
    const signed = await issuer.sign({ header, claims });
    const key = { ...JSON.parse(issuer.jwksText()).keys.find(({ kty }) => kty === 'EC'), kid: MARKUP };
    const jwks = JSON.stringify({ keys: [key, { kty: MARKUP, kid: MARKUP, alg: MARKUP, use: MARKUP }] });
    await withPage(async (page, { requests }) => {
      const clean = async (state) => {
        await page.waitForTimeout(50);
        const found = await page.evaluate(() => [
          globalThis.hacked,
          document.querySelectorAll('img, main script, [onerror], [onload]').length,
        ]);
        assert.deepEqual(found, [undefined, 0], state);
      };
      await fill(page, 'token', signed);
      await fill(page, 'jwks', jwks);
      await clean('token and keys');
      assert.ok((await page.locator('#claims').textContent()).includes('<img src=x'));
      assert.ok(
        !(await page.locator('#claims').textContent()).includes('\u202e'),
        'the right-to-left override is not rendered',
      );
      await page.locator('#expect-aws').check();
      await page.locator('.further summary').click();
      for (const field of await page
        .locator('#expectations textarea, #expectations input:not([type=checkbox])')
        .all()) {
        await field.fill(MARKUP);
        await frame(page);
        await clean(await field.getAttribute('id'));
      }
      for (const text of [
        MARKUP,
        `{"issuer":"a","jwks_uri":${JSON.stringify(MARKUP)}}`,
        '{"keys":["<img src=x onerror=hacked=1>"]}',
      ]) {
        await fill(page, 'jwks', text);
        await fill(page, 'token', text);
        await clean(text);
      }
      const broken = await issuer.sign({ header: { alg: 'ES384' }, claims: `{"a":1,"a":${JSON.stringify(MARKUP)}}` });
      await fill(page, 'token', broken);
      await clean('text of a payload');
      await page.locator('#share').click();
      const link = await page.locator('#share-link').inputValue();
      await page.goto('about:blank');
      await page.goto(link);
      await clean('a link');
      assert.deepEqual(
        requests().filter((url) => !url.startsWith('about:') && !url.startsWith(URL_OF_PAGE)),
        [],
      );
    });
  });

  test('uses no HTML-parsing API in its sources', () => {
    const page = readFileSync(FILE, 'utf8');
    for (const way of ['innerHTML', 'outerHTML', 'insertAdjacentHTML', 'document.write', 'eval(', 'new Function'])
      assert.ok(!page.includes(way), way);
    assert.match(page, /require-trusted-types-for 'script'; trusted-types 'none'/);
  });
});
