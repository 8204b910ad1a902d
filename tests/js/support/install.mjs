// Installs the package like a user: packs pkg/ and runs `npm install <tarball>` in an empty project. Afterwards
// tests/js can import the package by name, and the project has a copy of examples/worker for wrangler and tsc.
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { copyExample } from './examples.mjs';
import { PROJECT, ROOT, TOOLS, WORK } from './paths.mjs';

const npm = (args, cwd) => execFileSync('npm', args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });

rmSync(PROJECT, { recursive: true, force: true });
mkdirSync(PROJECT, { recursive: true });
const [{ filename }] = JSON.parse(
  npm(['pack', join(ROOT, 'pkg'), '--pack-destination', WORK, '--json', '--loglevel=error'], ROOT),
);
writeFileSync(join(PROJECT, 'package.json'), '{ "private": true }\n');
npm(['install', join(WORK, filename), '--offline', '--no-audit', '--no-fund', '--loglevel=error'], PROJECT);

// Links the package and the tools instead of copying them.
const link = (target, at) => {
  rmSync(at, { recursive: true, force: true });
  symlinkSync(target, at, 'junction');
};
link(join(PROJECT, 'node_modules/sts-jwt'), join(TOOLS, 'node_modules/sts-jwt'));
for (const tool of ['@cloudflare', '@types', 'express', 'fastify', 'hono'])
  link(join(TOOLS, 'node_modules', tool), join(PROJECT, 'node_modules', tool));
copyExample('worker');

const { name, version } = JSON.parse(readFileSync(join(PROJECT, 'node_modules/sts-jwt/package.json'), 'utf8'));
console.log(`installed ${name} ${version} from ${filename}`);
