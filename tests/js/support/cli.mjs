// Runs the command of the installed package as a process, like a shell.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { PROJECT, ROOT, WORK } from './paths.mjs';

/** The command as npm links it. */
export const COMMAND = join(PROJECT, 'node_modules/.bin/sts-jwt');
const FILES = join(WORK, 'cli');

const validate = new Ajv2020({ allErrors: true, allowUnionTypes: true, strictRequired: false }).compile(
  JSON.parse(readFileSync(join(ROOT, 'docs/cli.schema.json'), 'utf8')),
);

/** Writes a file for the command to read. Returns its path. */
export function file(name, content) {
  mkdirSync(FILES, { recursive: true });
  const path = join(FILES, name);
  writeFileSync(path, content);
  return path;
}

/** @returns {import('node:child_process').ChildProcessWithoutNullStreams} */
export function start(args, /** @type {Record<string, any>} */ { env = {}, stdio = 'pipe' } = {}) {
  const { NO_COLOR: _, FORCE_COLOR: __, ...rest } = process.env;
  return spawn(process.execPath, [COMMAND, ...args], { env: { ...rest, TZ: 'UTC', ...env }, stdio });
}

/** Runs the command to its end. */
export async function run(args, /** @type {Record<string, any>} */ { input = '', ...options } = {}) {
  const child = start(args, options);
  const texts = [child.stdout, child.stderr].map((stream) => stream.setEncoding('utf8').toArray());
  // The command may close its input before everything is written.
  child.stdin.on('error', () => {});
  child.stdin.end(input);
  const [status] = await once(child, 'close');
  const [stdout, stderr] = (await Promise.all(texts)).map((chunks) => chunks.join(''));
  return { status, stdout, stderr };
}

/**
 * Runs the command with `--json`. Checks that the output matches the schema, and that the exit status in the output is
 * the exit status of the process.
 */
export async function runJson(args, options) {
  const { status, stdout, stderr } = await run([...args, '--json'], options);
  assert.equal(stderr, '');
  assert.match(stdout, /^\{.*\}\n$/);
  const json = JSON.parse(stdout);
  const isValid = Boolean(validate(json));
  assert.ok(isValid, `${JSON.stringify(validate.errors)}\n${stdout}`);
  assert.equal(json.exitStatus, status);
  return json;
}

/** Removes the colour codes from a string. */
export const withoutColour = (text) => text.replace(/\x1b\[[\d;]*m/g, '');

/**
 * Returns the width of a string on a terminal, in columns: 2 for ideographs, syllables and emoji, 0 for combining
 * marks, 1 for all others.
 */
export const columnsOf = (text) =>
  [...text.replace(/\p{Mn}/gu, '')].reduce((sum, char) => sum + (WIDE.test(char) ? 2 : 1), 0);
const WIDE = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Emoji_Presentation}！-～]/u;

/** Starts a server on this machine that responds with the result of `answer`. */
export async function serve(answer) {
  const server = createServer(async (request, response) => {
    const { status, headers, body } = await answer(`http://${request.headers.host}${request.url}`, request);
    response.writeHead(status, headers).end(body);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${/** @type {import('node:net').AddressInfo} */ (server.address()).port}`,
    close: () => server.close(),
  };
}
