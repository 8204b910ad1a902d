// Tests that the output of the command line fits 80 columns, is harmless and contains no signature bytes, and that the
// JSON matches the schema.
import assert from 'node:assert/strict';
import test, { describe } from 'node:test';
import { createTestIssuer } from 'sts-jwt/testing';
import { columnsOf, file, run, runJson, withoutColour } from '../support/cli.mjs';

const audience = 'https://edge.example.test';
const issuer = await createTestIssuer();
const jwks = file('output-jwks.json', issuer.jwksText());
const POLICY = ['--jwks', jwks, '--issuer', issuer.issuer, '--audience', audience, '--account', '111122223333'];
const DENIED = ['--jwks', jwks, '--any-issuer', '--audience', 'https://other.example', '--account', '444455556666'];
const COMMANDS = [
  ['decode'],
  ['verify', ...POLICY],
  ['verify', ...DENIED],
  ['explain', ...POLICY],
  ['explain', ...DENIED],
];

/** Asserts that, apart from colours, the output has only printable characters and line breaks, within 80 columns. */
function assertHarmless(text) {
  const plain = withoutColour(text);
  assert.doesNotMatch(plain, /[^\P{C}\n]|[^\P{Z} ]/u);
  for (const line of plain.split('\n')) assert.ok(columnsOf(line) <= 80, `${columnsOf(line)} columns: ${line}`);
}

function assertWithoutSignature(text, token) {
  const signature = token.split('.')[2];
  for (let start = 0; start + 16 <= signature.length; start += 1) {
    assert.ok(!text.includes(signature.slice(start, start + 16)));
  }
}

