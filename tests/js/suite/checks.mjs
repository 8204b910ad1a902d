// Helpers for the cases of the suite. They use no test framework, so every runtime can load them.

/** Returns a case in which these arguments must be rejected with this code and evidence. */
export function refusal(
  name,
  /** @type {Record<string, any>} */ { token = 'ES384', jwks, options, later = 0, code, evidence },
) {
  return {
    name: `rejects ${name}`,
    run({ api, fixtures }) {
      const given = { ...optionsOf(fixtures), now: fixtures.now + later, ...options };
      const verify = () => api.verify(fixtures.tokens[token], fixtures.keySets[jwks] ?? fixtures.jwks, given);
      const error = refused(verify, code, { token: fixtures.tokens[token] });
      for (const [member, value] of Object.entries(evidence ?? {})) equal(error[member], value, member);
      return error;
    },
  };
}

/** Returns options that accept the tokens of the fixtures. */
export const optionsOf = ({ issuer, audience, now }) => ({ issuer, audience, now });

/** Asserts that `run` throws a JwtError, with `code` if passed. Returns everything that the error contains. */
export function refused(run, code = undefined, /** @type {Record<string, any>} */ { name, token } = {}) {
  const error = thrown(run);
  const { category, retryable, status, claim, reason, expected, actual, message } = error;
  const what = name === undefined ? 'code' : `code for ${name}`;
  if (error.name !== 'JwtError') throw error;
  if (code !== undefined) equal(error.code, code, `${what} (${message})`);
  matches(error.code, /^ERR_(OPTIONS|JWT|JWS|JWKS?|JOSE|POLICY|WASM)_[A-Z_]+$/, what);
  matches(category, /^(config|malformed|claims|key|signature|policy|unavailable)$/, 'category');
  const notTheToken = category === 'config' || error.code === 'ERR_JWKS_INVALID';
  const statusOf = { policy: 403, unavailable: 503 };
  equal(status, notTheToken ? 500 : (statusOf[category] ?? 401), 'status');
  equal(retryable, category === 'unavailable', 'retryable');
  const told = { code: error.code, category, retryable, status, claim, reason, expected, actual, message };
  if (error.issuer) Object.assign(told, { issuer: error.issuer, jwksUri: error.jwksUri });
  if (error.errors) told.errors = error.errors.map((each) => ({ ...each, message: each.message }));
  const text = JSON.stringify([told, { ...error }, error.challenge()]);
  for (const piece of token?.match(/[\w-]{16}/g) ?? []) {
    if (text.includes(piece)) throw new Error(`the error contains a piece of the token: ${text}`);
  }
  return told;
}

/** Returns the error that `run` throws. */
export function thrown(run) {
  try {
    run();
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
}

/** Returns the token with one bit of its signature flipped. */
export function flipBit(token, bit) {
  const [header, payload, signature] = token.split('.');
  const bytes = Uint8Array.from(atob(signature.replaceAll('-', '+').replaceAll('_', '/')), (character) =>
    character.charCodeAt(0),
  );
  bytes[bit >> 3] ^= 1 << (bit & 7);
  const flipped = btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');
  return `${header}.${payload}.${flipped}`;
}

/** Throws unless the values are equal as JSON, with members in any order. */
export function equal(actual, expected, what) {
  if (canonical(actual) !== canonical(expected)) {
    throw new Error(`${what}: expected ${canonical(expected)}, got ${canonical(actual)}`);
  }
}

/** Throws unless the text matches. */
export function matches(text, pattern, what) {
  if (!pattern.test(text)) throw new Error(`${what}: ${JSON.stringify(text)} does not match ${pattern}`);
}

const canonical = (value) =>
  JSON.stringify(value, (_, member) =>
    member && typeof member === 'object' && !Array.isArray(member)
      ? Object.fromEntries(
          Object.keys(member)
            .sort()
            .map((key) => [key, member[key]]),
        )
      : member,
  );
