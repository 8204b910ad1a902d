#!/usr/bin/env node
// The command `sts-jwt`.

import process from 'node:process';
import { run } from './run.js';

// Whoever reads may have read enough, such as `head -1`: the exit status still says what was decided.
for (const output of [process.stdout, process.stderr]) {
  output.on('error', (error) => {
    if (error.code === 'EPIPE') return;
    process.stderr.write(`sts-jwt: the output cannot be written: ${error.code}\n`);
    process.exit(2);
  });
}
process.exitCode = await run(process.argv.slice(2));
