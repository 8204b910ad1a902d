// A program compiled by TypeScript, together with the tests of the package's types, without `skipLibCheck`.
import { copyFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { MATRIX_TOOLS, TOOLS } from '../support/paths.mjs';
import { createApp } from './app.mjs';
import { runTool } from './http.mjs';
import { versionIn } from './packages.mjs';
import { startProcess } from './process.mjs';

const PROGRAM = `import './memory.mjs';
import { createVerifier, KeySet, type Verifier } from 'sts-jwt';

const keySet: KeySet = new KeySet({ keys: [] });
keySet.free();
export const verifier: Verifier = createVerifier({ issuer: 'https://issuer.example.test', audience: null });
await import(new URL('./apps/stdio.mjs', import.meta.url).href);
`;
const FILES = ['types/right.ts', 'types-fetch/remote.ts', 'types-fetch/testing.ts'];

const RULES = [
  { module: 'nodenext' },
  { module: 'node16' },
  { module: 'esnext', moduleResolution: 'bundler' },
  { module: 'esnext', moduleResolution: 'bundler', exactOptionalPropertyTypes: true },
];

export async function startTypeScript(name, tool) {
  const folder = createApp(name);
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }\n');
  writeFileSync(join(folder, 'program.ts'), PROGRAM);
  for (const file of FILES) copyFileSync(join(TOOLS, file), join(folder, file.split('/')[1]));
  const options = { lib: ['ES2022', 'DOM'], skipLibCheck: false, strict: true, target: 'es2022', types: [] };
  for (const rules of RULES) {
    writeFileSync(
      join(folder, 'tsconfig.json'),
      JSON.stringify({ compilerOptions: { ...options, ...rules }, include: ['*.ts'] }),
    );
    await runTool(join(MATRIX_TOOLS, 'node_modules', tool, 'bin/tsc'), [], { cwd: folder });
  }
  const script = join(folder, 'program.js');
  return {
    ...startProcess({ program: process.execPath, script, version: versionIn(MATRIX_TOOLS, tool) }),
    cold: undefined,
  };
}
