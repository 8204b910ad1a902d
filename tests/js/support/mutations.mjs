// Generates bad input from a seed: strings, tokens, key sets and options. They are mutations of valid input, or
// generated from scratch.

/** Generates numbers from 0 to 1 (mulberry32). The same seed gives the same numbers. */
function randomOf(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Fragments that parsers may treat differently. */
const PIECES = [
  ...'.=-_+/ \n\0"\\{}[],:e\ud800\ufeff\udfff\u2028é漢🔑\u{10ffff}',
  ...['..', '1e999', '-0', 'null', 'true', '\\ud800', '\\u0000', 'Bearer ', 'AAAA', 'e30', 'W10', '"kid":', '"exp":'],
  ...['"alg":"none"', '"alg":"HS256"', '"crit":["exp"]', '"b64":false', '"__proto__":{}', '"keys":[', '"d":"AA"'],
];
const OPTION_NAMES = [
  ...['issuer', 'audience', 'algorithms', 'subject', 'typ', 'clockTolerance', 'maxTokenAge', 'requiredClaims'],
  ...['allowMissingExp', 'now', 'aws', 'collectAll', '__proto__', 'constructor', 'unknown', ''],
];
const POLICY_NAMES = [
  ...['accounts', 'organizations', 'organizationalUnits', 'principals', 'regions', 'principalTags', 'vpcs'],
  ...[
    'lambdaFunctions',
    'ec2Instances',
    'sourceIdentities',
    'maxLifetime',
    'issuerSuffixes',
    'requestTags',
    '__proto__',
  ],
];

/** Options that accept a valid token. */
const GOOD_OPTIONS = [
  { aws: {} },
  { aws: { accounts: ['111122223333'], principals: ['arn:aws:iam::*:role/**'], regions: [] } },
  {
    aws: { organizationalUnits: ['o-exampleorg1'], principalTags: { team: ['a', 'edge'] }, maxLifetime: 60 },
    collectAll: true,
  },
  { issuer: null, audience: null, allowMissingExp: true, clockTolerance: 0 },
  { typ: 'at+jwt', subject: ['a', 'b'], requiredClaims: ['jti', '/nested/a/1/b', 'nested.c'], collectAll: true },
  { algorithms: ['RS256'], maxTokenAge: 0 },
];

export function generator(seed, { tokens, jwksTexts, options, sign }) {
  const random = randomOf(seed);
  const below = (limit) => Math.floor(random() * limit);
  const pick = (list) => list[below(list.length)];

  /** Returns a string of any characters, usually short. */
  const text = () => {
    const length = below(2 ** below(10));
    const kind = below(4);
    if (kind === 0) return Array.from({ length }, () => String.fromCharCode(below(0x10000))).join('');
    if (kind === 1) return Array.from({ length: length >> 2 }, () => pick(PIECES)).join('');
    if (kind === 2) return Buffer.from(bytes(length)).toString('latin1');
    return Buffer.from(bytes(length)).toString('base64url');
  };
  const bytes = (length) => Uint8Array.from({ length }, () => below(256));

  /** Makes one to three changes to a string. */
  const mutated = (text) => {
    let result = text;
    for (let times = 1 + below(3); times > 0; times -= 1) {
      const at = below(result.length + 1);
      const to = at + below(2 ** below(8));
      const [before, cut, after] = [result.slice(0, at), result.slice(at, to), result.slice(to)];
      result = pick([
        () => before + after,
        () => before + cut + cut + after,
        () => before + pick(PIECES) + cut + after,
        () => before + pick(PIECES) + after,
        () => before + String.fromCharCode(below(128)) + result.slice(at + 1),
        () => before,
        () => before + pick(PIECES).repeat(below(2 ** below(12))) + cut + after,
        () => after + before,
      ])();
    }
    return result;
  };
  const mutatedBytes = (given) => {
    const result = Uint8Array.from(given);
    for (let times = 1 + below(3); times > 0 && result.length > 0; times -= 1)
      result[below(result.length)] ^= 1 << below(8);
    return result;
  };

  /** Changes one segment of a token, in its JSON or in its octets. */
  const mutatedInside = () => {
    const parts = pick(tokens).split('.');
    const which = below(parts.length);
    const octets = Buffer.from(parts[which], 'base64url');
    parts[which] = Buffer.from(below(2) ? mutatedBytes(octets) : mutated(octets.toString())).toString('base64url');
    return parts.join('.');
  };
  /** Changes a token and signs it again, so the token reaches the checks after the signature. */
  const signedAgain = () => {
    const [header, payload] = pick(tokens)
      .split('.')
      .map((part) => Buffer.from(part, 'base64url').toString());
    const change = below(4);
    return sign(change === 0 ? mutated(header) : header, change === 0 ? payload : mutated(payload));
  };
  /** Returns a well-formed token with another value for one claim or member of a claim. */
  const signedWithOther = () => {
    const [header, payload] = pick(tokens)
      .split('.')
      .map((part) => Buffer.from(part, 'base64url').toString());
    const claims = JSON.parse(payload);
    const target = below(2) ? claims : (Object.values(claims).find((claim) => typeof claim === 'object') ?? claims);
    target[pick([...Object.keys(target), 'nbf', 'x'])] = plain();
    return sign(below(4) ? header : header.replace(/"kid":"[^"]*",/, ''), JSON.stringify(claims));
  };
  /** Returns a plausible value of a claim. */
  const plain = () => {
    const time = options.now + pick([-86_400, -31, -30, -29, 0, 0.5, 29, 30, 31, 86_400]);
    const texts = ['', text(), pick(PIECES)];
    return pick([time, time, time, undefined, null, true, 0, -1e308, ...texts, [], ['x', 5], {}, { a: [{}] }]);
  };
  const notText = () =>
    pick([undefined, null, below(10), NaN, true, {}, [], 5n, Symbol('x'), () => '', new Uint8Array(3), new Date(0)]);

  /** Returns any value, nested up to a depth. */
  const value = (depth = 3) => {
    const kind = below(depth > 0 ? 12 : 9);
    if (kind < 3) return pick([text(), pick(PIECES), 'ES384', 'arn:aws:iam::*:role/**', '111122223333', '/a/b', 'o-x']);
    if (kind < 5) return pick([0, -0, -1, 1, 30, 0.5, 1e300, NaN, Infinity, -Infinity, 2 ** 53, below(2 ** 31)]);
    if (kind < 7) return pick([true, false, null, undefined]);
    if (kind === 7) return notText();
    if (kind === 8) return pick([trap(), cyclic(), Array(below(5)), Object.create({ issuer: null })]);
    if (kind < 11) return Array.from({ length: below(5) }, () => value(depth - 1));
    const member = () => [pick([text(), ...OPTION_NAMES]), value(depth - 1)];
    return Object.fromEntries(Array.from({ length: below(5) }, member));
  };
  const trap = () =>
    below(2)
      ? new Proxy(
          {},
          {
            ownKeys: () => {
              throw new Error('trap');
            },
          },
        )
      : {
          get keys() {
            throw new Error('trap');
          },
          get issuer() {
            throw new Error('trap');
          },
        };
  const cyclic = () => {
    const object = { issuer: null, audience: null };
    return Object.assign(object, { aws: object, keys: [object] });
  };

  const token = () => {
    const kind = below(40);
    if (kind < 14) return mutated(pick(tokens));
    if (kind < 28) return mutatedInside();
    if (kind < 30) return signedAgain();
    if (kind < 33) return signedWithOther();
    if (kind < 37) return text();
    return kind < 39 ? pick(tokens) : notText();
  };
  const jwksText = () => (below(4) ? mutated(pick(jwksTexts)) : text());
  const jwks = () => {
    const kind = below(12);
    if (kind < 7) return jwksText();
    const key = () => pick([value(2), ...JSON.parse(pick(jwksTexts)).keys]);
    if (kind < 9) return { keys: Array.from({ length: below(6) }, key) };
    return kind < 11 ? pick(jwksTexts) : value();
  };
  const wrongOptions = () => {
    if (below(20) === 0) return value();
    const given = { ...options };
    if (below(3) === 0) return { ...given, ...pick(GOOD_OPTIONS) };
    for (let times = 1 + below(2); times > 0; times -= 1) given[pick(OPTION_NAMES)] = value(2);
    if (below(3) === 0) given.aws = { [pick(POLICY_NAMES)]: value(2) };
    return given;
  };

  return { below, pick, token, jwks, options: wrongOptions };
}
