// The README's AWS policy runs as it stands there.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { pathToFileURL } from 'node:url';
import { createIssuer, stsClaims } from './support/issuer.mjs';
import { PROJECT, ROOT } from './support/paths.mjs';

const readme = readFileSync(join(ROOT, 'README.md'), 'utf8');
const code = /<!-- test: aws-policy -->\n```ts\n([\s\S]*?)```/.exec(readme)?.[1];

/** Runs the example with `claims` in the token; the example reads three variables that the reader has. */
async function runExample(claims) {
  const issuer = createIssuer();
  const now = Math.floor(Date.now() / 1000);
  const token = issuer.mint('ES384', { ...stsClaims(issuer.url, 'https://edge.example.test', now), ...claims(now) });
  const given = `const [token, jwks, issuer] = ${JSON.stringify([token, JSON.stringify(issuer.jwks), issuer.url])};\n`;
  const file = join(mkdtempSync(join(PROJECT, 'readme-')), 'example.mjs');
  writeFileSync(file, `${given}${code}\nexport { aws };\n`);
  return (await import(pathToFileURL(file))).aws;
}

test('README: the AWS policy accepts the caller it describes', async () => {
  assert.ok(code, 'the marked example is missing');
  const aws = await runExample(() => ({}));
  assert.equal(aws.account, '111122223333');
  assert.equal(aws.principal.name, 'edge-caller');
});

test('README: the AWS policy denies another caller', async () => {
  const sub = 'arn:aws:iam::111122223333:role/other';
  const member = { ...stsClaims('', '', 0)['https://sts.amazonaws.com/'], principal_id: sub };
  await assert.rejects(runExample(() => ({ sub, 'https://sts.amazonaws.com/': member })), {
    code: 'ERR_POLICY_DENIED',
    claim: 'principals',
    status: 403,
  });
});
