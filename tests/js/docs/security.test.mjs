// Checks SECURITY.md: each rule in the conformance table lists a test, each listed test exists, and the limits are
// those of the package.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { describe } from 'node:test';
import { ROOT } from '../support/paths.mjs';

const read = (file) => readFileSync(join(ROOT, file), 'utf8');
const text = read('SECURITY.md');
const facts = read('js/src/generated/facts.ts');

/** Returns the cells of the rows of the table below a heading row. */
function tableOf(heading) {
  const [, below] = text.split(`| ${heading} |\n`);
  assert.ok(below, `SECURITY.md has a table "${heading}"`);
  const rows = [];
  for (const line of below.split('\n').map((each) => each.trim())) {
    if (!line.startsWith('|')) break;
    rows.push(line.slice(2, -2).split(' | '));
  }
  return rows.slice(1);
}

const conformance = tableOf('rule | here | shown by');
const corpus = read('tests/vectors/jwt-generated.jsonl').split('\n').filter(Boolean);
const classes = new Set(corpus.map((line) => JSON.parse(line).class));

/** Returns what a cell of the table cites: tests, as pairs of a file and a title, and groups of the corpus. */
function namesIn(cell) {
  const pairs = [];
  const groups = [];
  for (const part of cell.split('; ')) {
    const [, kind, file, names] = /^(`(tests\/[^`]+)`:|corpus groups?) ((?:`[^`]+`(?:, )?)+)$/.exec(part) ?? [];
    assert.ok(kind, `"${part}" names no test`);
    if (file) pairs.push(...quotedIn(names).map((title) => [file, title]));
    else groups.push(...quotedIn(names));
  }
  return { pairs, groups };
}

const quotedIn = (text) => [...text.matchAll(/`([^`]+)`/g)].map(([, quoted]) => quoted);

/** Whether a file contains a test or a case with this title. The suite adds `rejects` in front of some names of cases. */
function hasTest(file, title) {
  if (!existsSync(join(ROOT, file))) return false;
  const source = read(file);
  if (file.endsWith('.rs')) return new RegExp(`#\\[test\\]\\nfn ${title}\\(\\)`).test(source);
  const names = [title, ...(file.endsWith('suite.mjs') ? [title.replace(/^rejects /, '')] : [])];
  return names.some((name) => [`'${name}'`, `"${name}"`, `\`${name}\``].some((quoted) => source.includes(quoted)));
}

const constant = (file, name) => {
  const found = new RegExp(`\\b${name}(?:: \\w+)? = ([\\d_* ]+)`).exec(read(file));
  assert.ok(found, `${file} has ${name}`);
  return found[1]
    .replaceAll('_', '')
    .split('*')
    .map(Number)
    .reduce((product, factor) => product * factor);
};
const fact = (name) => Number(new RegExp(`${name} = (\\d+)`).exec(facts)?.[1]);
/** Every limit in SECURITY.md, with its value in the package. */
const LIMITS = {
  token: () => `${fact('MAX_TOKEN_BYTES') / 1024} KiB`,
  'header of a token, decoded': () => `${fact('MAX_HEADER_BYTES') / 1024} KiB`,
  'depth of JSON': () => `${constant('src/encoding/json.rs', 'MAX_DEPTH')}`,
  'JWK Set': () => `${fact('MAX_JWKS_BYTES') / 1024} KiB`,
  'keys in a JWK Set': () => `${fact('MAX_KEYS')}`,
  'candidate keys per token': () => `${constant('src/keys/key_set.rs', 'MAX_CANDIDATES')}`,
  'entries in a list of the AWS policy': () => `${fact('MAX_POLICY_ENTRIES')}`,
  'wildcards in a pattern of the AWS policy': () => `${fact('MAX_POLICY_WILDCARDS')}`,
  '`ou_path` values per token, with a condition on units': () => `${fact('MAX_POLICY_UNITS')}`,
  'RSA modulus': () =>
    `${constant('src/crypto/rs256.rs', 'MIN_MODULUS_BITS')} to ${constant('src/crypto/rs256.rs', 'MAX_MODULUS_BITS')} bits`,
  'how far `fetchedAt` may be ahead of the clock': () => `${constant('js/src/verifier/issuers.ts', 'CLOCK_SKEW')} s`,
  'duration of a request for keys, unless `timing.timeout` is set': () =>
    `${/timeout: \[(\d+)/.exec(read('js/src/remote/remote-config.ts'))?.[1]} s`,
};

describe('SECURITY.md', () => {
  test('lists only existing tests for each rule of RFC 8725 and its revision', () => {
    for (const [rule, , shownBy] of conformance) {
      const { pairs, groups } = namesIn(shownBy);
      assert.ok(pairs.length > 0, `${rule}: names no test`);
      for (const [file, title] of pairs) assert.ok(hasTest(file, title), `${rule}: ${file} has no test "${title}"`);
      for (const group of groups) assert.ok(classes.has(group), `${rule}: the corpus has no group "${group}"`);
    }
  });

  test('lists only existing groups of the corpus', () => {
    for (const [, group] of text.matchAll(/corpus group `([^`]+)`/g)) assert.ok(classes.has(group), group);
  });

  test('lists every section of chapters 2 and 3 of RFC 8725 and its revision', () => {
    const rules = conformance.map(([rule]) => /^(?:\d\.\d+(?:, )?)+/.exec(rule)?.[0].trim()).join(', ');
    const sections = new Set(rules.split(/,\s*/));
    const expected = [2, 3].flatMap((chapter) =>
      Array.from({ length: chapter === 2 ? 13 : 15 }, (_, index) => `${chapter}.${index + 1}`),
    );
    assert.deepEqual(
      expected.filter((section) => !sections.has(section)),
      [],
    );
  });

  test('states the limits of the package', () => {
    const stated = Object.fromEntries(tableOf('what | limit'));
    assert.deepEqual(stated, Object.fromEntries(Object.entries(LIMITS).map(([what, limit]) => [what, limit()])));
  });
});
