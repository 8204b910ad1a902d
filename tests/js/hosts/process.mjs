// Programs that read a question from their standard input and write the answer to their standard output.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';

/** Runs `program` with `args` once for each question. */
export function startProcess({ version, program, args, cwd }) {
  return {
    version,
    async ask(question) {
      const child = spawn(program, args, { cwd, env: { PATH: process.env.PATH, HOME: process.env.HOME, NO_COLOR: '1' } });
      const ended = once(child, 'exit');
      child.stdin.end(question);
      const [answer, log, [status]] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
      if (status !== 0) throw new Error(`${program} ${args.join(' ')} ended with ${status}:\n${log}`);
      return answer;
    },
    stop() {},
  };
}

/** What the first number in the output of `program --version` is. */
export function versionOf(program) {
  return /\d+\.\d+\.\d+/.exec(execFileSync(program, ['--version'], { encoding: 'utf8' }))[0];
}
