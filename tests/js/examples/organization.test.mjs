// Runs examples/organization in Miniflare with two KV namespaces. A second Worker acts as the issuers of the accounts.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { after, before, describe } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { checkTypes, copyExample, run } from '../support/examples.mjs';
import { startMiniflare, workerOf } from '../support/miniflare.mjs';
import { TOOLS } from '../support/paths.mjs';
import { bundleWorker } from '../support/workerd.mjs';

const project = copyExample('organization');
const { vars } = JSON.parse(readFileSync(join(project, 'wrangler.jsonc'), 'utf8').replace(/^ *\/\/.*$/gm, ''));
const accounts = JSON.parse(readFileSync(join(project, 'accounts.json'), 'utf8'));
const [CI, SERVICE] = accounts.map(({ issuer, aws }) => ({ issuer, account: aws.accounts[0] }));
const NEW = { issuer: CI.issuer.replace('000000.', '000002.'), account: '777788889999' };

/** How long the Worker remembers an answer in this test, in seconds. */
const REMEMBER_SECONDS = 1;

const script = (list) => {
  writeFileSync(join(project, 'list.json'), JSON.stringify(list));
  return run(process.execPath, ['scripts/accounts.mjs', 'list.json'], project);
};

describe('examples/organization', () => {
  let miniflare;
  let url;
  let list;
  before(async () => {
    const worker = await bundleWorker('organization', { project });
    const issuers = await bundleWorker('gateway-issuers', { entry: join(TOOLS, 'examples/gateway-issuers.mjs') });
    miniflare = startMiniflare([
      {
        ...workerOf('organization', worker),
        bindings: { ...vars, REMEMBER_SECONDS },
        kvNamespaces: ['ACCOUNTS', 'KEYS'],
        outboundService: 'issuers',
      },
      workerOf('issuers', issuers),
    ]);
    url = await miniflare.ready;
    list = await miniflare.getKVNamespace('ACCOUNTS', 'organization');
    for (const { issuer, account } of [CI, SERVICE, NEW]) await control(account, 'start', issuer);
    await upload(accounts);
  });
  after(() => miniflare?.dispose());

  async function control(...action) {
    const worker = await miniflare.getWorker('issuers');
    return (await worker.fetch('http://control/', { method: 'POST', body: JSON.stringify(action) })).json();
  }

  /** Does what `wrangler kv bulk put` does with the file that the script prints. */
  async function upload(entries) {
    for (const { key, value } of JSON.parse(await script(entries))) await list.put(key, value);
  }

  async function ask(token) {
    const response = await fetch(url, { headers: { authorization: `Bearer ${token}` } });
    return { status: response.status, body: await response.json() };
  }

  const tokenOf = ({ account }, options = {}, path = 'ci/release') => {
    const sub = `arn:aws:iam::${account}:role/${path}`;
    return control(account, 'token', {
      audience: vars.AUDIENCE,
      claims: { sub, ...options.claims },
      aws: { principal_id: sub, ...options.aws },
    });
  };

  test('compiles with the types of the package', () => checkTypes(project));

  test('applies the policy of each account in the list', async () => {
    for (const each of [CI, SERVICE]) {
      const { status, body } = await ask(await tokenOf(each));
      assert.deepEqual([status, body.account], [200, each.account]);
    }
    assert.equal((await ask(await tokenOf(SERVICE, {}, 'other'))).status, 200);
    for (const denied of [
      await tokenOf(CI, {}, 'other'),
      await tokenOf(SERVICE, { aws: { source_region: 'us-east-1' } }),
    ]) {
      const { status, body } = await ask(denied);
      assert.deepEqual([status, body.error], [403, 'ERR_POLICY_DENIED']);
    }
  });

  test('rejects a token that claims the issuer of another account', async () => {
    const { status, body } = await ask(await tokenOf(SERVICE, { claims: { iss: CI.issuer } }));
    assert.deepEqual([status, body.error], [401, 'ERR_JWS_SIGNATURE_VERIFICATION_FAILED']);
  });

  test('accepts an account soon after it was added, and refuses it soon after it was removed', async () => {
    const token = await tokenOf(NEW);
    assert.equal((await ask(token)).body.error, 'ERR_JWT_ISSUER_UNKNOWN');
    await upload([...accounts, { issuer: NEW.issuer, aws: { accounts: [NEW.account] } }]);
    await setTimeout(REMEMBER_SECONDS * 1000 + 100);
    assert.equal((await ask(token)).status, 200);
    await list.delete(NEW.issuer);
    await setTimeout(REMEMBER_SECONDS * 1000 + 100);
    const { status, body } = await ask(token);
    assert.deepEqual([status, body.error], [401, 'ERR_JWT_ISSUER_UNKNOWN']);
  });

  test('reads no entry for issuers other than those of AWS STS', async () => {
    const listed = 'https://issuer.example.test';
    await list.put(listed, JSON.stringify({ accounts: [CI.account] }));
    // KV refuses keys of more than 512 bytes, so reading the second issuer's entry would cause a 503.
    for (const iss of [listed, `https://${'a'.repeat(600)}.example.test`]) {
      const { status, body } = await ask(await tokenOf(CI, { claims: { iss } }));
      assert.deepEqual([status, body.error], [401, 'ERR_JWT_ISSUER_UNKNOWN']);
    }
  });

  test('answers 503 to tokens of an account with a wrong entry, and to no others', async () => {
    await list.put(NEW.issuer, JSON.stringify({ account: NEW.account }));
    await setTimeout(REMEMBER_SECONDS * 1000 + 100);
    const { status, body } = await ask(await tokenOf(NEW));
    assert.deepEqual([status, body.error], [503, 'ERR_JWKS_UNAVAILABLE']);
    assert.equal((await ask(await tokenOf(CI))).status, 200);
  });

  test('refuses to print a list with a mistake, and names the entry', async () => {
    const [first, second] = accounts;
    for (const [wrong, message] of /** @type {any[]} */ ([
      [{ ...second, issuer: first.issuer }, /entry 2: https:.* is in the list twice/],
      [{ issuer: second.issuer }, /entry 2: "aws.accounts" must name the account/],
      [{ ...second, aws: { accounts: ['1'] } }, /entry 2: .*accounts/],
      [{ ...second, aws: { ...second.aws, region: 'eu-west-1' } }, /entry 2: .*region/],
      [{ ...second, issuer: 'http://issuer.example.test' }, /entry 2: .*issuer/],
      [null, /entry 2: "aws.accounts" must name/],
      [{ ...second, audience: 'https://other.example.test' }, /entry 2: "audience" is unknown/],
    ])) {
      await assert.rejects(script([first, wrong]), message);
    }
    await assert.rejects(script({}), /must be an array/);
  });
});
