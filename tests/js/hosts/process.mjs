// Hosts that are programs: they read the question from standard input and write the answer to standard output.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { linesOf } from '../apps/lines.mjs';
import { coldProcess } from './cold.mjs';

/** Runs `script` with `program` and its `flags`, once per question. */
export function startProcess(/** @type {Record<string, any>} */ { program, flags = [], script, version }) {
  const run = (script, input) => runProgram(program, script ? [...flags, script] : flags, input);
  return {
    version: version ?? versionOf(program),
    ask: (question) => run(script, question),
    cold: () => coldProcess(run),
    stop() {},
  };
}

async function runProgram(program, args, input = '') {
  const child = spawn(program, args, { env: { PATH: process.env.PATH, HOME: process.env.HOME, NO_COLOR: '1' } });
  const ended = once(child, 'exit');
  child.stdin.end(input);
  const [output, log, [status]] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  if (status !== 0) throw new Error(`${program} ${args.join(' ')} ended with ${status}:\n${log}`);
  return output;
}

/** Starts a program that answers each line with a line, so one start is enough for many questions. */
export function startLines({ program, flags = [], script }) {
  const child = spawn(program, [...flags, script], {
    env: { PATH: process.env.PATH, HOME: process.env.HOME, NO_COLOR: '1' },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const ended = once(child, 'exit');
  let log = '';
  child.stderr.on('data', (chunk) => (log += chunk));
  const lines = linesOf(child.stdout);
  return {
    version: versionOf(program),
    pid: child.pid,
    async ask(question) {
      child.stdin.write(`${question}\n`);
      const { value, done } = await lines.next();
      if (done) throw new Error(`${program} ${script} ended:\n${log}`);
      return value;
    },
    async stop() {
      child.stdin.end();
      await ended;
    },
  };
}

/** Returns the first version number in the output of `program --version`. */
export function versionOf(program) {
  return /\d+\.\d+\.\d+/.exec(execFileSync(program, ['--version'], { encoding: 'utf8' }))[0];
}
