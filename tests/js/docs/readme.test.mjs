// Runs the README's executable examples with the installed package.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { describe } from 'node:test';
import { ACCOUNT, createIssuer, NAMESPACE, serveIssuer, stsClaims } from '../support/issuer.mjs';
import { PROJECT, ROOT } from '../support/paths.mjs';
import { bundleWorker, startWorkerd } from '../support/workerd.mjs';

const AUDIENCE = 'https://edge.example.test';
const { url, jwks, mint } = createIssuer();

/** Returns the code block after `<!-- test: name -->`. */
function exampleOf(name) {
  const readme = readFileSync(join(ROOT, 'README.md'), 'utf8');
  const examples = [...readme.matchAll(/^<!-- test: (\S+) -->\n```(?:ts|js)\n([\s\S]*?)^```$/gm)];
  const marked = examples.filter(([, mark]) => mark === name);
  assert.equal(marked.length, 1, `README.md has one example marked ${name}`);
  return marked[0][2];
}

/** Runs an example in a project with the package installed and these constants in scope. */
function run(name, scope) {
  const constants = Object.entries(scope).map(([name, value]) => `const ${name} = ${JSON.stringify(value)};\n`);
  const folder = join(PROJECT, 'readme');
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${name}.mjs`);
  writeFileSync(file, constants.join('') + exampleOf(name));
  return spawnSync(process.execPath, [file], { encoding: 'utf8' });
}

const claims = (members) => {
  const claims = stsClaims(url, AUDIENCE, Math.floor(Date.now() / 1000));
  return { ...claims, [NAMESPACE]: { ...claims[NAMESPACE], ...members } };
};

describe('README examples', () => {
  test('allows the caller listed in the AWS policy', () => {
    const { status, stdout, stderr } = run('aws-policy', { token: mint('ES384', claims()), jwks, issuer: url });
    assert.deepEqual([status, stderr, stdout], [0, '', `${ACCOUNT} edge-caller\n`]);
  });

  for (const [field, members] of Object.entries({
    organizationalUnits: { ou_path: ['o-exampleorg1/r-ab123/'] },
    regions: { source_region: 'eu-west-2' },
    aws_account: { aws_account: '999988887777' },
  })) {
    test(`denies a caller by "${field}" of the AWS policy`, () => {
      const { status, stderr } = run('aws-policy', { token: mint('RS256', claims(members)), jwks, issuer: url });
      assert.equal(status, 1);
      assert.match(stderr, /ERR_POLICY_DENIED/);
      assert.match(stderr, new RegExp(`claim: '${field}'`));
    });
  }

  test('runs tests without AWS', () => {
    const { status, stderr } = run('testing', {});
    assert.deepEqual([status, stderr], [0, '']);
  });

  test('answers verified callers and rejects others in the Worker', async () => {
    const folder = join(PROJECT, 'readme');
    mkdirSync(folder, { recursive: true });
    const entry = join(folder, 'worker.ts');
    writeFileSync(entry, exampleOf('worker').replace('https://<uuid>.tokens.sts.global.api.aws', url));
    const served = await serveIssuer(url, JSON.stringify(jwks));
    const workerd = await startWorkerd(await bundleWorker('readme', { entry }), { outbound: served.address });
    try {
      const ask = async (token) => {
        const response = await fetch(workerd.url, { headers: token ? { authorization: `Bearer ${token}` } : {} });
        return [response.status, await response.json()];
      };
      const mine = { ...claims(), aud: 'https://my-service.example' };
      assert.deepEqual(await ask(mint('ES384', mine)), [200, { hello: mine.sub }]);
      assert.equal((await ask())[0], 401);
      assert.deepEqual(await ask(mint('ES384', claims())), [401, { error: 'ERR_JWT_CLAIM_VALIDATION_FAILED' }]);
    } finally {
      await workerd.stop();
      served.stop();
    }
  });
});
