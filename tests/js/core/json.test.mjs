// Compares the core's JSON reader with JSON.parse. The tests find the values in `aws.other`, which contains the unknown
// members of the AWS object.
import assert from 'node:assert/strict';
import test, { describe } from 'node:test';
import { explain, KeySet, verify } from 'sts-jwt';
import { createIssuer, stsClaims } from '../support/issuer.mjs';

const NAMESPACE = 'https://sts.amazonaws.com/';
const audience = 'https://edge.example.test';
const now = 1_800_000_000;
const issuer = createIssuer();
const keys = new KeySet(issuer.jwks);
const options = { issuer: issuer.url, audience, now, aws: {} };

/** Returns a token with this JSON text as the value of the member `x` of the AWS object. */
function tokenWith(text) {
  const claims = stsClaims(issuer.url, audience, now);
  const marker = '"to be replaced"';
  claims[NAMESPACE].x = JSON.parse(marker);
  return issuer.mint(
    'ES384',
    JSON.stringify(claims).replace(marker, () => text),
  );
}

/** Returns the value that the core has read. */
const read = (text) => verify(tokenWith(text), keys, options).aws.other.x;

/** Generates repeatable pseudo-random numbers (xorshift32). */
let state = 0x9e3779b9;
function random(limit) {
  state ^= state << 13;
  state ^= state >>> 17;
  state ^= state << 5;
  return (state >>> 0) % limit;
}
const pick = (list) => list[random(list.length)];
const digits = (length) => Array.from({ length }, () => random(10)).join('');
const bits = new DataView(new ArrayBuffer(8));

/** Numbers as JSON text in many forms: any double, long decimals, halfway cases, and the ends of the range. */
const NUMBERS = [
  () => String(random(1_000_000)),
  () => `${random(2) ? '-' : ''}${1 + random(9)}${digits(random(25))}`,
  () => `${random(10)}.${digits(1 + random(25))}`,
  () => `${1 + random(9)}.${digits(1 + random(20))}e${random(2) ? '-' : ''}${random(330)}`,
  () => `0.${'0'.repeat(random(30))}${digits(1 + random(20))}E+${random(40)}`,
  () => {
    bits.setUint32(0, random(2 ** 32));
    bits.setUint32(4, random(2 ** 32));
    const number = bits.getFloat64(0);
    return Number.isFinite(number) ? JSON.stringify(number) : '0';
  },
  // An integer halfway between two doubles, and its neighbours.
  () => String((2n ** 53n + 2n * BigInt(random(2 ** 31)) + 1n) * 2n ** BigInt(random(200)) + BigInt(random(3)) - 1n),
  () =>
    pick([
      '0',
      '-0',
      '-0.0',
      '5e-324',
      '2.4703282292062327e-324',
      '2.4703282292062328e-324',
      '2.2250738585072011e-308',
    ]),
  () => pick(['1.7976931348623157e308', '1.797693134862315807e308', '9007199254740993', '1e23', '8.5e-320', '1e-400']),
];

describe('JSON', () => {
  test('reads a million numbers like JSON.parse', () => {
    let count = 0;
    while (count < 1_000_000) {
      const texts = [];
      for (let length = 0; length < 20_000; length += texts.at(-1).length + 1) {
        texts.push(finite(pick(NUMBERS)()));
      }
      const numbers = /** @type {number[]} */ (read(`[${texts.join(',')}]`));
      assert.equal(numbers.length, texts.length);
      for (const [index, text] of texts.entries()) {
        if (!Object.is(numbers[index], JSON.parse(text)))
          assert.fail(`${text}: ${numbers[index]} instead of ${JSON.parse(text)}`);
      }
      count += texts.length;
    }
  });

  test('reads documents like JSON.parse', () => {
    for (let count = 0; count < 5_000; count += 1) {
      const text = document(0);
      assert.deepEqual(read(text), JSON.parse(text), text);
    }
  });

  test('rejects numbers that round to infinity, and accepts the largest double', () => {
    for (const text of ['1e309', '-1e309', '1.7976931348623159e308', '9'.repeat(400)]) {
      const { code, error } = explain(tokenWith(text), keys, options);
      assert.deepEqual(
        [code, error.message],
        ['ERR_JWT_INVALID', 'the payload has a number that is out of range in "x"'],
        text,
      );
    }
    assert.equal(read('1.7976931348623158e308'), Number.MAX_VALUE);
  });

  test('reports a lone surrogate', () => {
    for (const text of ['"\\ud800"', '"a\\udc00b"', '{"\\ud83d":1}', '["\\ud83d\\ud83d\\ude00"]']) {
      const { code, error } = explain(tokenWith(text), keys, options);
      assert.deepEqual(
        [code, error.message],
        ['ERR_JWT_INVALID', 'the payload has a string with a lone surrogate in "x"'],
        text,
      );
    }
  });
});

const space = () => pick(['', '', '', ' ', '\n', '\t\r ']);

function string() {
  const pieces = [
    'a',
    'é',
    '𝄞',
    '日',
    '\\n',
    '\\u00e9',
    '\\ud834\\udd1e',
    '\\/',
    '\\"',
    '\\\\',
    '\\u0000',
    ' ',
    '\u007f',
    '\u2028',
  ];
  return `"${Array.from({ length: random(6) }, () => pick(pieces)).join('')}"`;
}

/** A JSON value with unique names, at most a few levels deep. */
function document(depth) {
  const kind = random(depth > 4 ? 5 : 7);
  if (kind === 0) return pick(['true', 'false', 'null']);
  if (kind <= 2) return finite(pick(NUMBERS)());
  if (kind <= 4) return string();
  const length = random(5);
  if (kind === 5) return `[${Array.from({ length }, () => space() + document(depth + 1) + space()).join(',')}]`;
  // For JSON.parse, `__proto__` is plain data as well.
  const names = [
    ...new Set(Array.from({ length }, () => pick(['"a"', '"b"', '"__proto__"', '"constructor"', string()]))),
  ];
  const unique = new Map(names.map((name) => [JSON.parse(name), name]));
  const members = [...unique.values()].map((name) => `${space()}${name}${space()}:${space()}${document(depth + 1)}`);
  return `{${members.join(',')}${space()}}`;
}

/** Returns the text if JSON.parse reads it as a finite number. */
const finite = (text) => (Number.isFinite(Number(text)) ? text : '1');
