// Tests that the debugger page recognises tokens in any field, in linear time.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import test, { describe } from 'node:test';
import { assertLinear } from '../support/cost.mjs';
import { ROOT } from '../support/paths.mjs';
import { importSource } from '../support/sources.mjs';

const { hasToken } = await importSource('../debugger/has-token.ts', join(ROOT, 'js'));

describe('tokens in fields of the debugger page', () => {
  test('recognises the same strings as the equivalent regular expression', () => {
    const expression = /ey[\w-]{8,}\.[\w-]*/;
    const alphabet = ['e', 'y', 'ey', 'ey1234567', 'ey12345678', '.', ' ', '-_', 'é', '12345678'];
    const texts = alphabet.flatMap((a) =>
      alphabet.flatMap((b) => alphabet.flatMap((c) => alphabet.map((d) => a + b + c + d))),
    );
    for (const text of texts) assert.equal(hasToken(text), expression.test(text), text);
    assert.ok(texts.some(hasToken));
  });

  test('takes linear time for strings of every shape', async () => {
    for (const piece of ['ey', 'eyeeeeeeee', 'a', '.', 'ey.', 'ey1234567.', 'ey12345678 ', ' ', 'é'])
      await assertLinear(piece, (length) => piece.repeat(length / piece.length), hasToken);
  });
});
