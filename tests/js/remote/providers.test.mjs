// Verifies tokens of well-known providers end to end, and compares docs/providers.md with the table generated from them.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { describe } from 'node:test';
import { createRemoteVerifier } from 'sts-jwt/remote';
import { ROOT } from '../support/paths.mjs';
import { PROVIDERS, providersTable, simulate } from '../support/providers.mjs';
import { START } from '../support/remote.mjs';

describe('remote verifier: providers', () => {
  for (const [name, provider] of Object.entries(PROVIDERS)) {
    test(`verifies a token of ${name}, and refuses one that it did not sign`, async () => {
      const { config, fetch, requests, token } = simulate(provider, START);
      const verifier = createRemoteVerifier(
        /** @type {import('sts-jwt/remote').RemoteConfig} */ ({ ...config, fetch, clock: () => START }),
      );
      assert.equal((await verifier.verify(token)).claims.aud, config.audience);
      assert.ok(requests.length <= 3, requests.join(' '));
      const [header, payload, signature] = token.split('.');
      const changed = `${header}.${payload}.${signature.slice(0, -8)}${signature.endsWith('AAAAAAAA') ? 'B' : 'A'.repeat(8)}`;
      await assert.rejects(verifier.verify(changed), /./);
      const other = { ...provider, iss: `${provider.issuer}x` };
      const foreign = provider.needs?.aws ? undefined : simulate(other, START).token;
      if (foreign) await assert.rejects(verifier.verify(foreign), { code: 'ERR_JWT_ISSUER_UNKNOWN' });
    });
  }

  test('shows each provider in docs/providers.md', () => {
    const text = readFileSync(join(ROOT, 'docs/providers.md'), 'utf8');
    const [, table] = /<!-- providers: begin -->\n([\s\S]*?)\n<!-- providers: end -->/.exec(text) ?? [];
    assert.equal(table, providersTable(), 'run `node scripts/providers.mjs`');
  });
});
