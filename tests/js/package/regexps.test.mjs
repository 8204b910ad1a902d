// Tests scripts/regexps.mjs, the step of `make check` that looks for regular expressions with super-linear backtracking.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { describe } from 'node:test';
import { ROOT } from '../support/paths.mjs';

/** Runs the script on a folder with these files. */
function check(files) {
  const folder = mkdtempSync(join(tmpdir(), 'sts-jwt-regexps-'));
  try {
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
    return spawnSync(process.execPath, [join(ROOT, 'scripts/regexps.mjs'), folder], { encoding: 'utf8' });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describe('scripts/regexps.mjs', () => {
  test('accepts linear expressions', () => {
    const { status, stdout } = check({ 'good.ts': "export const word = /^\\w+$/;\nnew RegExp('a+', 'g');\n" });
    assert.deepEqual([status, stdout], [0, '2 regular expressions match in linear time\n']);
  });

  test('prints file, line and attack of each expression that is not linear or cannot be checked', () => {
    const { status, stderr } = check({
      'bad.ts': '// A comment with /(a+)+$/ in it.\nexport const header = /^Bearer +(\\S*) *$/i;\n',
      'share.mjs': 'export const token = /ey[\\w-]{8,}\\.[\\w-]*/;\n',
      'page.html': '<p>/(a+)+$/</p>\n<script>\n  /(a+)+$/.test("");\n</script>\n',
      'made.ts': 'export const made = (text: string) => new RegExp(text);\n',
    });
    assert.equal(status, 1);
    assert.match(stderr, /bad\.ts:2: .*\n.*2nd degree polynomial; attack: 'BEARER '/);
    assert.match(stderr, /share\.mjs:1: .*\n.*polynomial; attack: 'ey/);
    assert.match(stderr, /page\.html:3: .*\n.*exponential; attack: 'a'/);
    assert.match(stderr, /made\.ts:1: .*\n.*cannot be checked/);
    assert.match(stderr, /\n4 of 4 regular expressions are not linear\n$/);
  });
});
