// Checks that decide.test.mjs covers at least 95 % of the branches of the decisions about remote keys.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import test, { describe } from 'node:test';
import { TOOLS, WORK } from '../support/paths.mjs';

describe('tests of remote/decide.ts', () => {
  test('cover at least 95 % of its branches', () => {
    const folder = join(WORK, 'coverage');
    rmSync(folder, { recursive: true, force: true });
    // NODE_TEST_CONTEXT is removed, so the process does not report to this test runner.
    const { NODE_TEST_CONTEXT, ...env } = process.env;
    execFileSync(process.execPath, [join(TOOLS, 'remote/decide.test.mjs')], {
      env: { ...env, NODE_V8_COVERAGE: folder },
    });
    const scripts = readdirSync(folder).flatMap((file) => JSON.parse(readFileSync(join(folder, file), 'utf8')).result);
    const functions = scripts
      .filter(({ url }) => url.endsWith('/remote/decide.ts'))
      .flatMap((script) => script.functions);
    const branches = functions.flatMap(({ ranges }) => ranges);
    assert.ok(branches.length > 30, `${branches.length} branches`);
    const missed = branches.filter(({ count }) => count === 0);
    assert.ok(missed.length <= 0.05 * branches.length, JSON.stringify(missed));
  });
});
