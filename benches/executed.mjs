// Counts the bytes of WebAssembly that the first token executes. Prints the figure as JSON.
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { ROOT } from '../tests/js/support/paths.mjs';

const report = execFileSync(process.execPath, [join(ROOT, 'scripts/executed-bytes.mjs')], { encoding: 'utf8' });
const [, bytes] = /(\d+) bytes/.exec(report);
console.log(JSON.stringify({ executed: Number(bytes) }));
