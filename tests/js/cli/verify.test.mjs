// Runs the command line as a process: every command and every exit status.
import assert from 'node:assert/strict';
import test, { after, describe } from 'node:test';
import { createTestIssuer } from 'sts-jwt/testing';
import { file, run, runJson, serve } from '../support/cli.mjs';

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
  if (path === '/.well-known/jwks.json' || path === '/keys') return json(issuer.jwksText());
  if (path === '/.well-known/openid-configuration') {
    return json(JSON.stringify({ issuer: server.url, jwks_uri: `${server.url}/keys` }));
  }
  if (path === '/replaced') return json(issuer.jwksText().replace('{', '{"a":"\ufffd",'));
  if (path === '/page') return { status: 200, headers: { 'content-type': 'text/html' }, body: '<html>' };
  if (path === '/moved') return { status: 302, headers: { location: '/.well-known/jwks.json' }, body: '' };
  if (path === '/discovery') return json(`{"issuer":"https://a.example","jwks_uri":"https://a.example/k"}`);
  return { status: 404, headers: {}, body: '' };
});
after(server.close);
const json = (body) => ({ status: 200, headers: { 'content-type': 'application/json' }, body });

// verify

describe('sts-jwt verify: verdict', () => {
  test('exits with 0 and prints the caller', async () => {
    const { status, stdout, stderr } = await run(['verify', ...EXPECTED, '--account', '111122223333'], {
      input: token,
    });
    assert.equal(status, 0);
    assert.equal(stderr, '');
    assert.match(stdout, /^VERIFIED {2}role edge-caller of account 111122223333\n/);
    for (const text of ['arn:aws:iam::111122223333:role/svc/edge-caller', audience, 'EC384_0, ES384', '(in ', '●'])
      assert.ok(stdout.includes(text), text);
    assert.ok(!stdout.includes('NOT CHECKED'));
  });

  test('prints the person behind the session, and the principal if the token names it', async () => {
    const options = ['verify', ...EXPECTED, '--origin-identities', 'allow'];
    const known = await run(options, { input: await issuer.token({ audience, origin: 'alice\u202e' }) });
    assert.match(known.stdout, /^REJECTED/, 'a name that reorders text');
    const { stdout } = await run(options, { input: await issuer.token({ audience, origin: 'alice' }) });
    assert.match(stdout, /^VERIFIED {2}origin identity alice, by role edge-caller of account 111122223333\n/);
    assert.match(stdout, /subject +alice\n +principal +arn:aws:iam::111122223333:role\/svc\/edge-caller\n/);
    const unknown = await issuer.token({ audience, origin: 'alice', aws: { principal_id: undefined } });
    const { stdout: without } = await run(options, { input: unknown });
    assert.match(without, /^VERIFIED {2}origin identity alice, by an unnamed principal of account 111122223333\n/);
    assert.match(without, /principal +not in the token\n/);
    const { stdout: refused } = await run(['verify', ...EXPECTED, '--aws'], { input: unknown });
    assert.match(refused, /denied by "sub": the token's "sub" must be the ARN of an IAM role/);
    assert.match(
      refused.replace(/\s+/g, ' '),
      /advice .*To accept the person or workload behind the session, set originIdentities\./,
    );
  });

  test('names the option if its value is not a known mode', async () => {
    const { status, stderr } = await run(['verify', ...EXPECTED, '--origin-identities', 'yes'], { input: token });
    assert.equal(status, 2);
    assert.match(stderr, /--origin-identities must be "refuse", "allow" or "require"/);
  });

  test('warns about an accepted exp in milliseconds', async () => {
    const claims = issuer.claims({ audience });
    const header = { alg: 'ES384', kid: 'EC384_0', typ: 'JWT' };
    const input = await issuer.sign({ header, claims: { ...claims, exp: Number(claims.exp) * 1000 } });
    for (const command of [['verify'], ['verify', '--json'], ['explain'], ['explain', '--json']]) {
      const { status, stdout, stderr } = await run([...command, ...EXPECTED], { input });
      assert.equal(status, 0);
      assert.match(`${stdout}${stderr}`, /exp\\?" looks like milliseconds/, command.join(' '));
      if (command[0] === 'explain') assert.match(stdout, /(! Expiration +|"warning": ?").*looks like milliseconds/);
    }
  });

  test('lists the checks that were skipped', async () => {
    const { status, stdout } = await run(['verify', ...ANY], { input: token });
    assert.equal(status, 0);
    assert.match(stdout, /NOT CHECKED +issuer, audience/);
  });

  test('exits with 1 and lists every failed step with expected, actual and advice', async () => {
    const args = [
      'verify',
      ...KEYS,
      '--any-issuer',
      '--audience',
      'https://other.example',
      '--account',
      '444455556666',
    ];
    const { status, stdout } = await run(args, { input: token });
    assert.equal(status, 1);
    assert.match(stdout, /^REJECTED {2}.*"aud"/);
    assert.match(stdout, /✗ Audience/);
    assert.match(
      stdout,
      /expected +https:\/\/other\.example\n +actual +https:\/\/edge\.example\.test\n +advice +The caller must request/,
    );
    assert.match(stdout, /✗ Accounts[\s\S]+expected +444455556666\n +actual +111122223333/);
  });

  test('reports the verdict as JSON', async () => {
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
});

/** @type {Record<string, any>} */
const REJECTED = {
  'a changed signature': [changed, [], 'ERR_JWS_SIGNATURE_VERIFICATION_FAILED'],
  'a key of another issuer': [await other.token({ audience }), [], 'ERR_JWS_SIGNATURE_VERIFICATION_FAILED'],
  'a key that is not in the set': [
    await issuer.token({ audience, header: { kid: 'EC384_7' } }),
    [],
    'ERR_JWKS_NO_MATCHING_KEY',
  ],
  'an expired token': [token, ['--now', '2099-01-01T00:00:00Z'], 'ERR_JWT_EXPIRED'],
  'a caller that the policy denies': [token, ['--region', 'us-east-1'], 'ERR_POLICY_DENIED'],
};
describe('sts-jwt verify: rejected tokens', () => {
  for (const [name, [input, args, code]] of Object.entries(REJECTED)) {
    test(`exits with 1 for ${name}, in verify and explain`, async () => {
      const commands = ['verify', 'explain'].map((command) => runJson([command, ...EXPECTED, ...args], { input }));
      for (const { exitStatus, verdict, code: actual } of await Promise.all(commands))
        assert.deepEqual([exitStatus, verdict, actual], [1, 'rejected', code]);
    });
  }
});

// Sources of the token

const awsJson = JSON.stringify({ WebIdentityToken: token, Expiration: '2026-01-01T00:00:00Z' }, null, 4);
/** @type {Record<string, any>} */
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
describe('sts-jwt verify: token input', () => {
  for (const [name, [operand, input, notes]] of Object.entries(SOURCES)) {
    test(`reads the token from ${name}`, async () => {
      const result = await runJson(['verify', ...operand, ...EXPECTED], { input });
      assert.deepEqual([result.exitStatus, result.notes.length], [0, notes], JSON.stringify(result.notes));
    });
  }

  test('prints notes to standard error', async () => {
    const { status, stdout, stderr } = await run(['verify', ...EXPECTED], { input: awsJson });
    assert.equal(status, 0);
    assert.equal(stderr, 'Note: The token was extracted from JSON.\n');
    assert.ok(!stdout.includes('Note'));
  });

  // Input that is mistaken for a token

  const [header, payload] = token.split('.');
  /** @type {Record<string, any>} */
  const NO_TOKENS = {
    megabytes: ['x'.repeat(5 << 20), /far too large for a token/],
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
    test(`recognises ${name} instead of a token, in verify and decode`, async () => {
      const [result, decoded] = await Promise.all([
        runJson(['verify', ...EXPECTED], { input }),
        run(['decode'], { input }),
      ]);
      assert.deepEqual([result.exitStatus, result.verdict, result.code], [1, 'rejected', 'ERR_JWS_INVALID']);
      assert.match(result.error.message, message);
      const { status, stdout, stderr } = decoded;
      assert.deepEqual([status, stdout], [1, '']);
      assert.match(stderr.replace(/\s+/g, ' '), message);
      if (typeof input === 'string' && input.trim().length > 15) assert.ok(!stderr.includes(input));
    });
  }
});

// Input passed as keys by mistake

/** @type {Record<string, any>} */
const OTHER_KEYS = {
  'one key': [JSON.stringify(issuer.jwks.keys[1]), 0, /single key/],
  'a list of keys': [JSON.stringify(issuer.jwks.keys), 0, /array of keys/],
  'a discovery document': ['{"issuer":"https://a.example","jwks_uri":"https://a.example/k"}', 3, /discovery document/],
  'a token': [token, 3, /token, not a key set/],
  HTML: ['<html>', 3, /HTML/],
  'broken JSON': ['{"keys":', 3, /not valid JSON/],
  PEM: ['-----BEGIN PUBLIC KEY-----', 3, /PEM/],
};
describe('sts-jwt verify: key input', () => {
  for (const [name, [text, exitStatus, words]] of Object.entries(OTHER_KEYS)) {
    test(`recognises ${name} instead of a JWKS, in verify and keys`, async () => {
      const path = file(`keys-${name.replaceAll(' ', '-')}`, text);
      const [verified, report] = await Promise.all([
        runJson(['verify', '--jwks', path, '--any-issuer', '--any-audience'], { input: token }),
        runJson(['keys'], { input: text }),
      ]);
      assert.equal(verified.exitStatus, exitStatus);
      assert.match(verified.error?.message ?? verified.notes.join(' '), words);
      assert.equal(report.exitStatus, exitStatus === 0 ? 0 : 1);
      assert.match(report.error?.message ?? report.notes.join(' '), words);
    });
  }

  // Sources of the keys, and exit status 3 if they are unavailable

  test('reads keys from the issuer, from a URL and from standard input', async () => {
    const path = file('token.jwt', token);
    const local = await createTestIssuer({ issuer: server.url });
    const fetched = ['--issuer', server.url, '--any-audience', '--allow-loopback-http'];
    // The token is from another issuer, so a failed signature shows that this issuer's key set was fetched.
    const foreign = await runJson(['verify', ...fetched], { input: await local.token({ audience }) });
    assert.equal(foreign.code, 'ERR_JWS_SIGNATURE_VERIFICATION_FAILED');
    assert.equal(foreign.keysFrom, `${server.url}/keys`);
    const fixed = await runJson(['verify', ...fetched, '--no-discovery'], { input: await local.token({ audience }) });
    assert.equal(fixed.keysFrom, `${server.url}/.well-known/jwks.json`);
    const listed = await runJson(['keys', '--discovery', '--allow-loopback-http', server.url]);
    assert.deepEqual([listed.exitStatus, listed.keysFrom], [0, `${server.url}/keys`]);
    const named = ['--jwks', `${server.url}/.well-known/jwks.json`, '--any-issuer', '--any-audience'];
    assert.equal((await run(['verify', ...named], { input: token })).status, 0);
    const piped = await runJson(['verify', path, '--jwks', '-', '--any-issuer', '--any-audience'], {
      input: issuer.jwksText(),
    });
    assert.deepEqual([piped.exitStatus, piped.keysFrom], [0, 'standard input']);
  });

  for (const [name, path, words, kind] of /** @type {any[][]} */ ([
    ['a page', '/page', /content type text\/html\.$/, 'content_type'],
    ['a redirect', '/moved', /status 302, redirect not followed: to /, 'redirect'],
    ['404', '/none', /status 404\.$/, 'status'],
    ['a discovery document', '/discovery', /discovery document/, undefined],
  ])) {
    test(`exits with 3 if the server sends ${name} instead of the keys`, async () => {
      const args = ['verify', '--jwks', `${server.url}${path}`, '--any-issuer', '--any-audience'];
      const { exitStatus, error } = await runJson(args, { input: token });
      assert.equal(exitStatus, 3);
      assert.match(error.message, words);
      assert.equal(error.kind, kind);
    });
  }

  test('exits with 3 if the connection is refused, in verify, explain and keys', async () => {
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
});

// Options

const caller = await issuer.token({ audience, caller: 'ec2', aws: { source_identity: 'alice' } });
const lambda = await issuer.token({ audience, caller: 'lambda' });
const person = await issuer.token({ audience, caller: 'origin-user' });
const HEADER = { alg: 'ES384', kid: 'EC384_0', typ: 'JWT' };
const access = await issuer.sign({
  header: { ...HEADER, typ: 'at+jwt' },
  claims: { ...issuer.claims({ audience }), level: 3, beta: true, scope: 'read write', client_id: 'app' },
});
/** @type {any[][]} */
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
  [
    ['--claim', 'jti:=5', '--claim', '/https:~1~1sts.amazonaws.com~1/org_id=o-exampleorg1', '--claim', 'jti=jti 1'],
    ['--claim', 'jti:=1'],
    await issuer.sign({ header: HEADER, claims: { ...issuer.claims({ audience }), jti: 'jti 1' } }),
  ],
  [['--claim', 'level:=3', '--claim', 'beta:=true'], ['--claim', 'level=3'], access],
  [['--scope', 'read', '--scope', 'write'], ['--scope', 'read', '--scope', 'admin'], access],
  [['--profile', 'at+jwt', '--exactly-one-audience'], ['--profile', 'at+jwt', '--require', 'x'], access],
  [['--exactly-one-audience'], ['--profile', 'at+jwt'], caller],
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
  [['--origin-identities', 'require'], ['--origin-identities', 'refuse'], person],
  [['--origin-identities', 'allow'], ['--origin-identities', 'require'], caller],
];
describe('sts-jwt verify: options', () => {
  for (const [good, bad, input] of OPTIONS) {
    test(`restricts tokens with ${good[0]}`, async () => {
      const withOptions = (options) => {
        const issuers = options.includes('--issuer') ? [] : ['--issuer', issuer.issuer];
        return runJson(['verify', ...KEYS, ...issuers, '--audience', audience, ...options], { input });
      };
      const [accepted, rejected] = await Promise.all([withOptions(good), withOptions(bad)]);
      assert.equal(accepted.exitStatus, 0, JSON.stringify(accepted.error));
      assert.equal(rejected.exitStatus, 1);
    });
  }

  test('accepts more tokens with --allow-missing-exp or --issuer-suffix', async () => {
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

  test('reports that the verdict is for another time, and that a token never expires', async () => {
    const then = await run(['verify', ...EXPECTED, '--now', String(Math.floor(Date.now() / 1000))], { input: token });
    assert.match(then.stdout, /^VERIFIED [\s\S]*DECIDED AT/);
    assert.doesNotMatch((await run(['verify', ...EXPECTED], { input: token })).stdout, /DECIDED AT/);
    const endless = await issuer.token({ audience, claims: { exp: undefined } });
    const { stdout } = await run(['verify', ...EXPECTED, '--allow-missing-exp'], { input: endless });
    assert.match(stdout, /NOT CHECKED +expiration: it never expires/);
  });
});

describe('sts-jwt verify: served keys', () => {
  test('rejects a key set with a byte order mark, like the library', async () => {
    const marked = file('marked.json', `\ufeff${issuer.jwksText()}`);
    const { status, stderr } = await run(['verify', '--jwks', marked, '--any-issuer', '--any-audience'], {
      input: token,
    });
    assert.equal(status, 3);
    assert.match(stderr.replace(/\s+/g, ' '), /the JWK Set is not valid JSON/);
    const { status: ofToken, stderr: notes } = await run(['verify', ...EXPECTED], { input: `\ufeff${token}` });
    assert.equal(ofToken, 0);
    assert.match(notes, /byte order mark/);
  });

  test('does not wrap a single served key in a key set', async () => {
    const one = await serve(async () => json(JSON.stringify(JSON.parse(issuer.jwksText()).keys[0])));
    try {
      const { status } = await run(['verify', '--jwks', `${one.url}/key`, '--any-issuer', '--any-audience'], {
        input: token,
      });
      assert.equal(status, 3);
      const { exitStatus, error } = await runJson(['keys', `${one.url}/key`]);
      assert.deepEqual([exitStatus, error.code], [1, 'ERR_JWKS_INVALID']);
    } finally {
      one.close();
    }
  });

  test('reads a key set with U+FFFD, which the library accepts, as text', async () => {
    const args = ['verify', '--jwks', `${server.url}/replaced`, '--any-issuer', '--any-audience'];
    assert.equal((await run(args, { input: token })).status, 0);
  });

  test('fetches keys even if --issuer has a trailing slash, but compares "iss" exactly', async () => {
    const args = ['verify', '--issuer', `${server.url}/`, '--any-audience', '--allow-loopback-http', '--no-discovery'];
    const { exitStatus, keysFrom } = await runJson(args, { input: token });
    assert.deepEqual([exitStatus, keysFrom], [1, `${server.url}/.well-known/jwks.json`]);
    const here = await createTestIssuer({ issuer: server.url });
    const named = ['verify', '--jwks', file('here.json', here.jwksText()), '--any-audience'];
    const input = await here.token({ audience });
    assert.equal((await run([...named, '--issuer', server.url], { input })).status, 0);
    assert.equal((await run([...named, '--issuer', `${server.url}/`], { input })).status, 1);
  });

  test('accepts a file, a URL or standard input as --jwks of the keys command', async () => {
    const url = `${server.url}/.well-known/jwks.json`;
    for (const [name, from] of /** @type {any[][]} */ ([
      [jwks, jwks],
      [url, url],
      ['-', 'standard input'],
    ])) {
      const { exitStatus, keysFrom, usable } = await runJson(['keys', '--jwks', name], { input: issuer.jwksText() });
      assert.deepEqual([exitStatus, keysFrom, usable], [0, from, 2]);
    }
  });
});
