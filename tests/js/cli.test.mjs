// The command line, run as a process: every command and every exit status.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import test, { after } from 'node:test';
import { createTestIssuer } from 'sts-jwt/testing';
import { file, run, runJson, serve, start } from './support/cli.mjs';

const audience = 'https://edge.example.test';
const issuer = await createTestIssuer();
const other = await createTestIssuer();
const token = await issuer.token({ audience });
const jwks = file('jwks.json', issuer.jwksText());
const KEYS = ['--jwks', jwks];
const ANY = [...KEYS, '--any-issuer', '--any-audience'];
const EXPECTED = [...KEYS, '--issuer', issuer.issuer, '--audience', audience];
const changed = token.slice(0, -4) + (token.endsWith('AAAA') ? 'BBBB' : 'AAAA');

const server = await serve(async (url) => {
  const path = new URL(url).pathname;
  if (path === '/.well-known/jwks.json') return json(issuer.jwksText());
  if (path === '/page') return { status: 200, headers: { 'content-type': 'text/html' }, body: '<html>' };
  if (path === '/moved') return { status: 302, headers: { location: '/.well-known/jwks.json' }, body: '' };
  if (path === '/discovery') return json(`{"issuer":"https://a.example","jwks_uri":"https://a.example/k"}`);
  return { status: 404, headers: {}, body: '' };
});
after(server.close);
const json = (body) => ({ status: 200, headers: { 'content-type': 'application/json' }, body });

// verify

test('verify: 0, and whose token it is', async () => {
  const { status, stdout, stderr } = await run(['verify', ...EXPECTED, '--account', '111122223333'], { input: token });
  assert.equal(status, 0);
  assert.equal(stderr, '');
  assert.match(stdout, /^VERIFIED  role edge-caller of account 111122223333\n/);
  for (const text of ['arn:aws:iam::111122223333:role/svc/edge-caller', audience, 'EC384_0, ES384', '(in ', '●'])
    assert.ok(stdout.includes(text), text);
  assert.ok(!stdout.includes('NOT CHECKED'));
});

test('verify: what was not checked is said', async () => {
  const { status, stdout } = await run(['verify', ...ANY], { input: token });
  assert.equal(status, 0);
  assert.match(stdout, /NOT CHECKED +issuer, audience/);
});

test('verify: 1, and every failed step with what was expected, what came, and what to do', async () => {
  const args = ['verify', ...KEYS, '--any-issuer', '--audience', 'https://other.example', '--account', '444455556666'];
  const { status, stdout } = await run(args, { input: token });
  assert.equal(status, 1);
  assert.match(stdout, /^REJECTED  .*"aud"/);
  assert.match(stdout, /✗ Audience/);
  assert.match(
    stdout,
    /expected +https:\/\/other\.example\n +actual +https:\/\/edge\.example\.test\n +advice +The caller must ask/,
  );
  assert.match(stdout, /✗ Accounts[^]+expected +444455556666\n +actual +111122223333/);
});

test('verify: the same as JSON', async () => {
  const accepted = await runJson(['verify', ...EXPECTED, '--aws'], { input: token });
  assert.equal(accepted.token.claims.sub, 'arn:aws:iam::111122223333:role/svc/edge-caller');
  assert.equal(accepted.token.aws.account, '111122223333');
  assert.equal(accepted.keysFrom, jwks);
  const rejected = await runJson(['verify', ...KEYS, '--any-issuer', '--audience', 'other', '--vpc', 'vpc-1'], {
    input: token,
  });
  assert.deepEqual([rejected.exitStatus, rejected.code], [1, 'ERR_JWT_CLAIM_VALIDATION_FAILED']);
  assert.equal(rejected.error.errors.length, 2);
});

const REJECTED = {
  'a changed signature': [changed, [], 'ERR_JWS_SIGNATURE_VERIFICATION_FAILED'],
  'a key of another issuer': [await other.token({ audience }), [], 'ERR_JWS_SIGNATURE_VERIFICATION_FAILED'],
  'a key that is not in the set': [
    await issuer.token({ audience, header: { kid: 'EC384_7' } }),
    [],
    'ERR_JWKS_NO_MATCHING_KEY',
  ],
  'an expired token': [token, ['--now', '2099-01-01T00:00:00Z'], 'ERR_JWT_EXPIRED'],
  'a caller whom the policy denies': [token, ['--region', 'us-east-1'], 'ERR_POLICY_DENIED'],
};
for (const [name, [input, args, code]] of Object.entries(REJECTED)) {
  test(`verify and explain: 1 for ${name}`, async () => {
    for (const command of ['verify', 'explain']) {
      const result = await runJson([command, ...EXPECTED, ...args], { input });
      assert.deepEqual([result.exitStatus, result.verdict, result.code], [1, 'rejected', code]);
    }
  });
}

