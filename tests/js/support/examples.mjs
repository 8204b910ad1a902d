// Copies the examples into a project with the packed tarball installed, and runs their programs.
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, readFileSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { PROJECT, ROOT, TOOLS, WORK } from './paths.mjs';

/** Files and folders that appear when an example is used. They are not copied. */
const PRODUCTS = new Set(['.next', '.wrangler', 'bun.lock', 'deno.lock', 'dist', 'node_modules', 'package-lock.json']);

/** Copies examples/<name> into the project, and the package into its node_modules. Returns the folder of the copy. */
export function copyExample(name) {
  const folder = join(PROJECT, name);
  rmSync(folder, { recursive: true, force: true });
  cpSync(join(ROOT, 'examples', name), folder, { recursive: true, filter: (path) => !PRODUCTS.has(basename(path)) });
  cpSync(join(PROJECT, 'node_modules/sts-jwt'), join(folder, 'node_modules/sts-jwt'), { recursive: true });
  return folder;
}

/** The environment of the programs: no prompts, no telemetry, and all files below target/. */
const environment = (variables = {}) => ({
  ...process.env,
  CI: '1',
  DENO_DIR: join(WORK, 'deno'),
  DENO_NO_UPDATE_CHECK: '1',
  DO_NOT_TRACK: '1',
  NEXT_TELEMETRY_DISABLED: '1',
  NO_COLOR: '1',
  ...variables,
});

/** Runs a program to its end. Throws with its output if it fails. */
export async function run(program, args, cwd) {
  try {
    return (await promisify(execFile)(program, args, { cwd, env: environment() })).stdout;
  } catch (error) {
    throw new Error(`${args.join(' ')} failed:\n${error.stdout}${error.stderr}`, { cause: error });
  }
}

/** Type-checks a copy with the copy's tsconfig.json, which must be strict. */
export async function checkTypes(folder) {
  const { compilerOptions } = JSON.parse(readFileSync(join(folder, 'tsconfig.json'), 'utf8'));
  if (compilerOptions.strict !== true) throw new Error(`${folder} is not strict`);
  await run(process.execPath, [join(TOOLS, 'node_modules/typescript/bin/tsc')], folder);
}

/** Starts a local server, which must print its port. */
export async function startServer(
  program,
  args,
  /** @type {{ cwd?: string, variables?: Record<string, string> }} */ { cwd, variables } = {},
) {
  const child = spawn(program, args, { cwd, env: environment(variables), stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = once(child, 'exit');
  let log = '';
  const port = await new Promise((resolve, reject) => {
    ended.then(([status]) => reject(new Error(`${args.join(' ')} ended with ${status}:\n${log}`)), reject);
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk) => {
        log += chunk;
        const port = /https?:\/\/[^\s/]+:(\d+)/.exec(log)?.[1];
        if (port) resolve(port);
      });
    }
  });
  const stop = async () => {
    child.kill();
    await ended;
  };
  return { url: `http://127.0.0.1:${port}/`, log: () => log, stop };
}
