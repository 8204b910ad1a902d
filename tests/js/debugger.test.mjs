// The debugger page as its readers use it: the one file of the package, opened from the disk in Chromium.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import test, { after, before } from 'node:test';
import { pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import { createTestIssuer } from 'sts-jwt/testing';
import { openUrl } from './support/browser.mjs';
import { PROJECT, ROOT, WORK } from './support/paths.mjs';

const FILE = join(PROJECT, 'node_modules/sts-jwt/debugger.html');
const URL_OF_PAGE = pathToFileURL(FILE).href;
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const AUDIENCE = 'https://my-service.example';
const SAMPLES = {
  Good: ['verified', /all 17 checks passed/],
  Expired: ['rejected', /^Expiration: "exp" claim is in the past/],
  Tampered: ['rejected', /^Signature:/],
  'Wrong key': ['rejected', /^Signature:/],
  'Weak key': ['rejected', /^Key: .*shorter than 2048 bits/],
  'Duplicate claim': ['rejected', /^Claims Set: the payload has a duplicate member name/],
  China: ['verified', /checks passed/],
};

const issuer = await createTestIssuer();
const token = await issuer.token({ audience: AUDIENCE });
const changed = token.slice(0, -8) + (token.endsWith('AAAAAAAA') ? 'BBBBBBBB' : 'AAAAAAAA');

let opened;
before(async () => (opened = await openUrl('about:blank')));
after(() => opened.close());

/** A fresh page; what it reports as errors and every request but that for itself end up in lists that must stay empty. */
async function withPage(
  act,
  { url = URL_OF_PAGE, width = 1440, colorScheme = 'light', troublesExpected = false } = {},
) {
  const context = await opened.browser.newContext({ viewport: { width, height: 900 }, colorScheme });
  const page = await context.newPage();
  const troubles = [];
  const requests = [];
  page.on('pageerror', (error) => troubles.push(String(error)));
  page.on('console', (message) => message.type() === 'error' && troubles.push(message.text()));
  page.on('dialog', (dialog) => (troubles.push(dialog.message()), dialog.dismiss()));
  page.on('request', (request) => requests.push(request.url()));
  try {
    await page.goto(url);
    const others = () => requests.filter((each) => each !== url && !each.startsWith('data:'));
    await act(page, { requests: others, context });
    if (!troublesExpected) assert.deepEqual(troubles, []);
  } finally {
    await context.close();
  }
}

const verdictOf = (page) =>
  page.evaluate(() => ({
    state: document.querySelector('#verdict').dataset.state,
    title: document.querySelector('#verdict-title').textContent,
    text: document.querySelector('#verdict-text').textContent,
  }));
const frame = (page) => page.evaluate(() => new Promise((done) => requestAnimationFrame(() => setTimeout(done))));
async function fill(page, id, text) {
  await page.locator(`#${id}`).fill(text);
  await frame(page);
}
async function sample(page, name) {
  await page.getByRole('button', { name, exact: true }).click();
  await page.waitForFunction(() => !document.querySelector('[aria-busy]') && document.querySelector('#token').value);
  await frame(page);
}

test('debugger: pasted, judged, explained, mended, verified; and nothing leaves the page', async () => {
  await withPage(async (page, { requests }) => {
    assert.deepEqual(await verdictOf(page), {
      state: 'empty',
      title: 'Paste a token',
      text: 'Or take a sample. It is judged as you type, on this machine.',
    });
    // A real paste, from the clipboard.
    await page.locator('#jwks').fill(`  ${changed}\n`);
    await page.locator('#jwks').press('Control+a');
    await page.keyboard.press('Control+x');
    await page.locator('#token').press('Control+v');
    await frame(page);
    assert.equal(
      (await verdictOf(page)).text,
      'Without keys nobody knows who wrote this token: paste those of its issuer, or fetch them.',
    );
    assert.match(await page.locator('#token-note').textContent(), /White space around the token was left out/);
    assert.match(await page.locator('#claims-trust').textContent(), /anybody may have written this/);

    await fill(page, 'jwks', '{"keys":5}');
    assert.deepEqual(await verdictOf(page), {
      state: 'undecided',
      title: 'Not verified',
      text: 'the JWK Set has no "keys" array.',
    });
    assert.match(await page.locator('[data-outcome=failed] details[open]').textContent(), /^✕Key set.*What to do/s);

    await fill(page, 'jwks', issuer.jwksText());
    assert.deepEqual(await verdictOf(page), {
      state: 'rejected',
      title: 'Not verified',
      text: 'Signature: signature verification failed.',
    });
    const failed = page.locator('[data-outcome=failed] details[open]');
    assert.equal(await failed.count(), 1);
    assert.match(await failed.textContent(), /What to do.*another key signed it/s);

    await fill(page, 'token', token);
    const genuine = await verdictOf(page);
    assert.equal(genuine.state, 'undecided', 'a good signature is not enough');
    assert.match(genuine.text, /which issuer and audience you expect/);

    await page.getByRole('button', { name: 'Take the token’s issuer' }).click();
    await fill(page, 'expect-audience', 'https://other.example');
    assert.match((await verdictOf(page)).text, /^Audience: "aud" claim is not an expected value/);
    const facts = await page.locator('[data-outcome=failed] details[open]').textContent();
    for (const word of ['https://other.example', AUDIENCE, 'What to do']) assert.ok(facts.includes(word), word);
    assert.equal(await page.locator('#expect-audience').getAttribute('aria-invalid'), 'true');

    await fill(page, 'expect-audience', AUDIENCE);
    assert.deepEqual((await verdictOf(page)).state, 'verified');
    await page.locator('#expect-aws').check();
    await fill(page, 'expect-accounts', '999999999999');
    assert.match((await verdictOf(page)).text, /^Accounts: denied by "accounts"/);
    await fill(page, 'expect-accounts', `${issuer.account}\n999999999999`);
    assert.equal((await verdictOf(page)).title, 'Verified');
    assert.deepEqual(requests(), []);
  });
});

test('debugger: each sample has its verdict, and only a verified one is green', async () => {
  await withPage(async (page, { requests }) => {
    const green = await page.evaluate(() => {
      const probe = document.body.appendChild(document.createElement('i'));
      probe.style.color = 'var(--good)';
      const { color } = getComputedStyle(probe);
      probe.remove();
      return color;
    });
    for (const [name, [state, text]] of Object.entries(SAMPLES)) {
      await sample(page, name);
      const verdict = await verdictOf(page);
      assert.equal(verdict.state, state, `${name}: ${verdict.text}`);
      assert.match(verdict.text, text, name);
      assert.equal(verdict.title, state === 'verified' ? 'Verified' : 'Not verified');
      const colour = await page.locator('#verdict-title').evaluate((title) => getComputedStyle(title).color);
      assert.equal(colour === green, state === 'verified', name);
    }
    assert.deepEqual(requests(), []);
  });
});

test('debugger: what a token says is explained', async () => {
  await withPage(async (page) => {
    await sample(page, 'Good');
    const claims = await page.locator('#claims').textContent();
    for (const words of ['RFC 7519 §4.1.2', 'chosen by the caller', '/service-role/', 'aws:PrincipalAccount']) {
      assert.ok(claims.includes(words), words);
    }
    assert.equal(await page.locator('.of-caller > .name').textContent(), 'request_tags');
    assert.equal(
      await page.locator('#claims .arn').first().textContent(),
      'partitionawsserviceiamaccount111122223333typerolepath/service-role/nameedge-function',
    );
    assert.match(await page.locator('#time').textContent(), /iat issued.*expires.*in (?:5 min|4 min 5\d s).*now/s);
    const zones = await page.locator('.zone').evaluateAll((all) => all.map(({ className }) => className));
    assert.deepEqual(zones, ['zone tolerance', 'zone valid', 'zone tolerance']);
    assert.match(await page.locator('#keys').textContent(), /RSA_0.*2048 bits.*usable.*EC384_0.*384 bits.*usable/);
    const colours = await page
      .locator('#token-colours span')
      .evaluateAll((all) => all.map((each) => getComputedStyle(each).color));
    assert.equal(new Set([colours[0], colours[2], colours[4]]).size, 3);
    const code = await page.locator('#code').textContent();
    for (const words of ['createRemoteVerifier({', 'accounts: ["111122223333"]', `audience: "${AUDIENCE}"`])
      assert.ok(code.includes(words), words);
  });
});

test('debugger: a link holds the token only when that is asked for', async () => {
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

test('debugger: a link that is not ours does nothing', async () => {
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

/** An issuer on this machine, which lets web pages read its keys or does not. */
async function serveIssuer({ cors }) {
  const asked = [];
  const server = createServer((request, response) => {
    asked.push({ url: request.url, headers: request.headers });
    response.writeHead(200, {
      'content-type': 'application/json',
      ...(cors ? { 'access-control-allow-origin': '*' } : {}),
    });
    response.end(issuer.jwksText());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    asked,
    stop: () => (server.closeAllConnections(), server.close()),
  };
}

test("debugger: the issuer's keys are fetched by a click, and only by it", async () => {
  const served = await serveIssuer({ cors: true });
  try {
    await withPage(async (page, { requests }) => {
      await fill(page, 'token', token);
      await fill(page, 'expect-issuer', served.url);
      assert.equal(await page.locator('#fetch-url').textContent(), `${served.url}/.well-known/jwks.json`);
      assert.deepEqual(served.asked, []);
      await page.locator('#fetch').click();
      await page.waitForFunction(() => document.querySelector('#jwks').value);
      await frame(page);
      assert.equal(await page.locator('#keys li').count(), 2);
      assert.deepEqual(requests(), [`${served.url}/.well-known/jwks.json`]);
      assert.equal(served.asked.length, 1);
      const { referer, cookie } = served.asked[0].headers;
      assert.deepEqual({ referer, cookie }, { referer: undefined, cookie: undefined });
    });
  } finally {
    served.stop();
  }
});

test('debugger: keys that pages may not read are fetched in a terminal, and the page says how', async () => {
  const served = await serveIssuer({ cors: false });
  try {
    const act = async (page) => {
      await fill(page, 'expect-issuer', served.url);
      await page.locator('#fetch').click();
      await page.waitForFunction(() => document.querySelector('#jwks-note').textContent);
      assert.match(await page.locator('#jwks-note').textContent(), /\(CORS\).*curl http/s);
    };
    await withPage(act, { troublesExpected: true });
  } finally {
    served.stop();
  }
});

test('debugger: no address but https and this machine is fetched', async () => {
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

test('debugger: the keyboard is enough', async () => {
  await withPage(async (page) => {
    const focused = () => page.evaluate(() => document.activeElement.textContent.trim() || document.activeElement.id);
    await page.keyboard.press('Tab');
    assert.equal(await focused(), 'Skip to the decision');
    for (let step = 0; (await focused()) !== 'Good'; step += 1) {
      assert.ok(step < 20, `not reached: ${await focused()}`);
      await page.keyboard.press('Tab');
      const outline = await page.evaluate(() => {
        const at = document.activeElement.closest('.file') ?? document.activeElement;
        return getComputedStyle(at).outlineStyle;
      });
      assert.notEqual(outline, 'none', `what has the focus shows it: ${await focused()}`);
    }
    await page.keyboard.press('Enter');
    await page.waitForFunction(() => document.querySelector('#verdict').dataset.state === 'verified');
    for (let step = 0; !(await page.evaluate(() => document.activeElement.matches('#steps summary'))); step += 1) {
      assert.ok(step < 60, 'the steps are not reached');
      await page.keyboard.press('Tab');
    }
    await page.keyboard.press('Enter');
    assert.equal(await page.locator('#steps details[open]').count(), 1);
    // Time goes on, and does not close what was opened.
    await page.waitForTimeout(1200);
    assert.equal(await page.locator('#steps details[open]').count(), 1);
    await page.locator('#share').focus();
    await page.keyboard.press('Enter');
    assert.equal(await page.locator('dialog').isVisible(), true);
    await page.keyboard.press('Escape');
    assert.equal(await page.locator('dialog').isVisible(), false);
  });
});

test('debugger: axe finds nothing, in any state, width or theme', async () => {
  const states = {
    empty: undefined,
    Good: 'Good',
    Expired: 'Expired',
    'Duplicate claim': 'Duplicate claim',
    'Weak key': 'Weak key',
  };
  for (const colorScheme of ['light', 'dark']) {
    for (const width of [360, 1440]) {
      await withPage(
        async (page) => {
          for (const [state, name] of Object.entries(states)) {
            if (name) await sample(page, name);
            await page.evaluate(() => document.querySelectorAll('details').forEach((details) => (details.open = true)));
            await page.evaluate(AXE);
            const { violations } = await page.evaluate(() => globalThis.axe.run());
            const found = violations.flatMap(({ id, nodes }) =>
              nodes.map(({ html }) => `${id}: ${html.slice(0, 160)}`),
            );
            assert.deepEqual(found, [], `${state}, ${width} px, ${colorScheme}`);
          }
          await page.locator('#share').click();
          await page.locator('#share-token').check();
          const { violations } = await page.evaluate(() => globalThis.axe.run());
          assert.deepEqual(
            violations.map(({ id }) => id),
            [],
          );
        },
        { width, colorScheme },
      );
    }
  }
});

test('debugger: nothing moves by itself, and nothing is wider than the page', async () => {
  for (const width of [360, 800, 1440]) {
    await withPage(
      async (page) => {
        await page.evaluate(() => {
          globalThis.shifts = [];
          const observe = (list) =>
            list.getEntries().forEach((entry) => !entry.hadRecentInput && globalThis.shifts.push(entry.value));
          new PerformanceObserver(observe).observe({ type: 'layout-shift', buffered: true });
        });
        // Until then the samples' keys are made.
        await page.waitForTimeout(1500);
        for (const name of ['Good', 'Expired']) {
          await sample(page, name);
          await page.waitForTimeout(1500);
          const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
          assert.ok(wide <= 0, `${name}: ${wide} px wider than ${width}`);
        }
        assert.deepEqual(await page.evaluate(() => globalThis.shifts), [], `${width} px`);
      },
      { width },
    );
  }
});

const MARKUP =
  '<img src=x onerror="globalThis.hacked=1"><script>globalThis.hacked=1</script>\u202e"><svg onload=globalThis.hacked=1>';

test('debugger: markup in any field is text', async () => {
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
    assert.ok(!(await page.locator('#claims').textContent()).includes('\u202e'), 'nothing turns the text around');
    await page.locator('#expect-aws').check();
    await page.locator('.further summary').click();
    for (const field of await page.locator('#expectations textarea, #expectations input:not([type=checkbox])').all()) {
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

test('debugger: no source of the page makes markup of text', () => {
  const page = readFileSync(FILE, 'utf8');
  for (const way of ['innerHTML', 'outerHTML', 'insertAdjacentHTML', 'document.write', 'eval(', 'new Function'])
    assert.ok(!page.includes(way), way);
  assert.match(page, /require-trusted-types-for 'script'; trusted-types 'none'/);
});

const INSTEAD = {
  '<!DOCTYPE html><title>Sign in</title>': /HTML/,
  IQoJb3JpZ2luX2VjEAb1IQoJb3JpZ2luX2VjEAb1IQoJb3JpZ2luX2VjEAb1IQoJb3Jp: /AWS session token/,
  [token.split('.').slice(0, 2).join('.')]: /signature is missing/,
  [issuer.jwksText()]: /key set, not a token/,
  'a\u0000b': /binary/,
};

test('debugger: what is no token is recognised', async () => {
  await withPage(async (page) => {
    for (const [text, problem] of Object.entries(INSTEAD)) {
      await page.evaluate((text) => {
        document.querySelector('#token').value = text;
        document.querySelector('#token').dispatchEvent(new Event('input'));
      }, text);
      await frame(page);
      const verdict = await verdictOf(page);
      assert.equal(verdict.title, 'Not verified');
      assert.match(verdict.text, problem);
    }
    await fill(page, 'token', `Bearer ${token}`);
    assert.match(await page.locator('#token-note').textContent(), /"Bearer" was left out/);
  });
});

test('debugger: a file that is dropped is read', async () => {
  await withPage(async (page) => {
    await page.evaluate(
      ([token, jwks]) => {
        for (const [id, text] of Object.entries({ token, jwks })) {
          const dataTransfer = new DataTransfer();
          dataTransfer.items.add(new File([text], 'file'));
          const section = document.querySelector(`[data-drop=${id}]`);
          section.dispatchEvent(new DragEvent('drop', { dataTransfer, cancelable: true, bubbles: true }));
        }
      },
      [JSON.stringify({ WebIdentityToken: token }), issuer.jwksText()],
    );
    await page.waitForFunction(() => document.querySelector('#steps details'));
    assert.match((await verdictOf(page)).text, /^The signature is good, but for whom/);
    assert.match(await page.locator('#token-note').textContent(), /taken out of JSON/);
  });
});

test('debugger: what is wrong with the claims does not hide the header', async () => {
  await withPage(async (page) => {
    await sample(page, 'Duplicate claim');
    assert.match(await page.locator('#header').textContent(), /^kid"EC384_0"|^kid "EC384_0"/);
    assert.match(
      await page.locator('#claims').textContent(),
      /Its text:.*"sub":"arn:aws:iam::999999999999:role\/admin"/s,
    );
    await fill(page, 'token', `bm90IEpTT04.${token.split('.')[1]}.AA`);
    assert.match(await page.locator('#header').textContent(), /Its text:not JSON/);
    assert.match(await page.locator('#claims').textContent(), /111122223333/);
  });
});

test('debugger: megabytes are refused kindly, and the page goes on', async () => {
  mkdirSync(WORK, { recursive: true });
  const file = join(WORK, 'a-megabyte.txt');
  writeFileSync(file, 'x'.repeat(1 << 20));
  await withPage(async (page) => {
    for (const id of ['token', 'jwks']) {
      await page.locator(`#${id}-file`).setInputFiles(file);
      await page.waitForFunction((id) => document.querySelector(`#${id}-note`).textContent.includes('1.0 MB'), id);
      assert.equal(await page.locator(`#${id}`).inputValue(), '');
    }
    await page.evaluate(
      (text) => {
        const data = new DataTransfer();
        data.setData('text/plain', text);
        document
          .querySelector('#token')
          .dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, cancelable: true, bubbles: true }));
      },
      'y'.repeat(2 << 20),
    );
    assert.match(await page.locator('#token-note').textContent(), /2\.0 MB, far more than a token/);
    await sample(page, 'Good');
    assert.equal((await verdictOf(page)).state, 'verified');
  });
});

test('debugger: wrong expectations are named, at the field and in the verdict', async () => {
  await withPage(async (page) => {
    await sample(page, 'Good');
    await fill(page, 'expect-accounts', '123');
    const { state, text } = await verdictOf(page);
    assert.equal(state, 'undecided');
    assert.match(text, /^Correct the expectations: option "aws\.accounts" /);
    assert.equal(await page.locator('#expect-accounts').getAttribute('aria-invalid'), 'true');
    await fill(page, 'expect-accounts', '');
    assert.equal((await verdictOf(page)).state, 'verified');
  });
});

test('debugger: a token that expires while one looks is not verified any more', async () => {
  await withPage(async (page) => {
    await page.clock.install();
    await page.reload();
    await sample(page, 'Good');
    assert.equal((await verdictOf(page)).state, 'verified');
    await page.clock.runFor(335_000);
    assert.deepEqual((await verdictOf(page)).text, 'Expiration: "exp" claim is in the past.');
    assert.match(await page.locator('#verdict-time').textContent(), /^expired \d+ s ago$/);
  });
});

test('debugger: `make serve` serves it on this machine alone', async () => {
  const server = spawn(process.execPath, [join(ROOT, 'scripts/serve.mjs')], { env: { ...process.env, PORT: '0' } });
  try {
    const [line] = await once(server.stdout, 'data');
    const [url] = /http:\S+/.exec(String(line));
    const { headers } = await fetch(url);
    assert.match(headers.get('content-security-policy'), /^default-src 'none'; .*frame-ancestors 'none'$/);
    assert.equal((await fetch(`${url}package.json`)).status, 404);
    const act = async (page) => {
      await sample(page, 'Good');
      assert.equal((await verdictOf(page)).state, 'verified');
    };
    await withPage(act, { url });
  } finally {
    server.kill();
  }
});

test('debugger: the page is one file of at most 220 KB, gzipped', () => {
  const page = readFileSync(FILE);
  assert.ok(gzipSync(page, { level: 9 }).length <= 220 * 1024);
  assert.doesNotMatch(page.toString().replace(/<script type="module">[^]*<\/script>/, ''), /(?:src|href)="(?!data:|#)/);
});