// Where the token comes from

const awsJson = JSON.stringify({ WebIdentityToken: token, Expiration: '2026-01-01T00:00:00Z' }, null, 4);
const SOURCES = {
  'standard input': [[], token, 0],
  'standard input, written -': [['-'], `${token}\n`, 0],
  'a file': [[file('token.jwt', `${token}\n`)], '', 0],
  'the JSON of the AWS CLI': [[], awsJson, 1],
  'the JSON of the AWS CLI in a file': [[file('token.json', awsJson)], '', 1],
  'a header line': [[], `Authorization: Bearer ${token}\r\n`, 1],
  Bearer: [[], `Bearer ${token}`, 1],
  'lines with white space': [[], `  ${token.replace(/.{60}/g, '$&\n')}\n\n`, 2],
  quotes: [[], `"${token}"`, 1],
  'UTF-16 of PowerShell': [[], Buffer.from(`\ufeff${token}\r\n`, 'utf16le'), 1],
};
for (const [name, [operand, input, notes]] of Object.entries(SOURCES)) {
  test(`verify: the token comes from ${name}`, async () => {
    const result = await runJson(['verify', ...operand, ...EXPECTED], { input });
    assert.deepEqual([result.exitStatus, result.notes.length], [0, notes], JSON.stringify(result.notes));
  });
}

test('verify: notes go to standard error', async () => {
  const { status, stdout, stderr } = await run(['verify', ...EXPECTED], { input: awsJson });
  assert.equal(status, 0);
  assert.equal(stderr, 'Note: The token was taken out of JSON.\n');
  assert.ok(!stdout.includes('Note'));
});

// What is taken for a token and is none

const [header, payload] = token.split('.');
const NO_TOKENS = {
  megabytes: ['x'.repeat(5 << 20), /far more than a token/],
  binary: [Buffer.from([0x7f, 0x45, 0x4c, 0x46, 0, 1, 0xff, 0xfe, 0x80]), /binary/],
  HTML: ['<!doctype html><title>Sign in</title>', /HTML/],
  'half a token': [`${header}.${payload}`, /signature is missing/],
  'a third of a token': [header, /one segment/],
  'an AWS session token': [`IQoJb3JpZ2luX2VjE${'Ab1/+'.repeat(80)}==`, /AWS session token/],
  'an AWS access key': ['AKIAIOSFODNN7EXAMPLE', /access key/],
  'a key set': [issuer.jwksText(), /key set/],
  'a discovery document': ['{"issuer":"https://a.example","jwks_uri":"https://a.example/k"}', /discovery/],
  'white space': ['  \n ', /no token/],
};
for (const [name, [input, message]] of Object.entries(NO_TOKENS)) {
  test(`verify and decode: ${name} instead of a token is recognised, 1`, async () => {
    const result = await runJson(['verify', ...EXPECTED], { input });
    assert.deepEqual([result.exitStatus, result.verdict, result.code], [1, 'rejected', 'ERR_JWS_INVALID']);
    assert.match(result.error.message, message);
    const { status, stdout, stderr } = await run(['decode'], { input });
    assert.deepEqual([status, stdout], [1, '']);
    assert.match(stderr.replace(/\s+/g, ' '), message);
    if (input.length < 1000 && typeof input === 'string' && input.trim().length > 15)
      assert.ok(!stderr.includes(input));
  });
}

// What is taken for keys and is none

