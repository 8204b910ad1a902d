// Type-checks the tests, their support code and the scripts, as configured in tests/js/tsconfig.json.
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import test, { describe } from 'node:test';
import { TOOLS } from '../support/paths.mjs';

describe('tests and scripts', () => {
  test('pass the type checker', () => {
    const tsc = join(TOOLS, 'node_modules/typescript/bin/tsc');
    try {
      execFileSync(process.execPath, [tsc, '--project', TOOLS], { encoding: 'utf8' });
    } catch (error) {
      throw new Error(error.stdout, { cause: error });
    }
  });
});
