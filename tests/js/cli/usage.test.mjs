// Runs the command line as a process. Tests wrong usage, help, and pipes that are closed early or never end.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, openSync } from 'node:fs';
import test, { describe } from 'node:test';
import { createTestIssuer } from 'sts-jwt/testing';
import { COMMAND, file, run, runJson, start } from '../support/cli.mjs';

const audience = 'https://edge.example.test';
const issuer = await createTestIssuer();
const token = await issuer.token({ audience });
const KEYS = ['--jwks', file('usage-jwks.json', issuer.jwksText())];
const ANY = [...KEYS, '--any-issuer', '--any-audience'];

/** @type {Record<string, any>} */
const USAGE = {
  'no command': [[], /command is missing/],
  'an unknown command': [['frobnicate'], /Unknown command/],
  'a name of Object.prototype as a command': [['constructor'], /Unknown command/],
  'an unknown option': [['verify', '--frob'], /--frob/],
  'an option of another command': [['decode', '--issuer', 'x'], /--issuer/],
  'a missing value': [['verify', '--issuer'], /--issuer/],
  'an empty value': [['verify', ...KEYS, '--any-issuer', '--audience', ''], /--audience is empty/],
  'no issuer': [['verify', ...KEYS, '--any-audience'], /--issuer is missing/],
  'no audience': [['explain', ...KEYS, '--any-issuer'], /--audience is missing/],
  '--issuer together with --any-issuer': [['verify', ...ANY, '--issuer', 'x'], /contradict/],
  '--audience together with --any-audience': [['verify', ...ANY, '--audience', 'x'], /contradict/],
  '--any-issuer without --jwks': [['verify', '--any-issuer', '--any-audience'], /--jwks is missing/],
  'two issuers without --jwks': [['verify', '--issuer', 'a', '--issuer', 'b', '--any-audience'], /--jwks is missing/],
  'an issuer URL with http and without --jwks': [
    ['verify', '--issuer', 'http://127.0.0.1:1', '--any-audience'],
    /not an https URL/,
  ],
  'a keys URL with http': [['verify', '--jwks', 'http://a.example/k', '--any-issuer', '--any-audience'], /over https/],
  '--jwks given twice': [['verify', ...ANY, ...KEYS], /more than once/],
  'an empty file name': [['verify', '', ...ANY], /file name is empty/],
  'two files': [['verify', 'a', 'b', ...ANY], /More than one/],
  'a missing file': [
    ['verify', 'no-such-file', ...ANY],
    /^The file cannot be read: ENOENT: no such file or directory\.$/,
  ],
  'a folder': [['decode', '.'], /cannot be read/],
  'a missing file of keys': [['keys', 'no-such-file'], /ENOENT/],
  'a URL instead of a token': [['decode', 'https://a.example/token'], /not from a URL/],
  'token and keys both from standard input': [
    ['verify', '--jwks', '-', '--any-issuer', '--any-audience'],
    /cannot both/,
  ],
  'an unknown algorithm': [['verify', ...ANY, '--algorithm', 'HS256'], /^--algorithm must be "ES384" or "RS256"$/],
  'an invalid account': [['verify', ...ANY, '--account', '123'], /^--account must be twelve digits$/],
  'an invalid organization': [['verify', ...ANY, '--organization', 'x'], /^--organization must be "o-…"$/],
  'an invalid principal': [['verify', ...ANY, '--principal', 'x'], /^--principal must be ARN patterns/],
  'an invalid function': [['verify', ...ANY, '--lambda-function', 'x'], /^--lambda-function must /],
  'an invalid instance': [['verify', ...ANY, '--ec2-instance', 'x'], /^--ec2-instance must /],
  'an invalid lifetime': [['verify', ...ANY, '--max-lifetime', '0'], /^--max-lifetime must be a number of seconds/],
  'an invalid host': [['verify', ...ANY, '--issuer-suffix', 'aws=.'], /^--issuer-suffix must contain host suffixes/],
  'an infinite tolerance': [['verify', ...ANY, '--clock-tolerance', '9'.repeat(400)], /^--clock-tolerance must be/],
  'both a file and --jwks with the keys command': [['keys', 'a', '--jwks', 'b'], /given twice/],
  'an option for tokens with the keys command': [['keys', 'a', '--issuer', 'b'], /--issuer/],
  'discovery without an issuer': [['keys', '--discovery', '--jwks', 'a'], /issuer is missing/],
  'discovery of something that is not a URL': [['keys', '--discovery', 'a'], /The issuer is not an https URL/],
  '--discovery together with --no-discovery': [
    ['issuer', 'https://a.example', '--discovery', '--no-discovery'],
    /cannot be combined/,
  ],
  '--discovery together with --jwks': [['verify', ...ANY, '--discovery'], /cannot be combined with --discovery or/],
  'a tag without a value': [['verify', ...ANY, '--tag', 'team'], /--tag/],
  'a negative tolerance': [['verify', ...ANY, '--clock-tolerance', '-1'], /--clock-tolerance/],
  'a tolerance that is not a number': [['verify', ...ANY, '--clock-tolerance', '1e3'], /number of seconds/],
  'an invalid time': [['verify', ...ANY, '--now', 'tomorrow'], /--now/],
  'a time without a zone': [['decode', '--now', '2026-01-01T00:00:00'], /--now/],
  'no issuer to check': [['issuer'], /issuer is missing/],
  'an issuer URL with http': [['issuer', 'http://a.example'], /https URL/],
};
describe('usage errors', () => {
  for (const [name, [args, words]] of Object.entries(USAGE)) {
    test(`exits with 2 for ${name}`, async () => {
      const { exitStatus, error } = await runJson(args, { input: token });
      assert.equal(exitStatus, 2);
      assert.match(error.message, words);
    });
  }

  test('explains on standard error what to do', async () => {
    const { status, stdout, stderr } = await run(['verify', ...KEYS, '--any-audience'], { input: token });
    assert.deepEqual([status, stdout], [2, '']);
    assert.match(stderr, /^sts-jwt verify: --issuer is missing\.\n.*--any-issuer.*\nSee npx sts-jwt verify --help\n$/);
  });

  test('exits with 2 if standard input is empty', async () => {
    for (const args of [['verify', ...ANY], ['decode'], ['keys']]) {
      const { status, stderr } = await run(args);
      assert.equal(status, 2);
      assert.match(stderr, /is empty/);
    }
  });

  const hasScript = spawnSync('script', ['--version']).status === 0;
  test('exits with 2 if standard input is a terminal', {
    skip: hasScript ? false : 'no script(1) of util-linux',
  }, () => {
    for (const command of ['decode', 'verify --any-issuer --any-audience --jwks x', 'keys']) {
      const line = `'${process.execPath}' '${COMMAND}' ${command}`;
      const { status, stdout } = spawnSync('script', ['-qec', line, '/dev/null'], { encoding: 'utf8', input: '' });
      assert.equal(status, 2, stdout);
      assert.match(stdout, /Standard input is a terminal/);
    }
  });

  test('rejects a token on the command line without repeating it', async () => {
    const spaced = ['{\n        "alg": "ES384"\n}', '{\n        "sub": "a"\n}', 'signature']
      .map((part) => Buffer.from(part).toString('base64url'))
      .join('.');
    for (const args of [
      [token],
      ['--token', token],
      [`--token=${token}`],
      [`Bearer ${token}`],
      [...ANY, '--audience', token],
      [spaced],
      [`-${spaced}`],
    ]) {
      const { status, stdout, stderr } = await run(['verify', ...args], { input: token });
      assert.equal(status, 2);
      assert.match(stderr.replace(/\s+/g, ' '), /history/);
      for (const each of [token, spaced]) assert.ok(!(stdout + stderr).includes(each.slice(0, 16)));
    }
  });

  test('rejects a token instead of a command without repeating it', async () => {
    const { status, stderr } = await run([token]);
    assert.equal(status, 2);
    assert.match(stderr.replace(/\s+/g, ' '), /history/);
    assert.ok(!stderr.includes(token.slice(0, 16)));
  });

  test('reports usage errors before reading anything', async () => {
    const args = ['verify', '--any-issuer', '--any-audience'];
    for (const wrong of /** @type {any[]} */ ([args, [...args, ...KEYS, '--account', 'x']])) {
      assert.equal((await runJson(wrong, { input: 'no token' })).exitStatus, 2);
    }
  });

  test('does not repeat an argument that is neither an option nor a file', async () => {
    const session = `IQoJb3JpZ2luX2VjE${'Ab1x'.repeat(40)}`;
    const secrets = [
      session,
      session.slice(0, 86),
      `${session.slice(0, 20)}/${session.slice(20, 80)}`,
      'Hunter2-hunter2',
    ];
    const runsOf = (secret) => [
      ['decode', secret],
      [secret],
      ['keys', secret],
      ['issuer', secret],
      ['explain', secret, ...ANY],
      ['verify', '--jwks', secret, '--any-issuer', '--any-audience'],
      ['verify', ...ANY, '--token', secret],
      ['verify', ...ANY, `--token=${secret}`],
      ['verify', ...ANY, `--${secret}`],
      ['verify', ...ANY, `-${secret}`],
      ['verify', secret, secret, ...ANY],
      ...['algorithm', 'account', 'principal', 'tag', 'now', 'clock-tolerance', 'issuer-suffix', 'require'].map(
        (name) => ['verify', ...ANY, `--${name}`, secret, 'no-such-file'],
      ),
    ];
    for (const secret of secrets) {
      const check = async (args, index) => {
        const { status, stdout, stderr } = await run(index % 2 ? args : [...args, '--json']);
        assert.equal(status, 2, args.join(' '));
        assert.ok(!(stdout + stderr).replace(/\s+/g, '').includes(secret.slice(0, 7)), `${args.join(' ')}: ${stderr}`);
      };
      await Promise.all(runsOf(secret).map(check));
    }
  });

  test('repeats the name of an existing file or of an unknown option', async () => {
    assert.match((await run(['decode', 'no-such-folder'])).stderr, /The file cannot be read/);
    assert.match((await run(['decode', '.'])).stderr, /\. cannot be read/);
    assert.match((await run(['verify', '--frob'])).stderr, /Unknown option '--frob'/);
  });
});

