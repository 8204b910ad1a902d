// Checks that the installed package loads by import and by require, has types, and contains only the expected files.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import test, { describe } from 'node:test';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { PROJECT, ROOT, TOOLS, WORK } from '../support/paths.mjs';
import { programOf } from '../support/runtimes.mjs';

const run = (command, args, cwd) => {
  try {
    return execFileSync(command, args, { cwd, encoding: 'utf8' });
  } catch (error) {
    throw new Error(`${args.join(' ')}\n${error.stdout}${error.stderr}`, { cause: error });
  }
};
const node = (...args) => run(process.execPath, args, PROJECT);
const tsc = (...args) => run(process.execPath, [join(TOOLS, 'node_modules/typescript/bin/tsc'), ...args], TOOLS);

const namesOf = (load) => `console.log(Object.keys(${load}).filter((name) => !name.startsWith('__')).sort().join(' '))`;

describe('package', () => {
  test('installs a link to the command', () => {
    assert.match(node('node_modules/.bin/sts-jwt', '--version'), /^\d+\.\d+\.\d+\n$/);
  });

  test('exports the same names by import and require', () => {
    const imported = node('--input-type=module', '--eval', namesOf("await import('sts-jwt')"));
    const required = node('--no-warnings', '--input-type=commonjs', '--eval', namesOf("require('sts-jwt')"));
    assert.equal(required, imported);
    for (const name of ['JwtError', 'KeySet', 'decode', 'explain', 'init', 'verify', 'warmup'])
      assert.ok(imported.trim().split(' ').includes(name), name);
  });

  test('exports the same names from sts-jwt/inline and sts-jwt/slim, and initSync and isFused from slim', () => {
    const namesIn = (entry) =>
      node('--input-type=module', '--eval', namesOf(`await import('${entry}')`))
        .trim()
        .split(' ');
    assert.deepEqual(namesIn('sts-jwt/inline'), namesIn('sts-jwt'));
    assert.deepEqual(namesIn('sts-jwt/slim'), [...namesIn('sts-jwt'), 'initSync', 'isFused'].sort());
  });

  for (const [entry, names] of [
    ['sts-jwt/aws', 'awsOutbound parseArn'],
    ['sts-jwt/express', 'protectedResourceMetadata refuse stsJwt'],
    ['sts-jwt/fastify', 'default protectedResourceMetadata refuse stsJwt'],
    ['sts-jwt/handler', 'authenticate isPreflight protect protectedResourceMetadata refuse'],
    ['sts-jwt/hono', 'isPreflight protectedResourceMetadata refuse stsJwt'],
    ['sts-jwt/lambda', 'authorizer'],
    ['sts-jwt/explanations', 'explainClaim explainCode explainHeaderParameter explainStep'],
    ['sts-jwt/testing', 'createTestIssuer'],
  ]) {
    test(`exports exactly the expected names from ${entry}`, () => {
      assert.equal(node('--input-type=module', '--eval', namesOf(`await import('${entry}')`)).trim(), names);
    });
  }

  const PACKAGE = join(PROJECT, 'node_modules/sts-jwt');
  const manifest = JSON.parse(readFileSync(join(PACKAGE, 'package.json'), 'utf8'));
  const filesIn = (folder) =>
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => relative(folder, join(entry.parentPath, entry.name)).replaceAll('\\', '/'))
      .sort();

  test('orders the conditions of the main entry for runtimes that use the first match', () => {
    assert.deepEqual(Object.keys(manifest.exports['.']), [
      'types',
      'workerd',
      'edge-light',
      'deno',
      'bun',
      'browser',
      'node',
      'default',
    ]);
  });

  test('puts `module`, which only bundlers use, before `require` in the nested conditions', () => {
    const { workerd, node } = manifest.exports['.'];
    assert.deepEqual(Object.keys(workerd), ['unwasm', 'development', 'default']);
    assert.deepEqual(Object.keys(node), ['module', 'require', 'default']);
  });

  const targetsOf = (target) => (typeof target === 'string' ? target : Object.values(target).flatMap(targetsOf));

  test('names the same versions of Node in package.json and the documentation: those whose `require` loads ES modules', () => {
    assert.equal(manifest.engines.node, '^20.19 || ^22.12 || >=24');
    for (const file of ['README.md', 'docs/cli.md'])
      assert.match(readFileSync(join(ROOT, file), 'utf8'), /Node 20\.19, 22\.12 or ≥ 24\b/, file);
  });

  test('contains every file that package.json names', () => {
    const named = targetsOf(manifest.exports);
    assert.ok(named.length > 3);
    for (const file of [...named, ...Object.values(manifest.bin), manifest.types])
      assert.ok(existsSync(join(PACKAGE, file)), file);
    const { dependencies, devDependencies, peerDependenciesMeta, scripts } = manifest;
    assert.deepEqual(
      { dependencies, devDependencies, peerDependenciesMeta, scripts, private: manifest.private },
      {
        peerDependenciesMeta: { fastify: { optional: true }, hono: { optional: true } },
        dependencies: undefined,
        devDependencies: undefined,
        scripts: undefined,
        private: undefined,
      },
    );
  });

  // `inline-remote.js` has the same lines as `remote.js`, so it refers to the source map of `remote.js`.
  const WITHOUT_MAP = ['dist/base64.js', 'dist/inline-remote.js'];

  test('contains exactly the expected files', () => {
    const entries = targetsOf(manifest.exports)
      .concat(Object.values(manifest.bin))
      .filter((file) => file.endsWith('.js'))
      .map((file) => file.replace('./', ''));
    const isChunk = (file) => /^dist\/chunk-[A-Z\d]{8}\.js$/.test(file);
    const scripts = filesIn(PACKAGE).filter((file) => /^dist\/[^/]+\.js$/.test(file));
    assert.deepEqual(
      scripts.filter((file) => !isChunk(file)),
      [...new Set([...entries, 'dist/base64.js'])].sort(),
    );
    const declared = filesIn(PACKAGE).filter((file) => file.startsWith('dist/types/'));
    const reached = reachedFrom(
      Object.values(manifest.exports).flatMap(({ types }) => types?.replace('./', '') ?? []),
      /(?:from |import\()["'](\.[^"']+)\.js["']/g,
      (file) => `${file}.d.ts`,
    );
    assert.deepEqual(
      filesIn(PACKAGE),
      [
        ...['CHANGELOG.md', 'LICENSE', 'LICENSE-APACHE', 'LICENSE-MIT', 'README.md', 'SECURITY.md', 'package.json'],
        ...['debugger.html', 'dist/read-wasm.cjs', 'dist/sts_jwt.fused.wasm', 'dist/sts_jwt.wasm'],
        ...scripts.flatMap((file) => (WITHOUT_MAP.includes(file) ? file : [file, `${file}.map`])),
        ...[...reached].flatMap((file) => (file.endsWith('wasm-module.d.ts') ? file : [file, `${file}.map`])),
        ...filesIn(join(ROOT, 'js/src')).map((file) => `src/${file}`),
      ].sort(),
    );
    assert.ok(declared.length > 20);
  });

  /** Returns `files` and all files that they import, directly or indirectly. */
  function reachedFrom(files, pattern, nameOf) {
    const reached = new Set();
    for (const open = [...files]; open.length > 0; ) {
      const file = open.pop();
      if (reached.has(file)) continue;
      reached.add(file);
      const text = readFileSync(join(PACKAGE, file), 'utf8');
      for (const [, target] of text.matchAll(pattern))
        open.push(join(file, '..', nameOf(target)).replaceAll('\\', '/'));
    }
    return reached;
  }

  test('loads at most three files in Node for the main entry, and shares them with the other entries', () => {
    const imports = /(?:from|import) "(\.[^"]+\.js)"/g;
    const loaded = reachedFrom([manifest.exports['.'].node.default.replace('./', '')], imports, (file) => file);
    assert.ok(loaded.size <= 3, [...loaded].join(' '));
    const core = [...loaded].filter((file) => file !== 'dist/node.js');
    for (const entry of [
      'aws',
      'express',
      'fastify',
      'handler',
      'hono',
      'inline',
      'lambda',
      'remote',
      'slim',
      'stores',
    ]) {
      const shared = reachedFrom([`dist/${entry}.js`], imports, (file) => file);
      for (const file of core) assert.ok(shared.has(file), `${entry} has no ${file}`);
    }
  });

  test('shares one JwtError between all entries', () => {
    const script = `
      const { JwtError } = await import('sts-jwt');
      const { createRemoteVerifier } = await import('sts-jwt/remote');
      const { awsOutbound } = await import('sts-jwt/aws');
      const { replayGuard } = await import('sts-jwt/stores');
      const uses = [
        () => createRemoteVerifier({ issuer: 'http://a.example', audience: null }),
        () => createRemoteVerifier({ issuer: 'https://a.example', audience: null }).verify('a.b.c'),
        () => awsOutbound({ issuer: 'https://a.example', accountIssuers: {} }),
        () => replayGuard({}).accept({}),
      ];
      for (const use of uses) {
        const error = await (async () => use())().catch((error) => error);
        console.log(error instanceof JwtError, error.constructor === JwtError);
      }`;
    assert.equal(node('--input-type=module', '--eval', script), 'true true\n'.repeat(4));
  });

  test('contains the sources that its source maps name', () => {
    const maps = filesIn(PACKAGE).filter((file) => file.endsWith('.map'));
    assert.ok(maps.length > 20);
    for (const map of maps) {
      const { sourceRoot = '', sources } = JSON.parse(readFileSync(join(PACKAGE, map), 'utf8'));
      for (const source of sources)
        assert.ok(existsSync(join(PACKAGE, map, '..', sourceRoot, source)), `${map}: ${source}`);
    }
  });

  test('contains every file that its files import', () => {
    for (const file of filesIn(PACKAGE).filter((file) => !file.startsWith('src/') && /\.(js|d\.ts)$/.test(file))) {
      const text = readFileSync(join(PACKAGE, file), 'utf8');
      for (const [, target] of text.matchAll(
        /(?:from|import|import source \w+ from) ['"](\.[^'"?]+)(?:\?module)?['"]/g,
      )) {
        const wanted = file.endsWith('.d.ts') ? target.replace(/\.js$/, '.d.ts') : target;
        assert.ok(existsSync(join(PACKAGE, file, '..', wanted)), `${file} imports ${target}`);
      }
    }
  });

  test('lists in "sideEffects" exactly the files with side effects at import', () => {
    const starting = filesIn(PACKAGE).filter(
      (file) =>
        !file.startsWith('src/') && file.endsWith('.js') && /^start\(/m.test(readFileSync(join(PACKAGE, file), 'utf8')),
    );
    assert.deepEqual(manifest.sideEffects.map((file) => file.replace('./', '')).sort(), starting);
  });

  test('has no await in the arguments of WebAssembly functions, because Next.js moves such arguments into a function that is not async', () => {
    for (const file of filesIn(PACKAGE).filter((file) => /^dist\/[^/]+\.js$/.test(file))) {
      const text = readFileSync(join(PACKAGE, file), 'utf8');
      assert.doesNotMatch(text, /\bWebAssembly\.\w+\([^;]*\bawait\b/, file);
    }
  });

  test('passes publint', async () => {
    const { messages } = await publint({ pkgDir: PACKAGE, strict: true });
    // publint assumes that the file for `require` is CommonJS, but this file is an ES module too, so the same types fit.
    const isOfModule = ({ code, path }) =>
      code === 'EXPORTS_TYPES_INVALID_FORMAT' && path.join(' ') === 'exports . types';
    assert.deepEqual(
      messages.filter((message) => !isOfModule(message)).map((message) => formatMessage(message, manifest)),
      [],
    );
  });

  test('passes attw as an ESM-only package', () => {
    const tarball = join(WORK, `sts-jwt-${manifest.version}.tgz`);
    // TypeScript does not treat a .wasm file as a module.
    const ignored = [
      '--profile',
      'esm-only',
      '--exclude-entrypoints',
      './wasm',
      './wasm/fused',
      './sts_jwt.wasm',
      './sts_jwt.fused.wasm',
    ];
    run(
      process.execPath,
      [join(TOOLS, 'node_modules/@arethetypeswrong/cli/dist/index.js'), tarball, ...ignored],
      TOOLS,
    );
  });
});