const OTHER_KEYS = {
  'one key': [JSON.stringify(issuer.jwks.keys[1]), 0, /One key/],
  'a list of keys': [JSON.stringify(issuer.jwks.keys), 0, /list of keys/],
  'a discovery document': ['{"issuer":"https://a.example","jwks_uri":"https://a.example/k"}', 3, /discovery document/],
  'a token': [token, 3, /token, not a key set/],
  HTML: ['<html>', 3, /HTML/],
  'broken JSON': ['{"keys":', 3, /not valid JSON/],
  PEM: ['-----BEGIN PUBLIC KEY-----', 3, /PEM/],
};
for (const [name, [text, exitStatus, words]] of Object.entries(OTHER_KEYS)) {
  test(`verify and keys: ${name} instead of a JWKS is recognised`, async () => {
    const path = file(`keys-${name.replaceAll(' ', '-')}`, text);
    const verified = await runJson(['verify', '--jwks', path, '--any-issuer', '--any-audience'], { input: token });
    assert.equal(verified.exitStatus, exitStatus);
    assert.match(verified.error?.message ?? verified.notes.join(' '), words);
    const report = await runJson(['keys'], { input: text });
    assert.equal(report.exitStatus, exitStatus === 0 ? 0 : 1);
    assert.match(report.error?.message ?? report.notes.join(' '), words);
  });
}

// Keys: where they come from, and 3 where they do not come

test('verify: keys from the issuer, from a URL, and from standard input', async () => {
  const path = file('token.jwt', token);
  const local = await createTestIssuer({ issuer: server.url });
  const fetched = ['--issuer', server.url, '--any-audience', '--allow-loopback-http'];
  // Signed by another issuer: that its key set was fetched is seen by the failed signature.
  const foreign = await runJson(['verify', ...fetched], { input: await local.token({ audience }) });
  assert.equal(foreign.code, 'ERR_JWS_SIGNATURE_VERIFICATION_FAILED');
  assert.equal(foreign.keysFrom, `${server.url}/.well-known/jwks.json`);
  const named = ['--jwks', `${server.url}/.well-known/jwks.json`, '--any-issuer', '--any-audience'];
  assert.equal((await run(['verify', ...named], { input: token })).status, 0);
  const piped = await runJson(['verify', path, '--jwks', '-', '--any-issuer', '--any-audience'], {
    input: issuer.jwksText(),
  });
  assert.deepEqual([piped.exitStatus, piped.keysFrom], [0, 'standard input']);
});

for (const [name, path, words] of [
  ['a page', '/page', /content type text\/html/],
  ['a redirect', '/moved', /status 302/],
  ['404', '/none', /status 404/],
  ['a discovery document', '/discovery', /discovery document/],
]) {
  test(`verify: 3 where ${name} comes instead of the keys`, async () => {
    const args = ['verify', '--jwks', `${server.url}${path}`, '--any-issuer', '--any-audience'];
    const { exitStatus, error } = await runJson(args, { input: token });
    assert.equal(exitStatus, 3);
    assert.match(error.message, words);
  });
}

test('verify, explain and keys: 3 where nobody answers', async () => {
  const gone = await serve(() => {});
  gone.close();
  for (const command of [
    ['verify', '--any-issuer', '--any-audience', '--jwks'],
    ['explain', '--any-issuer', '--any-audience', '--jwks'],
    ['keys'],
  ]) {
    const { status, stderr } = await run([...command, gone.url], { input: token });
    assert.equal(status, 3, command[0]);
    assert.match(stderr, /ECONNREFUSED/);
  }
});

// Options

