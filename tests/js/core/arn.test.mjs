// Compares parseArn() with the core on generated ARNs. The core reads each ARN as the "sub" of a verified token.
import assert from 'node:assert/strict';
import test, { describe } from 'node:test';
import { explain, KeySet } from 'sts-jwt';
import { parseArn } from 'sts-jwt/aws';
import { createIssuer, stsClaims } from '../support/issuer.mjs';

const audience = 'https://edge.example.test';
const now = 1_800_000_000;
const issuer = createIssuer();
const keys = new KeySet(issuer.jwks);

/** Valid and invalid parts of an ARN. Each generated ARN has one part from each list. */
const PARTS = [
  ['arn:', 'arn:', 'arn:', 'arn::', 'arn'],
  ['aws', 'aws', 'aws-cn', 'AWS', 'a b', 'ä', '\u{1f600}', ''],
  [':', ':', ':', ':', ':', '::', ''],
  ['iam', 'iam', 'iam', 'iam', 'sts', 'IAM', ' iam', ''],
  [':', ':', ':', ':', ':', '::', ''],
  ['', '', '', '', 'eu-west-1', ' '],
  [':', ':', ':', ':', ':', '::', ''],
  [
    ...['111122223333', '111122223333', '111122223333', '000000000000', '11112222333', '1111222233334', ''],
    ...[
      '11112222333x',
      ' 111122223333',
      '111122223333\n',
      '+11112222333',
      '१११२२२३३३४४४',
      '１１１１２２２２３３３３',
      '1e1122223333',
    ],
  ],
  [':', ':', ':', ':', ':', '::', ''],
  [
    ...[
      'role/app',
      'role/app',
      'role/a/b/app',
      'user/Bob',
      'root',
      'role/ä',
      'role/a\nb',
      'role/\u2028',
      'role/a b',
      '',
    ],
    ...['role/', 'role//app', 'role/app:x', 'role', 'group/app', 'assumed-role/app/s', 'rooter', '/', ':', '\n'],
  ],
];

/** Generates numbers below `limit` (mulberry32). The numbers are the same on every run. */
function createRandom(seed) {
  let state = seed;
  return (limit) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % limit;
  };
}

/** Returns whether the core accepts the partition and account in `sub`; undefined unless `sub` is an IAM principal. */
function askCore(sub) {
  const token = issuer.mint('ES384', stsClaims(issuer.url, audience, now, { sub }));
  const { steps } = explain(token, keys, { issuer: issuer.url, audience, now, aws: {}, collectAll: true });
  const step = (name) => steps.find((step) => step.stage === 'policy' && step.name === name);
  assert.ok(step('sub'), JSON.stringify(steps));
  if (step('sub').outcome === 'failed') return undefined;
  return { isAws: step('iss').outcome === 'passed', isAccount: step('aws_account').outcome === 'passed' };
}

/** The rules for an IAM principal in addition to the rules for an ARN (`Arn::principal` in src/aws/arn.rs). */
function isPrincipal({ partition, service, region, account, resource }) {
  const hasStray = /[^!-~]/.test(partition + resource);
  const isResource = /^(?:root|(?:role|user)\/(?:[^/:]+\/)*[\w+=,.@-]+)$/.test(resource);
  return service === 'iam' && !region && account && isResource && !hasStray;
}

describe('parseArn()', () => {
  test('agrees with the core on 3,000 generated ARNs', () => {
    const random = createRandom(14);
    const seen = { accepted: 0, rejected: 0 };
    for (let count = 0; count < 3000; count += 1) {
      // Every second ARN has at most a few invalid parts, so each rule decides some cases.
      const parts = PARTS.map((choices) => choices[random(count % 2 ? 3 : choices.length) % choices.length]);
      if (count % 2) {
        const at = random(PARTS.length);
        parts[at] = PARTS[at][random(PARTS[at].length)];
      }
      const text = parts.join('');
      const arn = parseArn(text);
      const core = askCore(text);
      const expected = arn && isPrincipal(arn) ? arn : undefined;
      assert.equal(core !== undefined, expected !== undefined, JSON.stringify([text, arn]));
      if (core) {
        assert.equal(core.isAws, arn.partition === 'aws', text);
        assert.equal(core.isAccount, arn.account === '111122223333', text);
        assert.equal(Object.values(arn).join(':'), text.slice('arn:'.length));
      }
      seen[core ? 'accepted' : 'rejected'] += 1;
    }
    assert.ok(seen.accepted > 300 && seen.rejected > 1000, JSON.stringify(seen));
  });

  test('rejects an account that is not twelve digits, and accepts an empty one', () => {
    for (const account of ['1', '1111222233334', '11112222333x', '111122223333\n', '१११२२२३३३४४४'])
      assert.equal(parseArn(`arn:aws:lambda:eu-west-1:${account}:function:f`), undefined, account);
    assert.equal(parseArn('arn:aws:s3:::bucket/key').account, '');
  });

  test('rejects values that are not strings', () => {
    for (const value of /** @type {any[]} */ ([undefined, null, 1, {}, ['arn:aws:iam::111122223333:root']]))
      assert.equal(parseArn(value), undefined);
  });
});
