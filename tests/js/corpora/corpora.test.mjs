// Tests the corpora in Node: verdicts, claims and reasons. Other tests compare workerd and Chromium with Node.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { describe } from 'node:test';
import { outcomesOf } from '../corpus/outcomes.mjs';
import { CODES } from '../corpus/reasons.mjs';
import { readCorpora } from '../support/corpora.mjs';
import { ROOT } from '../support/paths.mjs';

const AGREEMENT = 0.95;

/** @type {any[]} */
/** @type {{ file: string, cases: Record<string, any>[] }[]} */
const decided = readCorpora().map(({ file, cases }) => {
  const outcomes = outcomesOf(cases);
  return { file, cases: cases.map((each, index) => ({ ...each, outcome: outcomes[index] })) };
});
const verdictOf = ({ ok }) => (ok ? 'accept' : 'reject');
const codeOf = ({ message }) => message.slice(0, message.indexOf(':'));

describe('corpora', () => {
  for (const { file, cases } of decided) {
    test(`decides the ${cases.length} cases of ${file} as expected`, () => {
      assert.ok(cases.length > 0);
      const firm = cases.filter(({ expect }) => expect !== 'either');
      const wrong = firm.filter(({ expect, outcome }) => expect !== verdictOf(outcome));
      assert.deepEqual(
        wrong.map(({ id, expect, outcome }) => [id, expect, outcome.message]),
        [],
      );
    });

    test(`returns the signed claims of every accepted token of ${file}`, () => {
      for (const { token, outcome } of cases.filter(({ outcome }) => outcome.ok)) {
        const payload = Buffer.from(token.split('.')[1], 'base64url').toString();
        assert.deepEqual(outcome.payload, JSON.parse(payload));
      }
    });
  }

  test('follows the preference of the corpus except in tests/vectors/exceptions.json', () => {
    const listed = JSON.parse(readFileSync(join(ROOT, 'tests/vectors/exceptions.json'), 'utf8')).flatMap((group) => {
      assert.ok(group.reason.length > 40, `the reason for ${group.cases}`);
      return group.cases.map((id) => ({ id, class: group.class, prefer: group.prefer, decided: group.decided }));
    });
    const actual = decided
      .flatMap(({ cases }) => cases)
      .filter(({ expect, prefer, outcome }) => expect === 'either' && prefer && prefer !== verdictOf(outcome))
      .map((each) => ({ id: each.id, class: each.class, prefer: each.prefer, decided: verdictOf(each.outcome) }));
    const byId = (one, other) => (one.id < other.id ? -1 : 1);
    assert.deepEqual(actual.sort(byId), listed.sort(byId));
  });

  test('rejects for the reasons in the corpora in at least 95 % of the cases, and always where the reason matters', (t) => {
    const rejected = decided
      .flatMap(({ cases }) => cases)
      .filter(({ expect, reason, outcome }) => expect === 'reject' && reason && !outcome.ok)
      .map(({ id, reason, tags, outcome }) => {
        return { id, reason, code: codeOf(outcome), matters: tags?.includes('reason-matters') };
      });
    const different = rejected.filter(({ reason, code }) => !CODES[reason].includes(code));
    const agreeing = rejected.length - different.length;
    t.diagnostic(`${agreeing} of ${rejected.length} agree (${((100 * agreeing) / rejected.length).toFixed(1)} %)`);
    assert.ok(agreeing >= AGREEMENT * rejected.length, JSON.stringify(different, null, 1));

    const matters = rejected.filter((each) => each.matters);
    assert.ok(matters.length > 0);
    assert.deepEqual(
      matters.filter(({ reason, code }) => code !== CODES[reason][0]),
      [],
    );
  });
});