describe('declarations', () => {
  for (const [rules, ...options] of [
    ['nodenext', '--module', 'nodenext'],
    ['node16', '--module', 'node16'],
    ['bundlers', '--module', 'esnext', '--moduleResolution', 'bundler'],
    ['bundlers, with the DOM', '--module', 'esnext', '--moduleResolution', 'bundler', '--lib', 'ES2022,DOM'],
  ]) {
    test(`compiles under the rules of ${rules}`, () => void tsc('--project', 'types', ...options));
  }
  for (const module of ['nodenext', 'node16']) {
    test(`compiles together with code that uses handlers, remote keys and the test issuer, under the rules of ${module}`, () =>
      void tsc('--project', 'types-fetch', '--module', module));
  }

  for (const types of ['@cloudflare/workers-types', 'bun', 'node']) {
    test(`compiles in code with handlers, remote keys and the test issuer, and the types of ${types} instead of the DOM`, () => {
      tsc('--project', 'types-fetch', '--module', 'nodenext', '--lib', 'ES2022', '--types', types);
    });
  }

  for (const module of ['nodenext', 'node16']) {
    test(`compiles in code with Express, Fastify and Lambda, under the rules of ${module}`, () =>
      void tsc('--project', 'types-node', '--module', module));
  }

  test('passes deno check', { skip: programOf('deno') ? false : 'npm has no Deno for this platform' }, () => {
    const folder = join(PROJECT, 'types');
    mkdirSync(folder, { recursive: true });
    const files = ['types/right.ts', 'types/wrong.ts', 'types-fetch/testing.ts'].map((file) => {
      const copy = join(folder, basename(file));
      cpSync(join(TOOLS, file), copy);
      return copy;
    });
    run(programOf('deno'), ['check', ...files], folder);
  });
});