const long = (text, length) => text.repeat(Math.ceil(length / text.length)).slice(0, length);
const TOKENS = {
  'a role': await issuer.token({ audience }),
  'an identity center user, RS256': await issuer.token({ audience, caller: 'identity-center', alg: 'RS256' }),
  'twenty kilobytes': await issuer.token({ audience, claims: { long: long('x', 15_000), words: long('word ', 1000) } }),
  'long ARNs': await issuer.token({ audience, principal: `role/${long('path/', 500)}name` }),
  'many audiences': await issuer.token({ audience: Array.from({ length: 200 }, (_, i) => `https://${i}.example`) }),
  'a hundred tags': await issuer.token({
    audience,
    aws: {
      principal_tags: Object.fromEntries(
        Array.from({ length: 100 }, (_, i) => [`key-${i}-${long('k', i)}`, long('v', 2 * i)]),
      ),
    },
  }),
  'wide names and values': await issuer.token({
    audience,
    claims: { [long('名前', 90)]: long('値', 200), '': '', ' ': ' ' },
  }),
  'fifty emoji': await issuer.token({ audience: [audience, '😀'.repeat(50)] }),
  'Hangul and full-width letters': await issuer.token({
    audience,
    claims: { ['한글'.repeat(15)]: `한글 ${'ＷＩＤＥ'.repeat(30)}`, narrow: 'e\u0301'.repeat(100) },
  }),
  'every JSON value': await issuer.token({
    audience,
    claims: {
      nested: { a: { b: { c: { d: { e: [] } } } } },
      list: [1, { a: [null] }, 'x'],
      no: false,
      nil: null,
      big: 1e300,
      none: {},
    },
  }),
  'times beyond the range of dates': await issuer.token({
    audience,
    claims: { nbf: -1e300, exp: 1e300, iat: 8.64e12 },
  }),
  'an extremely long lifetime': await issuer.token({ audience, claims: { exp: 1.2345678e200 } }),
  'fractional times': await issuer.token({ audience, claims: { exp: Date.now() / 1000 + 60.4321, iat: 0.5 } }),
};
describe('output of all commands', () => {
  for (const [name, token] of Object.entries(TOKENS)) {
    test(`prints ${name} in colour within 80 columns, without any part of the signature`, async () => {
      const runs = COMMANDS.map((command) => run([...command, '--color'], { input: token }));
      for (const { status, stdout, stderr } of await Promise.all(runs)) {
        assert.ok(status < 2, stderr);
        assert.match(stdout, /\x1b\[7;1;3[123]m (VERIFIED|UNVERIFIED|REJECTED) \x1b\[0m/);
        assertHarmless(stdout);
        assertWithoutSignature(stdout + stderr, token);
      }
    });
  }

  test('keeps signature bytes out of JSON, notes and error messages', async () => {
    const token = TOKENS['a role'];
    for (const args of COMMANDS) assertWithoutSignature(JSON.stringify(await runJson(args, { input: token })), token);
    const signature = token.split('.')[2];
    for (const input of [
      `Bearer ${token}`,
      `x${token}`,
      `${token}.${signature}`,
      signature,
      `{"token":"${token}`,
      token.replaceAll('.', ' '),
    ]) {
      for (const args of [['decode'], ['keys'], ['verify', ...POLICY]]) {
        const { stdout, stderr } = await run(args, { input });
        assertWithoutSignature(stdout + stderr, token);
      }
    }
  });

  // Text from tokens and servers

  const EVIL = '\x1b[2J\x1b]0;title\x07\x9b31m\u202egpj.exe\u2066\u200b\u2028\r\b\x7f\u{e0041}\ufeff\u00a0';

  test('prints no escape sequences from claims, names, keys and responses', async () => {
    const token = await issuer.token({
      audience,
      claims: { [EVIL]: EVIL, nested: { [EVIL]: { [EVIL]: [EVIL] } }, aud: [audience, EVIL], sub: EVIL },
      header: { typ: EVIL, [EVIL]: EVIL },
    });
    for (const args of [
      ['decode'],
      ['verify', '--jwks', jwks, '--any-issuer', '--any-audience'],
      ['explain', ...DENIED, '--typ', 'x', '--subject', EVIL],
    ]) {
      const { status, stdout, stderr } = await run([...args, '--color'], { input: token });
      assert.ok(status < 2, stderr);
      assert.match(
        withoutColour(stdout).replace(/\s+/g, ''),
        /\\u\{1b\}\[2J\\u\{1b\}\]0;title\\u\{7\}\\u\{9b\}31m\\u\{202e\}/,
      );
      assertHarmless(stdout);
      const json = await run([...args, '--json'], { input: token });
      assert.doesNotMatch(json.stdout, /[^\P{C}\n]|[^\P{Z} ]/u);
      assert.ok(json.stdout.includes('\\u001b'));
    }
    assert.equal((await runJson(['decode'], { input: token })).claims[EVIL], EVIL, 'the value in the JSON output');
    const set = JSON.stringify({
      keys: [
        { ...issuer.jwks.keys[0], kid: EVIL, use: EVIL },
        { kty: EVIL, alg: EVIL },
      ],
    });
    assertHarmless((await run(['keys', '--color'], { input: set })).stdout);
  });

  test('prints no escape sequences from arguments', async () => {
    for (const args of [
      [EVIL],
      ['verify', `--${EVIL}`],
      ['verify', EVIL.replaceAll('\0', ''), ...POLICY],
      ['keys', EVIL],
      ['issuer', EVIL],
    ]) {
      const { status, stdout, stderr } = await run([...args, '--color']);
      assert.equal(status, 2);
      assertHarmless(stdout + stderr);
    }
  });

  // Colour

  test('uses colour only if asked to', async () => {
    const input = TOKENS['a role'];
    for (const [args, env, colour] of /** @type {any[][]} */ ([
      [[], {}, false],
      [['--color'], {}, true],
      [['--no-color'], { FORCE_COLOR: '1' }, false],
      [['--color'], { NO_COLOR: '1' }, true],
      [[], { FORCE_COLOR: '1' }, true],
      [[], { FORCE_COLOR: '0' }, false],
      [[], { FORCE_COLOR: '1', NO_COLOR: '1' }, false],
    ])) {
      const { stdout } = await run(['decode', ...args], { input, env });
      assert.equal(stdout.includes('\x1b['), colour, JSON.stringify([args, env]));
    }
  });

  test('prints the same text with and without colour', async () => {
    const now = ['--now', String(Math.floor(Date.now() / 1000))];
    const [plain, coloured] = [
      await run(['explain', ...DENIED, ...now], { input: TOKENS['a role'] }),
      await run(['explain', ...DENIED, ...now, '--color'], { input: TOKENS['a role'] }),
    ];
    const words = (text) => withoutColour(text).replace(/\s+/g, ' ').trim();
    assert.equal(words(coloured.stdout), words(plain.stdout));
  });
});

// decode and explain

describe('output of decode, explain, verify and keys', () => {
  test('prints UNVERIFIED first and last, and explains each member', async () => {
    const { status, stdout } = await run(['decode'], { input: TOKENS['a role'] });
    assert.equal(status, 0);
    const lines = stdout.trim().split('\n');
    assert.match(lines[0], /^UNVERIFIED /);
    assert.match(lines.at(-1), /UNVERIFIED/);
    for (const text of [
      'kid  EC384_0',
      'Who issued the token.',
      'aws_account',
      'caller of STS chose',
      'job  42',
      'The account of the principal.',
    ])
      assert.ok(stdout.includes(text), text);
  });

  test('decodes a changed token, and marks it as unverified in the JSON', async () => {
    const { verified, claims } = await runJson(['decode'], { input: `${TOKENS['a role'].slice(0, -4)}AAAA` });
    assert.deepEqual([verified, claims.iss], [false, issuer.issuer]);
  });

  test('explains every step in order, expands failed steps and ends with the verdict', async () => {
    const { stdout } = await run(['explain', ...DENIED], { input: TOKENS['a role'] });
    const { steps } = await runJson(['explain', ...DENIED], { input: TOKENS['a role'] });
    const marks = stdout.split('\n').flatMap((line) => /^ {2}([✓✗–]) /.exec(line)?.[1] ?? []);
    const expected = { passed: '✓', failed: '✗', skipped: '–' };
    assert.deepEqual(
      marks,
      steps.map(({ outcome }) => expected[outcome]),
    );
    assert.match(
      stdout,
      /✗ Audience[\s\S]+rule[\s\S]+expected[\s\S]+actual[\s\S]+advice[\s\S]+REJECTED {2}.*\n +ERR_JWT_CLAIM_VALIDATION_FAILED\n$/,
    );
  });

  test('prints no claim of a token with a wrong signature', async () => {
    const secret = 'an-unsigned-claim';
    const token = await issuer.token({ audience, claims: { sub: secret, iss: secret } });
    const changed = `${token.slice(0, -4)}AAAA`;
    for (const command of ['verify', 'explain']) {
      for (const format of [[], ['--json']]) {
        const { status, stdout, stderr } = await run([command, ...POLICY, ...format], { input: changed });
        assert.equal(status, 1);
        assert.ok(!(stdout + stderr).includes(secret));
      }
    }
  });

  test('shows the times and a full validity bar if explain is given an expired token', async () => {
    const now = ['--now', String(Date.now() / 1000 + 9000)];
    const { status, stdout } = await run(['explain', ...POLICY, ...now], { input: TOKENS['a role'] });
    assert.equal(status, 1);
    assert.match(
      stdout,
      /issued +20.*\(2 h 30 min ago\)\n +expires +20.*\(2 h 2[45] min.* ago\)\n +validity +━+● {2}expired\n/,
    );
  });

  test('aligns values, counting combining marks as zero columns wide', async () => {
    const claims = { ['e\u0301'.repeat(4)]: 'x'.repeat(10), 名前: 'y' };
    const { stdout } = await run(['decode'], { input: await issuer.token({ audience, claims }) });
    const lines = stdout.split('\n');
    const columnOf = (value) => {
      const line = lines.find((each) => each.endsWith(`  ${value}`));
      assert.ok(line, stdout);
      return columnsOf(line.slice(0, -value.length));
    };
    assert.equal(columnOf('xxxxxxxxxx'), columnOf('y'));
  });

  test('describes in words which times and lifetimes were expected', async () => {
    const missing = await issuer.token({ audience, claims: { exp: undefined } });
    const { stdout } = await run(['verify', ...POLICY], { input: missing });
    assert.match(stdout, /expected +later than 20\d\d-\d\d-\d\d .*\n +advice/);
    const { stdout: denied } = await run(['verify', ...POLICY, '--max-lifetime', '299'], { input: TOKENS['a role'] });
    assert.match(denied, /expected +at most 4 min 59 s\n +actual +5 min\n/);
  });

  test('quotes a time that is a string', async () => {
    const input = await issuer.token({ audience, claims: { nbf: '1795669745', other: '1795669745' } });
    const { stdout } = await run(['decode'], { input });
    assert.match(stdout, /nbf +"1795669745"\n/);
    assert.match(stdout, /other +1795669745\n/);
  });

  // keys

  const [rsa, ec] = issuer.jwks.keys;
  /** @type {Record<string, any>} */
  const KEY_SETS = {
    'as AWS': [[rsa, ec], 0, 2, []],
    'with "alg" on both': [[{ ...rsa, alg: 'RS256' }, ec], 0, 2, []],
    'of one key': [[ec], 0, 1, [/no RSA key/]],
    'with another name': [[{ ...rsa, kid: 'a' }, ec], 0, 2, [/"kid" of "a" is not RSA_<n>/]],
    'without names': [[{ ...rsa, kid: undefined }, ec], 0, 2, [/"kid" of an RSA key/]],
    'without "use"': [[rsa, { ...ec, use: undefined }], 0, 2, [/"use" of "EC384_0" is not sig/]],
    'for encryption': [
      [
        { ...rsa, use: 'enc' },
        { ...ec, use: 'enc' },
      ],
      1,
      0,
      [/"use"/, /"use"/],
    ],
    'while keys rotate': [[rsa, ec, { ...ec, kid: 'EC384_1' }], 0, 3, [/only while keys rotate/]],
    'with a weak key': [[rsa, ec, { kty: 'RSA', n: 'AQAB', e: 'AQAB' }], 0, 2, [/another kind: 1/]],
    'with a private key': [[rsa, { ...ec, d: 'AA' }], 0, 1, []],
    'of no keys': [[], 1, 0, [/no RSA/, /no EC/]],
  };
  for (const [name, [keys, exitStatus, usable, differences]] of Object.entries(KEY_SETS)) {
    test(`reports a key set ${name}`, async () => {
      const report = await runJson(['keys'], { input: JSON.stringify({ keys }) });
      assert.deepEqual([report.exitStatus, report.usable, report.keys.length], [exitStatus, usable, keys.length]);
      assert.equal(report.aws.expected, differences.length === 0, report.aws.differences.join(' '));
      assert.equal(report.aws.differences.length, differences.length, report.aws.differences.join(' '));
      for (const [index, words] of differences.entries()) assert.match(report.aws.differences[index], words);
    });
  }

  test('prints each key with its problem', async () => {
    const keys = [...issuer.jwks.keys, { ...ec, kid: 'mine', d: 'AA' }, { kty: 'RSA', n: 'AQAB', e: 'AQAB' }];
    const { status, stdout } = await run(['keys', '--color'], { input: JSON.stringify({ keys }) });
    assert.equal(status, 0);
    assertHarmless(stdout);
    const text = withoutColour(stdout);
    assert.match(text, /2 of 4 USABLE {3}standard input/);
    assert.match(text, /✓ RSA_0 +RSA, 2048 bits, no "alg"\n +thumbprint [\w-]{43}\n/);
    assert.match(text, /✗ mine +EC, 384 bits, ES384, PRIVATE KEY PUBLISHED\n +the set publishes the private key\n/);
    assert.match(text, /✗ without "kid" +RSA, 17 bits, no "alg", WEAK\n/);
  });
});
