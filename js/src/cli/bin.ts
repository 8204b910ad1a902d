#!/usr/bin/env node
// The command `sts-jwt`.

import process from 'node:process';
import { run } from './run.js';

// A reader such as `head -1` may close the pipe early. The exit status still reports the decision.
for (const output of [process.stdout, process.stderr]) {
  output.on('error', (error) => {
    if (error.code === 'EPIPE') return;
    process.stderr.write(`sts-jwt: cannot write the output: ${error.code}\n`);
    process.exit(2);
  });
}
process.exitCode = await run(process.argv.slice(2));
