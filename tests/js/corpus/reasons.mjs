// Maps the classes of reasons in the corpora to the codes of the package. A case has one class but often breaks several
// rules, and implementations may report any of them. The first code of each list is the exact code; the other codes are
// also correct.

export const CODES = {
  // The second code is for an `alg` that is missing or not a string, and for `none` with an empty signature.
  alg_not_allowed: ['ERR_JOSE_ALG_NOT_ALLOWED', 'ERR_JWS_INVALID'],
  // The second code is for an empty signature, and for a header made unreadable by a flipped bit.
  bad_signature: ['ERR_JWS_SIGNATURE_VERIFICATION_FAILED', 'ERR_JWS_INVALID'],
  claim_invalid: ['ERR_JWT_INVALID'],
  // A claim of the wrong type has its own code. An empty list of expected values is an invalid option.
  claim_mismatch: ['ERR_JWT_CLAIM_VALIDATION_FAILED', 'ERR_JWT_INVALID', 'ERR_OPTIONS_INVALID'],
  claim_missing: ['ERR_JWT_CLAIM_VALIDATION_FAILED'],
  crit_unsupported: ['ERR_JOSE_NOT_SUPPORTED'],
  // The second code is for `maxTokenAge`: if the token is too old, the failed claim is `iat`.
  expired: ['ERR_JWT_EXPIRED', 'ERR_JWT_CLAIM_VALIDATION_FAILED'],
  key_ambiguous: ['ERR_JWKS_MULTIPLE_MATCHING_KEYS'],
  key_not_found: ['ERR_JWKS_NO_MATCHING_KEY'],
  key_unusable: ['ERR_JWK_INVALID'],
  malformed_base64: ['ERR_JWS_INVALID'],
  malformed_json: ['ERR_JWT_INVALID', 'ERR_JWS_INVALID'],
  malformed_jwks: ['ERR_JWKS_INVALID'],
  malformed_token: ['ERR_JWS_INVALID'],
  not_yet_valid: ['ERR_JWT_CLAIM_VALIDATION_FAILED'],
  too_large: ['ERR_JWT_TOO_LARGE'],
};

/** Returns the class of an error. For `ERR_JWS_INVALID`, only the message tells the class. */
export function reasonOf({ code, claim, reason, expected, actual, message }) {
  switch (code) {
    case 'ERR_JWT_CLAIM_VALIDATION_FAILED':
      if (reason === 'missing') return 'claim_missing';
      if (claim === 'nbf') return 'not_yet_valid';
      // `iat` is in the future, or older than `maxTokenAge` allows.
      if (claim === 'iat') return actual > expected ? 'not_yet_valid' : 'expired';
      return 'claim_mismatch';
    case 'ERR_JWT_INVALID':
      return claim === undefined ? 'malformed_json' : 'claim_invalid';
    case 'ERR_JWS_INVALID':
      if (/"alg" must be/.test(message)) return 'alg_not_allowed';
      if (/base64url|white space/.test(message)) return 'malformed_base64';
      return /^the header (has|is)/.test(message) ? 'malformed_json' : 'malformed_token';
    default:
      return CLASS_OF[code];
  }
}

/**
 * Maps each code that comes first in a list of `CODES` back to its reason class. `ERR_OPTIONS_INVALID` is added by hand: the
 * only invalid option in the corpora is an empty list of expected values.
 */
const CLASS_OF = {
  ...Object.fromEntries(Object.entries(CODES).map(([reason, [code]]) => [code, reason])),
  ERR_OPTIONS_INVALID: 'claim_mismatch',
};