describe('help and version', () => {
  test('prints help for every command with its options and examples within 80 columns', async () => {
    const all = await run(['--help']);
    assert.equal(all.status, 0);
    for (const command of ['verify', 'decode', 'explain', 'keys', 'issuer']) {
      assert.ok(all.stdout.includes(`\n  ${command} `), command);
      const { status, stdout } = await run([command, '--help']);
      assert.equal(status, 0);
      assert.match(stdout, new RegExp(`\nExamples\n[^]*npx sts-jwt ${command}`));
      assert.match(stdout, /--json/);
      for (const line of stdout.split('\n')) assert.ok([...line].length <= 80, line);
      assert.equal((await run(['help', command])).stdout, stdout);
    }
    assert.match((await run(['verify', '-h'])).stdout, /get-web-identity-token[\s\S]+\|\n/);
  });

  test('prints the version', async () => {
    assert.match((await run(['--version'])).stdout, /^\d+\.\d+\.\d+\n$/);
  });
});

// Pipes

describe('arguments and pipes', () => {
  test('exits quietly with the status of the decision if a pipe is closed early', async () => {
    for (const [args, status] of /** @type {any[][]} */ ([
      [ANY, 0],
      [[...KEYS, '--any-issuer', '--audience', 'x'], 1],
    ])) {
      const child = start(['explain', ...args]);
      child.stdout.destroy();
      const stderr = child.stderr.setEncoding('utf8').toArray();
      child.stdin.end(token);
      assert.deepEqual(await once(child, 'close'), [status, null]);
      assert.equal((await stderr).join(''), '');
    }
  });

  test('stops reading an endless pipe at the limit', async () => {
    const child = start(['decode']);
    child.stdin.on('error', () => {});
    const feed = () => {
      while (child.stdin.writable && child.stdin.write('x'.repeat(65_536)));
    };
    child.stdin.on('drain', feed);
    feed();
    assert.deepEqual(await once(child, 'exit'), [1, null]);
  });

  test('accepts a file name that looks like a token', async () => {
    const jwks = KEYS[1];
    for (const args of [
      ['verify', 'eyewitness.jwt', ...ANY],
      ['verify', 'eyJhbGciOiJFUzM4NCJ9', ...ANY],
      ['verify', '-eyeglasses.example.jwt', ...ANY],
      ['verify', '--issuer', 'https://eyeglasses.example.com', '--any-audience', '--jwks', jwks],
    ]) {
      const { stderr } = await run(args, { input: token });
      assert.doesNotMatch(stderr.replace(/\s+/g, ' '), /history/);
    }
  });

  test('rejects impossible dates and hours', async () => {
    for (const now of ['2026-02-30T00:00:00Z', '2026-02-29T12:00:00+01:00', '2026-01-31T24:00:00Z']) {
      const { status, stderr } = await run(['decode', '--now', now], { input: token });
      assert.equal(status, 2, now);
      assert.match(stderr, /--now is not a valid time/);
    }
    assert.equal((await run(['decode', '--now', '2028-02-29T23:59:59-12:00'], { input: token })).status, 0);
  });

  test('accepts keys only over https, from a URL without a password', async () => {
    const PASSWORD = /must not contain a user name or password/;
    const any = ['--any-issuer', '--any-audience', '--jwks'];
    for (const [args, words] of /** @type {any[][]} */ ([
      [['verify', ...any, 'https://user:secret@issuer.example/keys'], PASSWORD],
      [['verify', ...any, 'https://user@issuer.example/keys'], PASSWORD],
      [['keys', 'https://user:secret@issuer.example/keys'], PASSWORD],
      [['verify', '--issuer', 'https://user:secret@issuer.example', '--any-audience'], PASSWORD],
      [['verify', ...any, 'ftp://issuer.example/keys'], /over https/],
      [['keys', 'http://issuer.example/keys'], /over https/],
      [['keys', 'https://'], /is not valid/],
    ])) {
      const { exitStatus, error } = await runJson(args, { input: token });
      assert.equal(exitStatus, 2, args.at(-1));
      assert.match(error.message, words);
      assert.ok(!JSON.stringify(error).includes('secret'));
    }
  });

  const hasFull = existsSync('/dev/full');
  test('exits with 2 and prints one line if the output cannot be written', {
    skip: hasFull ? false : 'no /dev/full',
  }, async () => {
    const full = openSync('/dev/full', 'w');
    try {
      for (const args of [['decode'], ['verify', ...ANY], ['verify', ...ANY, '--json']]) {
        const child = start(args, { stdio: ['pipe', full, 'pipe'] });
        const stderr = child.stderr.setEncoding('utf8').toArray();
        child.stdin.end(token);
        assert.deepEqual(await once(child, 'close'), [2, null]);
        assert.equal((await stderr).join(''), 'sts-jwt: cannot write the output: ENOSPC\n');
      }
    } finally {
      closeSync(full);
    }
  });
});
