// Tests the content of the debugger page for tokens and keys.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { describe } from 'node:test';
import { gzipSync } from 'node:zlib';
import { AUDIENCE, FILE, fill, frame, issuer, sample, token, verdictOf, withPage } from '../support/debugger.mjs';
import { ROOT, WORK } from '../support/paths.mjs';

/** @type {Record<string, any>} */
const SAMPLES = {
  Good: ['verified', /^Signed with one of these keys, and all 17 checks passed/],
  Expired: ['rejected', /^Expiration: "exp" claim is in the past/],
  Tampered: ['rejected', /^Signature:/],
  'Wrong key': ['rejected', /^Signature:/],
  'Weak key': ['rejected', /^Key: .*shorter than 2048 bits/],
  'Duplicate claim': ['rejected', /^Claims Set: the payload has a duplicate member "sub"/],
  'Origin identity': ['verified', /checks passed/],
  China: ['verified', /checks passed/],
};

const changed = token.slice(0, -8) + (token.endsWith('AAAAAAAA') ? 'BBBBBBBB' : 'AAAAAAAA');

describe('debugger page', () => {
  test('decodes, explains and verifies a pasted token without sending a request', async () => {
    await withPage(async (page, { requests }) => {
      assert.deepEqual(await verdictOf(page), {
        state: 'empty',
        title: 'Paste a token',
        text: 'Or try a sample. The token is checked as you type, on this machine.',
      });
      // A real paste, from the clipboard.
      await page.locator('#jwks').fill(`  ${changed}\n`);
      await page.locator('#jwks').press('Control+a');
      await page.keyboard.press('Control+x');
      await page.locator('#token').press('Control+v');
      await frame(page);
      assert.equal(
        (await verdictOf(page)).text,
        "Without keys the signature cannot be checked. Paste or fetch the issuer's keys.",
      );
      assert.match(await page.locator('#token-note').textContent(), /White space around the token was removed/);
      assert.match(await page.locator('#claims-trust').textContent(), /anyone may have written this/);

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
      assert.equal(genuine.state, 'undecided', 'a valid signature alone is not a verdict');
      assert.match(genuine.text, /enter the issuer and audience that you expect/);

      await page.getByRole('button', { name: 'Use the token’s issuer' }).click();
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

  test('shows the verdict of each sample, and green only for a verified token', async () => {
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

  test('marks an origin identity, and refuses it unless the expectations allow it', async () => {
    await withPage(async (page) => {
      await sample(page, 'Origin identity');
      const badge = page.locator('#claims > .tree > .row', { hasText: 'alice@example.test' }).locator('> .badge');
      assert.deepEqual(await badge.allTextContents(), ['origin identity']);
      const field = page.locator('#expect-originIdentities');
      const choose = async (mode) => {
        await field.selectOption(mode);
        await frame(page);
      };
      assert.equal(await field.inputValue(), 'require');
      assert.equal(await page.locator('#result-originIdentities').textContent(), 'matches');
      assert.ok((await page.locator('#code').textContent()).includes('originIdentities: "require"'));
      await choose('');
      const { state, text } = await verdictOf(page);
      assert.deepEqual(
        [state, /^Subject: denied by "sub": the token's "sub" must be the ARN/.test(text)],
        ['rejected', true],
        text,
      );
      await choose('allow');
      assert.equal((await verdictOf(page)).state, 'verified');
      await sample(page, 'Good');
      assert.equal(await field.inputValue(), '');
      assert.equal(await page.getByText('origin identity', { exact: true }).count(), 0);
      await choose('require');
      assert.equal((await verdictOf(page)).state, 'rejected');
      assert.equal(await page.locator('#result-originIdentities').textContent(), 'Subject: failed');
    });
  });

  test('explains the claims of a token', async () => {
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
      assert.equal(new Set(colours).size, 3);
      const code = await page.locator('#code').textContent();
      for (const words of ['createRemoteVerifier({', 'accounts: ["111122223333"]', `audience: "${AUDIENCE}"`])
        assert.ok(code.includes(words), words);
    });
  });

  const INSTEAD = {
    '<!DOCTYPE html><title>Sign in</title>': /HTML/,
    IQoJb3JpZ2luX2VjEAb1IQoJb3JpZ2luX2VjEAb1IQoJb3JpZ2luX2VjEAb1IQoJb3Jp: /AWS session token/,
    [token.split('.').slice(0, 2).join('.')]: /signature is missing/,
    [issuer.jwksText()]: /key set, not a token/,
    'a\u0000b': /binary/,
  };

  test('warns about an accepted exp in milliseconds', async () => {
    const claims = issuer.claims({ audience: AUDIENCE });
    const header = { alg: 'ES384', kid: 'EC384_0', typ: 'JWT' };
    const lasting = await issuer.sign({ header, claims: { ...claims, exp: Number(claims.exp) * 1000 } });
    await withPage(async (page) => {
      await fill(page, 'token', lasting);
      await fill(page, 'jwks', issuer.jwksText());
      const step = page.locator('[data-step="claim exp"][data-outcome=passed] details[open]');
      assert.match((await step.textContent()) ?? '', /looks like milliseconds.*What to do.*not milliseconds/s);
    });
  });

  test('recognises text that is not a token', async () => {
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
      assert.match(await page.locator('#token-note').textContent(), /"Bearer" was removed/);
    });
  });

  test('reads a dropped file', async () => {
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
      assert.match((await verdictOf(page)).text, /^The signature is valid\. To check who/);
      assert.match(await page.locator('#token-note').textContent(), /extracted from JSON/);
    });
  });

  test('shows the header even if the claims are malformed', async () => {
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

  test('reports token errors even if there are no keys', async () => {
    await withPage(async (page) => {
      const unsigned = `${Buffer.from('{"alg":"none"}').toString('base64url')}.e30.AA`;
      for (const [text, message] of /** @type {any[][]} */ ([
        ['a.b.c', /^Segments: the header segment/],
        [unsigned, /neither ES384 nor RS256/],
        [`${token.split('.')[0]}.${'A'.repeat(40_000)}.AA`, /longer than 32768 bytes/],
      ])) {
        await fill(page, 'token', text);
        const verdict = await verdictOf(page);
        assert.equal(verdict.state, 'rejected', text.slice(0, 40));
        assert.match(verdict.text, message);
      }
      // Malformed text clears everything that was shown before.
      await sample(page, 'Good');
      await fill(page, 'token', '.'.repeat(100_000));
      assert.equal((await verdictOf(page)).state, 'rejected');
      assert.equal(await page.locator('#claims .row').count(), 0);
      assert.equal(await page.locator('#token-colours span').count(), 3);
    });
  });

  test('updates times even if there are no keys', async () => {
    await withPage(async (page) => {
      await fill(page, 'token', token);
      const before = await page.locator('#verdict-time').textContent();
      await page.waitForTimeout(2200);
      assert.notEqual(await page.locator('#verdict-time').textContent(), before);
    });
  });

  test('keeps an opened step open while the user types', async () => {
    await withPage(async (page) => {
      await sample(page, 'Good');
      await page.locator('#steps summary').nth(5).click();
      await page.evaluate(() => document.querySelectorAll('#steps summary')[5].focus());
      await page.evaluate(() => {
        const field = document.querySelector('#expect-audience');
        field.value = 'https://other.example';
        field.dispatchEvent(new Event('input', { bubbles: true }));
      });
      await frame(page);
      assert.equal((await verdictOf(page)).state, 'rejected');
      const open = await page.locator('#steps details[open] .title').allTextContents();
      assert.deepEqual(open, ['Signature, passed', 'Audience, failed']);
      assert.match(await page.evaluate(() => document.activeElement.closest('summary')?.textContent), /Signature/);
    });
  });

  test('checks the lifetime even if the field for its maximum is empty', async () => {
    const long = await issuer.token({ audience: AUDIENCE, lifetime: 7200 });
    await withPage(async (page) => {
      await fill(page, 'token', long);
      await fill(page, 'jwks', issuer.jwksText());
      await fill(page, 'expect-issuer', issuer.issuer);
      await fill(page, 'expect-audience', AUDIENCE);
      await page.locator('#expect-aws').check();
      await frame(page);
      assert.equal(await page.locator('#result-aws').textContent(), 'consistent');
      assert.equal(await page.locator('#result-maxLifetime').textContent(), 'Lifetime: failed');
      const actual = await page.locator('[data-outcome=failed] .facts').textContent();
      assert.match(actual, /Expected.*3600.*Actual.*7200/s);
    });
  });

  test('shows Worker code with the expectations entered on the page, or says why there is none', async () => {
    await withPage(async (page) => {
      const code = () => page.locator('#code').textContent();
      await fill(page, 'token', token);
      await fill(page, 'jwks', issuer.jwksText());
      await fill(page, 'expect-issuer', 'https://issuer.example/path');
      assert.match(await code(), /must be https origins/);
      await page.locator('#expect-aws').check();
      await fill(page, 'expect-principalTags', '__proto__=x');
      assert.match(await code(), /\["__proto__"\]: \["x"\]/);
      for (const [field, text] of [
        ['principalTags', 'team'],
        ['maxLifetime', '3,600'],
        ['accounts', '5'],
      ]) {
        await fill(page, `expect-${field}`, text);
        assert.equal(await code(), '// Correct the expectations first.', `${field}: ${text}`);
        await fill(page, `expect-${field}`, '');
      }
    });
  });

  test('rejects megabytes of text with a message, and stays usable', async () => {
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
      await page.evaluate(
        (text) => {
          const dataTransfer = new DataTransfer();
          dataTransfer.setData('text/plain', text);
          document
            .querySelector('#jwks')
            .dispatchEvent(new DragEvent('drop', { dataTransfer, cancelable: true, bubbles: true }));
        },
        'z'.repeat(3 << 20),
      );
      assert.match(await page.locator('#jwks-note').textContent(), /3\.0 MB is far too large for a JWKS/);
      assert.match(await page.locator('#token-note').textContent(), /2\.0 MB is far too large for a token/);
      await sample(page, 'Good');
      assert.equal((await verdictOf(page)).state, 'verified');
    });
  });

  test('checks claims, scopes, audiences and the profile, and shows the outcome at each field', async () => {
    const access = await issuer.sign({
      header: { alg: 'ES384', kid: 'EC384_0', typ: 'at+jwt' },
      claims: {
        ...issuer.claims({ audience: AUDIENCE }),
        ...{ tenant: 'acme', level: 3, scope: 'read write', client_id: 'app' },
      },
    });
    await withPage(async (page) => {
      const result = (name) => page.locator(`#result-${name}`).textContent();
      await fill(page, 'token', access);
      await fill(page, 'jwks', issuer.jwksText());
      await fill(page, 'expect-issuer', issuer.issuer);
      await fill(page, 'expect-audience', AUDIENCE);
      await page.locator('details.further summary').click();
      await fill(page, 'expect-claims', 'tenant=other\ntenant=acme\nlevel:=3');
      await fill(page, 'expect-scope', 'read\nwrite');
      await fill(page, 'expect-profile', 'at+jwt');
      await page.locator('#expect-exactlyOneAudience').check();
      await frame(page);
      assert.equal((await verdictOf(page)).state, 'verified');
      for (const name of ['claims', 'scope', 'profile', 'exactlyOneAudience']) {
        assert.equal(await result(name), 'matches', name);
      }
      const code = await page.locator('#code').textContent();
      for (const part of ['exactlyOneAudience: true', 'level: [3]', 'profile: "at+jwt"', 'scope: ["read", "write"]'])
        assert.ok(code.includes(part), code);
      await fill(page, 'expect-claims', 'level=3');
      await fill(page, 'expect-scope', 'admin');
      assert.deepEqual(
        [await result('claims'), await result('scope'), (await verdictOf(page)).state],
        ['Claim value: failed', 'Scope: failed', 'rejected'],
      );
      for (const [name, text] of [
        ['claims', 'level'],
        ['claims', 'level:=three'],
        ['scope', 'a"'],
        ['profile', 'jwt'],
      ]) {
        await fill(page, `expect-${name}`, text);
        assert.equal((await verdictOf(page)).state, 'undecided', text);
        assert.equal(await page.locator(`#expect-${name}`).getAttribute('aria-invalid'), 'true', text);
        await fill(page, `expect-${name}`, '');
      }
      await page.locator('#share').click();
      const link = await page.locator('#share-link').inputValue();
      await page.keyboard.press('Escape');
      await page.locator('#expect-exactlyOneAudience').uncheck();
      await page.goto(link);
      await page.waitForFunction(() => document.querySelector('#expect-exactlyOneAudience').matches(':checked'));
    });
  });

  test('reports wrong expectations at the field and in the verdict', async () => {
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

  test('stops calling a token verified once it expires', async () => {
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

  test('is served by make serve on this machine only', async () => {
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

  test('is one file of at most 220 KB, gzipped', () => {
    const page = readFileSync(FILE);
    assert.ok(gzipSync(page, { level: 9 }).length <= 220 * 1024);
    assert.doesNotMatch(
      page.toString().replace(/<script type="module">[\s\S]*<\/script>/, ''),
      /(?:src|href)="(?!data:|#)/,
    );
  });
});
