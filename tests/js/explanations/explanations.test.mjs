// Tests the explanations of claims and steps that the debugger page, the command line and the documentation show, and
// the reading of pasted text.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { describe } from 'node:test';
import { explain } from 'sts-jwt';
import { explainClaim, explainHeaderParameter, explainStep } from 'sts-jwt/explanations';
import { createTestIssuer } from 'sts-jwt/testing';
import { explanationsPage } from '../../../scripts/explanations.mjs';
import { PROJECT, ROOT } from '../support/paths.mjs';
import { importSource } from '../support/sources.mjs';

// The package does not export this module, because it is not for users.
const { readKeysInput, readTokenInput } = await importSource('explanations/pasted-input.ts');
const { distance, duration, visible } = await importSource('explanations/text.ts');

const NAMESPACE = 'https://sts.amazonaws.com/';
const audience = 'https://edge.example.test';
const issuer = await createTestIssuer();
const token = await issuer.token({ audience });

describe('explanations', () => {
  test('covers every member of the AWS object that the core knows', () => {
    const members = [...readFileSync(join(ROOT, 'src/aws/identity.rs'), 'utf8').matchAll(/\("(\w+)", Kind::/g)];
    assert.ok(members.length >= 18);
    for (const [, member] of members) assert.match(explainClaim(NAMESPACE, member)?.text ?? '', /\.$/, member);
  });

  test('covers every registered claim and Header Parameter', () => {
    for (const claim of ['iss', 'sub', 'aud', 'exp', 'nbf', 'iat', 'jti']) {
      assert.match(explainClaim(claim)?.reference ?? '', /^RFC 7519 §4\.1\.[1-7]$/, claim);
    }
    for (const name of ['alg', 'jku', 'jwk', 'kid', 'x5u', 'x5c', 'x5t', 'x5t#S256', 'typ', 'cty', 'crit']) {
      assert.match(explainHeaderParameter(name)?.reference ?? '', /^RFC 7515 §4\.1\.\d+$/, name);
    }
  });

  test('marks only the request tags as chosen by the caller', () => {
    assert.equal(explainClaim(NAMESPACE, 'request_tags').chosenByCaller, true);
    assert.equal(explainClaim(NAMESPACE, 'principal_tags').chosenByCaller, undefined);
  });

  test('returns undefined for unknown names, including those of Object.prototype', () => {
    for (const name of ['department', '__proto__', 'constructor', 'toString', '']) {
      assert.equal(explainClaim(name), undefined, name);
      assert.equal(explainClaim(NAMESPACE, name), undefined, name);
      assert.equal(explainClaim(NAMESPACE, 'principal_tags', name), undefined, name);
      assert.equal(explainHeaderParameter(name), undefined, name);
    }
    assert.equal(explainClaim('other', 'aws_account'), undefined, 'AWS members are explained only in the AWS object');
    for (const stage of /** @type {any[]} */ (['claim', 'policy'])) {
      assert.equal(typeof explainStep({ stage, name: 'constructor', outcome: 'passed' }).title, 'string');
    }
  });

  /** A policy with every field, which no caller matches. */
  const aws = {
    accounts: ['999999999999'],
    organizations: ['o-other'],
    organizationalUnits: ['o-other/r-a'],
    principals: ['arn:aws:iam::*:role/other'],
    regions: ['us-east-1'],
    principalTags: { team: 'other' },
    lambdaFunctions: ['arn:aws:lambda:*:*:function:other'],
    ec2Instances: ['arn:aws:ec2:*:*:instance/other'],
    vpcs: ['vpc-other'],
    sourceIdentities: ['other'],
    maxLifetime: 1,
  };

  test('has a title for every step of a decision, and advice for every failed step', () => {
    const options = {
      issuer: 'https://other.example',
      audience: 'other',
      subject: 'x',
      typ: 'at+jwt',
      maxTokenAge: 1,
      exactlyOneAudience: true,
      claims: { tenant: 'x', exp: 1 },
      scope: 'x',
      aws,
    };
    const { steps, code } = explain(token, issuer.jwksText(), { ...options, now: Date.now() / 1000 + 9000 });
    const titles = new Map();
    for (const step of steps) {
      const { title, rule, advice } = explainStep(step, code);
      assert.ok(title && /^[\s\S]+\.$/.test(rule), JSON.stringify(step));
      assert.equal(advice !== undefined, step.outcome === 'failed', JSON.stringify(step));
      if (advice !== undefined) assert.match(advice, /^[A-Z].*\.$/s);
      if (step.stage === 'policy') {
        assert.notEqual(title, 'AWS policy', step.name);
        titles.set(title, step.name);
      }
    }
    assert.equal(titles.size, steps.filter(({ stage }) => stage === 'policy').length);
    assert.ok(titles.size >= 16);
  });

  test('gives the advice of the error code for a failed stage', () => {
    const options = { issuer: issuer.issuer, audience };
    const changed = token.slice(0, -4) + (token.endsWith('AAAA') ? 'BBBB' : 'AAAA');
    for (const [bad, words] of /** @type {any[][]} */ ([
      [changed, /another key signed it/],
      ['a.b', /whole/],
      [`${token}.a.b`, /JWS/],
    ])) {
      const { steps, code } = explain(bad, issuer.jwksText(), options);
      assert.match(explainStep(steps.at(-1), code).advice, words);
    }
  });

  test('gives useful advice about algorithms and units', async () => {
    const options = { issuer: issuer.issuer, audience };
    const claims = issuer.claims({ audience });
    const sign = (/** @type {object} */ header, /** @type {object} */ more = {}) =>
      issuer.sign({ header: { alg: 'ES384', kid: 'EC384_0', ...header }, claims: { ...claims, ...more } });
    const adviceFor = (/** @type {string} */ given, /** @type {any} */ more = {}) => {
      const { steps, code } = explain(given, issuer.jwksText(), { ...options, ...more });
      const told = steps.find(({ outcome, warning }) => outcome === 'failed' || warning !== undefined);
      assert.ok(told);
      return explainStep(told, code).advice ?? '';
    };
    for (const alg of ['HS256', 'ES256', 'none', 'PS256']) {
      const unsupported = `${Buffer.from(JSON.stringify({ alg })).toString('base64url')}.e30.AAAA`;
      assert.match(adviceFor(unsupported), /No option allows another/, alg);
    }
    assert.match(adviceFor(token, { algorithms: ['RS256'] }), /^Add the token's algorithm to `algorithms`/);
    const milliseconds = Number(claims.iat) * 1000;
    for (const more of [{ iat: milliseconds }, { nbf: milliseconds }, { exp: milliseconds }])
      assert.match(adviceFor(await sign({}, more)), /not milliseconds/, JSON.stringify(more));
    assert.match(adviceFor(await sign({}, { iat: Number(claims.iat) + 100 })), /^Check the clock/);
  });

  test('matches docs/explanations.md, which "node scripts/explanations.mjs" writes', async () => {
    const page = await explanationsPage(join(PROJECT, 'node_modules/sts-jwt'));
    assert.equal(readFileSync(join(ROOT, 'docs/explanations.md'), 'utf8'), page);
  });

  test('has advice for a missing time and for a wrong type', async () => {
    const endless = await issuer.token({ audience, claims: { exp: undefined } });
    const odd = await issuer.token({ audience, aws: { aws_account: 5 } });
    for (const [given, name, words] of /** @type {any[][]} */ ([
      [endless, 'exp', /add the claim/],
      [odd, 'https://sts.amazonaws.com/', /types of RFC 7519/],
    ])) {
      const { steps, code } = explain(given, issuer.jwksText(), { issuer: issuer.issuer, audience, aws: {} });
      const failed = steps.find((step) => step.outcome === 'failed');
      assert.equal(failed.name, name);
      assert.match(explainStep(failed, code).advice, words);
    }
  });
});

describe('text', () => {
  test('escapes every character that is invisible or controls a terminal or a page', () => {
    assert.equal(visible('plain, ümläut 日本'), 'plain, ümläut 日本');
    for (const char of [
      '\x1b',
      '\n',
      '\u202e',
      '\u200b',
      '\u00a0',
      '\u3164',
      '\u2800',
      '\u034f',
      '\ufe0f',
      '\u{e0100}',
    ]) {
      assert.equal(visible(`a${char}b`), `a\\u{${char.codePointAt(0).toString(16)}}b`);
    }
  });

  test('formats durations with two units at most', () => {
    const lengths = {
      0: '0 s',
      0.5: '0.5 s',
      1: '1 s',
      59.6: '1 min',
      252: '4 min 12 s',
      3600: '1 h',
      90000: '1 d 1 h',
      1e300: 'over 30,000 years',
    };
    for (const [seconds, text] of Object.entries(lengths)) assert.equal(duration(Number(seconds)), text);
    assert.deepEqual([0.2, 252, -252].map(distance), ['now', 'in 4 min 12 s', '4 min 12 s ago']);
  });
});

/** @type {Record<string, any>} */
const TOKENS = {
  'as it is': [token, []],
  'with a line break at its end': [`${token}\n`, []],
  'with white space around it': [`  ${token} \n\n`, ['White space around']],
  'with line breaks inside': [token.replace(/.{64}/g, '$&\n'), ['White space inside']],
  'with Bearer': [`Bearer ${token}`, ['"Bearer"']],
  'as a header': [`Authorization: bearer ${token}\r\n`, ['"Bearer"']],
  'in quotes': [`"${token}"\n`, ['Quotes']],
  'in quotes with Bearer': [`'Bearer ${token}'`, ['Quotes', '"Bearer"']],
  'as the AWS CLI prints it': [
    JSON.stringify({ WebIdentityToken: token, Expiration: '2026-01-01T00:00:00Z' }, null, 4),
    ['extracted from JSON'],
  ],
};
describe('token input', () => {
  for (const [name, [text, notes]] of Object.entries(TOKENS)) {
    test(`reads a token ${name}`, () => {
      const read = readTokenInput(text);
      assert.equal(read.token, token);
      assert.equal(read.notes.length, notes.length, read.notes.join(' '));
      for (const [index, note] of notes.entries()) assert.ok(read.notes[index].includes(note), read.notes[index]);
    });
  }

  test('finds a token in other text', () => {
    const texts = [
      `2026-01-01T00:00:00+00:00\t${token}\n`,
      `Expiration: '2026-01-01T00:00:00Z'\nWebIdentityToken: ${token}\n`,
      `export TOKEN=${token}`,
      `https://a.example/cb#id_token=${token}&state=1`,
      JSON.stringify([token]),
      `{"WebIdentityToken": "${token}", "Expi`,
      `curl -H 'Authorization: Bearer ${token}' https://a.example`,
    ];
    for (const text of texts) {
      const read = readTokenInput(text);
      assert.equal(read.token, token, JSON.stringify(read));
      assert.match(read.notes.at(-1), /Other text around/);
    }
    assert.match(readTokenInput(`${token}\n${token}`).problem, /contains 2 tokens/);
    assert.doesNotMatch(JSON.stringify(readTokenInput('www.a.b.example.com')), /JWE/);
  });

  const [header, payload] = token.split('.');
  /** @type {Record<string, any>} */
  const NO_TOKENS = {
    nothing: ['  \n', /no token yet/],
    'five megabytes': ['x'.repeat(5 << 20), /over 512 KB, far too large/],
    'more than half a megabyte of white space': [`a${' '.repeat(600_000)}b`, /over 512 KB, far too large/],
    binary: ['eyJ\0\x01\x02', /binary/],
    'binary that was decoded as text': ['abc\ufffd', /binary/],
    'a page': ['<!DOCTYPE html><html>', /HTML/],
    'half a token': [`${header}.${payload}`, /signature is missing/],
    'one segment': [header, /one segment/],
    'an AWS session token in a variable': [`export AWS_SESSION_TOKEN=IQoJ${'Ab1/+'.repeat(40)}`, /session token/],
    'an AWS session token': [`IQoJb3JpZ2luX2VjE${'Ab1/+'.repeat(40)}==`, /session token/],
    'an access key': ['AKIAIOSFODNN7EXAMPLE', /access key/],
    credentials: ['{"Credentials":{"AccessKeyId":"a"}}', /credentials/],
    'a key set': ['{"keys":[]}', /key set/],
    'a discovery document': ['{"issuer":"a","jwks_uri":"b"}', /discovery/],
    'decoded claims': ['{"iss":"a"}', /decoded/],
    'other JSON': ['{"a":1}', /WebIdentityToken/],
    'an encrypted token': ['eyJhbGciOiJkaXIifQ.a.b.c.d', /JWE/],
    'a PASETO': ['v4.public.abc', /PASETO/],
    PEM: ['-----BEGIN PUBLIC KEY-----\nabc', /PEM/],
    prose: ['hello world', /not a JWT/],
  };
  for (const [name, [text, problem]] of Object.entries(NO_TOKENS)) {
    test(`recognises ${name} that was pasted instead of a token`, () => {
      assert.match(readTokenInput(text).problem, problem);
    });
  }

  test('returns text in the form of a token unchanged, valid or not', () => {
    for (const text of ['a.b.c', '..', 'eyJ.é.x', 'a.b.c.d'])
      assert.deepEqual(readTokenInput(text), { token: text, notes: [] });
  });
});

const set = issuer.jwksText();
const [key] = JSON.parse(set).keys;
/** @type {Record<string, any>} */
const KEYS = {
  'as it is': [set, set, []],
  'of one key': [JSON.stringify(key), `{"keys":[${JSON.stringify(key)}]}`, ['single key']],
  'as a list': [`[${JSON.stringify(key)}]\n`, `{"keys":[${JSON.stringify(key)}]}`, ['array of keys']],
  'that is broken': ['{"keys":', '{"keys":', []],
  'without keys': ['{"a":1}', '{"a":1}', []],
};
describe('key input', () => {
  for (const [name, [text, jwks, notes]] of Object.entries(KEYS)) {
    test(`reads a JWKS ${name}`, () => {
      const read = readKeysInput(text);
      assert.equal(read.jwks, jwks);
      assert.equal(read.notes.length, notes.length);
      for (const [index, note] of notes.entries()) assert.ok(read.notes[index].includes(note));
    });
  }

  test('does not hide duplicate members when it wraps a single key in a key set', () => {
    const { jwks } = readKeysInput('{"kty":"EC","kty":"EC"}');
    assert.equal(explain(token, jwks, { issuer: null, audience: null }).code, 'ERR_JWKS_INVALID');
  });

  /** @type {Record<string, any>} */
  const NO_KEYS = {
    nothing: ['', /no JWKS yet/],
    'a token': [token, /token, not a key set/],
    'a discovery document': ['{"issuer":"https://a.example","jwks_uri":"https://a.example/k"}', /discovery/],
    PEM: ['-----BEGIN PUBLIC KEY-----\nabc', /PEM/],
    'a page': ['<html>', /HTML/],
    'a megabyte': ['x'.repeat(1 << 20), /over 512 KB, far too large/],
  };
  for (const [name, [text, problem]] of Object.entries(NO_KEYS)) {
    test(`recognises ${name} instead of a JWKS`, () => {
      assert.match(readKeysInput(text).problem, problem);
    });
  }

  test('returns the jwksUri of a discovery document', () => {
    assert.equal(readKeysInput(NO_KEYS['a discovery document'][0]).jwksUri, 'https://a.example/k');
  });
});