const caller = await issuer.token({ audience, caller: 'ec2', aws: { source_identity: 'alice' } });
const lambda = await issuer.token({ audience, caller: 'lambda' });
const OPTIONS = [
  [['--algorithm', 'ES384'], ['--algorithm', 'RS256'], caller],
  [['--subject', 'a', '--subject', 'arn:aws:iam::111122223333:role/edge-instance'], ['--subject', 'a'], caller],
  [['--typ', 'jwt'], ['--typ', 'at+jwt'], caller],
  [['--max-token-age', '60'], ['--max-token-age', '60', '--now', String(Date.now() / 1000 + 120)], caller],
  [
    ['--now', String(Date.now() / 1000 + 400), '--clock-tolerance', '200'],
    ['--now', String(Date.now() / 1000 + 400)],
    caller,
  ],
  [['--require', 'jti', '--require', 'sub'], ['--require', 'jti', '--require', 'nonce'], caller],
  [['--account', '444455556666', '--account', '111122223333'], ['--account', '444455556666'], caller],
  [['--organization', 'o-exampleorg1'], ['--organization', 'o-other'], caller],
  [['--ou', 'o-exampleorg1/r-ab12'], ['--ou', 'o-exampleorg1/r-other'], caller],
  [['--principal', 'arn:aws:iam::*:role/edge-*'], ['--principal', 'arn:aws:iam::*:role/svc/*'], caller],
  [['--region', 'eu-west-1'], ['--region', 'eu-west-2'], caller],
  [['--tag', 'team=other', '--tag', 'team=edge'], ['--tag', 'team=edge', '--tag', 'stage=prod'], caller],
  [['--ec2-instance', 'arn:aws:ec2:*:*:instance/*'], ['--ec2-instance', 'arn:aws:ec2:*:*:instance/i-0'], caller],
  [['--vpc', 'vpc-11112222'], ['--vpc', 'vpc-0'], caller],
  [['--source-identity', 'alice'], ['--source-identity', 'bob'], caller],
  [
    ['--lambda-function', 'arn:aws:lambda:*:*:function:edge'],
    ['--lambda-function', 'arn:aws:lambda:*:*:function:x'],
    lambda,
  ],
  [['--max-lifetime', '300'], ['--max-lifetime', '299'], caller],
  [['--aws'], ['--aws', '--issuer', 'x'], await issuer.token({ audience })],
];
for (const [good, bad, input] of OPTIONS) {
  test(`verify: ${good[0]} narrows what is accepted`, async () => {
    const issuers = ['--issuer', issuer.issuer];
    const accepted = await runJson(['verify', ...KEYS, ...issuers, '--audience', audience, ...good], { input });
    assert.equal(accepted.exitStatus, 0, JSON.stringify(accepted.error));
    const rejected = await runJson(
      ['verify', ...KEYS, ...(bad.includes('--issuer') ? [] : issuers), '--audience', audience, ...bad],
      { input },
    );
    assert.equal(rejected.exitStatus, 1);
  });
}

test('verify: --allow-missing-exp and --issuer-suffix widen it', async () => {
  const endless = await issuer.token({ audience, claims: { exp: undefined } });
  assert.equal((await run(['verify', ...EXPECTED], { input: endless })).status, 1);
  assert.equal((await run(['verify', ...EXPECTED, '--allow-missing-exp'], { input: endless })).status, 0);
  const test = await createTestIssuer({ issuer: 'https://a.issuers.example' });
  const args = [
    'verify',
    '--jwks',
    file('test-jwks.json', test.jwksText()),
    '--issuer',
    test.issuer,
    '--any-audience',
    '--aws',
  ];
  const input = await test.token({ audience });
  assert.equal((await run(args, { input })).status, 1);
  assert.equal((await run([...args, '--issuer-suffix', 'aws=issuers.example'], { input })).status, 0);
});

// Usage

const USAGE = {
  'no command': [[], /command is missing/],
  'an unknown command': [['frobnicate'], /no such command/],
  'a command of every object': [['constructor'], /no such command/],
  'an unknown option': [['verify', '--frob'], /--frob/],
  'an option of another command': [['decode', '--issuer', 'x'], /--issuer/],
  'a value that is missing': [['verify', '--issuer'], /--issuer/],
  'an empty value': [['verify', ...KEYS, '--any-issuer', '--audience', ''], /--audience is empty/],
  'no issuer': [['verify', ...KEYS, '--any-audience'], /--issuer is missing/],
  'no audience': [['explain', ...KEYS, '--any-issuer'], /--audience is missing/],
  'an issuer and any': [['verify', ...ANY, '--issuer', 'x'], /contradict/],
  'an audience and any': [['verify', ...ANY, '--audience', 'x'], /contradict/],
  'no keys and any issuer': [['verify', '--any-issuer', '--any-audience'], /--jwks is missing/],
  'no keys and two issuers': [['verify', '--issuer', 'a', '--issuer', 'b', '--any-audience'], /--jwks is missing/],
  'no keys and an issuer by http': [['verify', '--issuer', 'http://127.0.0.1:1', '--any-audience'], /no https URL/],
  'keys by http': [['verify', '--jwks', 'http://a.example/k', '--any-issuer', '--any-audience'], /https alone/],
  'keys given twice': [['verify', ...ANY, ...KEYS], /more than once/],
  'two files': [['verify', 'a', 'b', ...ANY], /more than one/],
  'a file that is not there': [['verify', 'no-such-file', ...ANY], /no-such-file cannot be read: ENOENT/],
  'a folder': [['decode', '.'], /cannot be read/],
  'keys that are not there': [['keys', 'no-such-file'], /ENOENT/],
  'a URL for a token': [['decode', 'https://a.example/token'], /not from a URL/],
  'both from standard input': [['verify', '--jwks', '-', '--any-issuer', '--any-audience'], /cannot both/],
  'an algorithm that is none': [['verify', ...ANY, '--algorithm', 'none'], /algorithm/],
  'an account that is none': [['verify', ...ANY, '--account', '123'], /accounts/],
  'a tag without a value': [['verify', ...ANY, '--tag', 'team'], /--tag/],
  'seconds that are none': [['verify', ...ANY, '--clock-tolerance', '-1'], /--clock-tolerance/],
  'a tolerance that is no number': [['verify', ...ANY, '--clock-tolerance', '1e3'], /number of seconds/],
  'a time that is none': [['verify', ...ANY, '--now', 'tomorrow'], /--now/],
  'a time without a zone': [['decode', '--now', '2026-01-01T00:00:00'], /--now/],
  'no issuer to check': [['issuer'], /issuer is missing/],
  'an issuer by http to check': [['issuer', 'http://a.example'], /https URL/],
};
for (const [name, [args, words]] of Object.entries(USAGE)) {
  test(`usage: 2 for ${name}`, async () => {
    const { exitStatus, error } = await runJson(args, { input: token });
    assert.equal(exitStatus, 2);
    assert.match(error.message, words);
  });
}

