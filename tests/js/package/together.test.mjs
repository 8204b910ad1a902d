// Tests that entries of the package share one engine and one JwtError, however they are combined, loaded and bundled.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import test, { before, describe } from 'node:test';
import { PROJECT, TOOLS } from '../support/paths.mjs';

const esbuild = createRequire(join(TOOLS, 'package.json'))('esbuild');
const FOLDER = join(PROJECT, 'together');

/** Counts how often a .wasm file is compiled and instantiated. The probe for fused multiply-add is smaller, and not counted. */
const COUNT = `globalThis.counts = { Module: 0, Instance: 0 };
const { Module, Instance } = WebAssembly;
const files = new WeakSet();
WebAssembly.Module = function (bytes) {
  const module = new Module(bytes);
  if (bytes.byteLength > 1000) {
    counts.Module += 1;
    files.add(module);
  }
  return module;
};
WebAssembly.Instance = function (module) {
  if (files.has(module)) counts.Instance += 1;
  return new Instance(module);
};
WebAssembly.Module.prototype = Module.prototype;
WebAssembly.Instance.prototype = Instance.prototype;
`;

/** Prints these counts, the code of an error, and whether the error is an instance of the other entry's JwtError. */
const COMPARE = `
const caught = (use) => { try { use(); } catch (error) { return error; } };
const error = caught(() => createRemoteVerifier({ issuer: 'https://a.example', audience: null, clockTolerance: -1 }));
console.log(counts.Module, counts.Instance, error?.code, error instanceof JwtError);`;

describe('entries used together', () => {
  before(() => {
    rmSync(FOLDER, { recursive: true, force: true });
    mkdirSync(FOLDER, { recursive: true });
  });

  const write = (name, text) => {
    writeFileSync(join(FOLDER, name), text);
    return join(FOLDER, name);
  };
  const run = (file) => {
    const count = write('count.mjs', COUNT);
    const { stdout, stderr } = spawnSync(process.execPath, ['--no-warnings', '--import', count, file], {
      encoding: 'utf8',
    });
    return stdout.trim() || stderr;
  };
  const program = (remote) => `import { JwtError } from 'sts-jwt/inline';
import { createRemoteVerifier } from '${remote}';
${COMPARE}`;

  for (const [name, text] of [
    ['sts-jwt/inline and sts-jwt/inline/remote', program('sts-jwt/inline/remote')],
    ['sts-jwt/inline and sts-jwt/remote', program('sts-jwt/remote')],
    [
      'sts-jwt/remote and sts-jwt/inline',
      `import { createRemoteVerifier } from 'sts-jwt/remote';
import { JwtError } from 'sts-jwt/inline';
${COMPARE}`,
    ],
    [
      'sts-jwt by import and by require',
      `import { createRequire } from 'node:module';
import { createRemoteVerifier } from 'sts-jwt/remote';
const { JwtError, decode } = createRequire(import.meta.url)('sts-jwt');
try { decode(''); } catch {}
${COMPARE}`,
    ],
  ]) {
    test(`starts one engine in Node for ${name}`, () => {
      assert.equal(run(write('program.mjs', text)), '1 1 ERR_OPTIONS_INVALID true');
    });
  }

  for (const condition of [
    undefined,
    'browser',
    'node',
    'workerd',
    'edge-light',
    'deno',
    'bun',
    'unwasm',
    'development',
  ]) {
    const conditions = condition === 'unwasm' || condition === 'development' ? ['workerd', condition] : [condition];
    test(`bundles sts-jwt/inline and sts-jwt/inline/remote into one file ${condition ? `under the condition ${condition}` : 'without a condition'}`, () => {
      const outfile = join(FOLDER, 'bundle.mjs');
      const { metafile } = esbuild.buildSync({
        entryPoints: [write('entry.mjs', program('sts-jwt/inline/remote'))],
        bundle: true,
        metafile: true,
        format: 'esm',
        outfile,
        ...(condition ? { conditions } : {}),
      });
      const inputs = Object.keys(metafile.inputs);
      assert.deepEqual(
        inputs.filter((file) => /\.wasm|dist\/(node|web|bun|deno|workerd|edge-light)/.test(file)),
        [],
      );
      assert.equal(run(outfile), '1 1 ERR_OPTIONS_INVALID true');
    });
  }
});
