// Jest, which translates the package to CommonJS with Babel or ts-jest. Its test answers the question in a file.
import { readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createApp } from './app.mjs';
import { runTool } from './http.mjs';
import { folderOf, installTool } from './installed.mjs';
import { versionIn } from './packages.mjs';

// The pattern must exempt the package: otherwise Jest does not translate it, because it is in node_modules.
const TRANSFORMED = { testEnvironment: 'node', transformIgnorePatterns: ['/node_modules/(?!sts-jwt/)'] };

const CONFIGS = {
  babel: { transform: { '\\.[jt]s$': ['babel-jest', { presets: [['@babel/preset-env', { targets: 'node 20' }]] }] } },
  'ts-jest': {
    transform: {
      '\\.[jt]s$': [
        'ts-jest',
        {
          diagnostics: false,
          tsconfig: { allowJs: true, module: 'commonjs', target: 'es2022', ignoreDeprecations: '6.0' },
        },
      ],
    },
  },
};

const TEST = `const { readFileSync, writeFileSync } = require('node:fs');
const { join } = require('node:path');
const { answer } = require('./apps/answer.js');
const { JwtError } = require('sts-jwt');
const { createRemoteVerifier } = require('sts-jwt/remote');

test('answers the question', () => {
  const file = (name) => join(__dirname, name);
  writeFileSync(file('answer.json'), answer(readFileSync(file('question.json'), 'utf8')));
});

test('shares the error class between entries', () => {
  expect(() => createRemoteVerifier({ issuer: 'http://a.example', audience: null })).toThrow(JwtError);
});
`;

export function startJest(name, transformer) {
  installTool('jest', 'Jest', '100 MB');
  const folder = createApp(name, { project: folderOf('jest') });
  renameModules(folder);
  writeFileSync(join(folder, 'jest.config.json'), JSON.stringify({ ...TRANSFORMED, ...CONFIGS[transformer] }));
  writeFileSync(join(folder, 'answer.test.js'), TEST);
  return {
    version: transformer === 'babel' ? versionIn(folderOf('jest'), 'jest') : versionIn(folderOf('jest'), transformer),
    async ask(question) {
      writeFileSync(join(folder, 'question.json'), question);
      rmSync(join(folder, 'answer.json'), { force: true });
      await runTool(join(folderOf('jest'), 'node_modules/jest/bin/jest.js'), ['--ci'], { cwd: folder });
      return readFileSync(join(folder, 'answer.json'), 'utf8');
    },
    stop() {},
  };
}

/** Renames every .mjs file of the app to .js: ts-jest does not translate .mjs to CommonJS. */
function renameModules(folder) {
  for (const file of readdirSync(folder, { encoding: 'utf8', recursive: true }).filter((file) => /\.mjs$/.test(file))) {
    const path = join(folder, file);
    writeFileSync(path, readFileSync(path, 'utf8').replace(/(?<=(?:from|import) '[^']+)\.mjs(?=')/g, '.js'));
    renameSync(path, path.replace(/mjs$/, 'js'));
  }
}