test('usage: people are told on standard error, with what to do', async () => {
  const { status, stdout, stderr } = await run(['verify', ...KEYS, '--any-audience'], { input: token });
  assert.deepEqual([status, stdout], [2, '']);
  assert.match(stderr, /^sts-jwt verify: --issuer is missing\.\n.*--any-issuer.*\nSee npx sts-jwt verify --help\n$/);
});

test('usage: 2 where standard input is empty', async () => {
  for (const args of [['verify', ...ANY], ['decode'], ['keys']]) {
    const { status, stderr } = await run(args);
    assert.equal(status, 2);
    assert.match(stderr, /is empty/);
  }
});

test('usage: a token on the command line is refused and not repeated', async () => {
  for (const args of [
    [token],
    ['--token', token],
    [`--token=${token}`],
    [`Bearer ${token}`],
    [...ANY, '--audience', token],
  ]) {
    const { status, stdout, stderr } = await run(['verify', ...args], { input: token });
    assert.equal(status, 2);
    assert.match(stderr.replace(/\s+/g, ' '), /history/);
    assert.ok(!(stdout + stderr).includes(token.slice(0, 16)));
  }
});

test('usage: a long text in place of a file is not repeated', async () => {
  const secret = `IQoJb3JpZ2luX2VjE${'Ab1x'.repeat(40)}`;
  const { status, stderr } = await run(['decode', secret]);
  assert.equal(status, 2);
  assert.ok(!stderr.includes(secret.slice(0, 16)));
});

test('help: of all, and of each command with its options and examples, in 80 columns', async () => {
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
  assert.match((await run(['verify', '-h'])).stdout, /get-web-identity-token[^]+\|\n/);
});

test('version', async () => {
  assert.match((await run(['--version'])).stdout, /^\d+\.\d+\.\d+\n$/);
});

// Pipes

test('pipes: one that is closed early ends it quietly, with the status of the decision', async () => {
  for (const [args, status] of [
    [EXPECTED, 0],
    [[...KEYS, '--any-issuer', '--audience', 'x'], 1],
  ]) {
    const child = start(['explain', ...args]);
    child.stdout.destroy();
    const stderr = child.stderr.setEncoding('utf8').toArray();
    child.stdin.end(token);
    assert.deepEqual(await once(child, 'close'), [status, null]);
    assert.equal((await stderr).join(''), '');
  }
});

test('pipes: an endless one is read no further than needed', async () => {
  const child = start(['decode']);
  child.stdin.on('error', () => {});
  const feed = () => {
    while (child.stdin.writable && child.stdin.write('x'.repeat(65_536)));
  };
  child.stdin.on('drain', feed);
  feed();
  assert.deepEqual(await once(child, 'exit'), [1, null]);
});
