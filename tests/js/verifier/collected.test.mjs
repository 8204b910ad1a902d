// Tests that garbage collection frees the options that the module holds for verifiers, including verifiers that could
// not be created.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import test, { describe } from 'node:test';
import { PROJECT } from '../support/paths.mjs';

/** Runs a script that may call `gc()` and `memoryBytes()`. Returns what it prints. */
function run(script) {
  const memory = JSON.stringify(new URL('../memory.mjs', import.meta.url).href);
  const text = `import { memoryBytes } from ${memory};
    const { createVerifier, KeySet } = await import('sts-jwt');
    const collect = async () => { for (let i = 0; i < 3; i += 1) { gc(); await new Promise((done) => setTimeout(done, 20)); } };
    ${script}`;
  const args = ['--expose-gc', '--input-type=module', '--eval', text];
  return execFileSync(process.execPath, args, { cwd: PROJECT, encoding: 'utf8' });
}

const PATTERNS = `const principals = Array.from({ length: 900 }, (_, i) => 'arn:aws:iam::111122223333:role/application-' + i);
  const config = { issuer: 'https://issuer.example.test', audience: 'a', aws: { principals } };`;

describe('collected objects', () => {
  for (const [name, change] of Object.entries({
    'that were created': '{}',
    'whose keys are invalid': `{ jwks: 'x' }`,
    'whose maxKeyAge is invalid': '{ maxKeyAge: -1 }',
    'whose second issuer is invalid': `'second'`,
  })) {
    test(`frees the options of verifiers ${name}`, () => {
      const grown = run(`${PATTERNS}
        const change = ${change};
        const make = () => {
          const given = change === 'second' ? { issuers: [config, { ...config, issuer: 'x' }] } : { ...config, ...change };
          try { createVerifier(given); } catch (error) { if (error.name !== 'JwtError') throw error; }
        };
        for (let i = 0; i < 100; i += 1) make();
        await collect();
        const before = memoryBytes();
        for (let round = 0; round < 10; round += 1) {
          for (let i = 0; i < 100; i += 1) make();
          await collect();
        }
        console.log(memoryBytes() - before);`);
      // The options of one verifier take about 60 KB.
      assert.ok(Number(grown) <= 8 * 2 ** 20, `${grown} bytes`);
    });
  }
});
