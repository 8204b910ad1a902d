// Speaks for the package to a corpus runner: verify(token, jwksText, options) → { ok, payload } or { ok, code, message },
// the code being the corpus's class of reasons.
import { verify as verifyToken } from 'sts-jwt';

export function verify(token, jwksText, options) {
  try {
    // A corpus asks for `exp` by requiredClaims alone.
    const { claims } = verifyToken(token, jwksText, { ...options, allowMissingExp: true });
    return { ok: true, payload: claims };
  } catch (error) {
    if (error.name !== 'JwtError') throw error;
    return { ok: false, code: reasonOf(error), message: `${error.code}: ${error.message}` };
  }
}

function reasonOf({ code, claim, reason, message }) {
  switch (code) {
    case 'ERR_JWT_CLAIM_VALIDATION_FAILED':
      if (reason === 'missing') return 'claim_missing';
      return /in the future/.test(message) ? 'not_yet_valid' : 'claim_mismatch';
    case 'ERR_JWT_INVALID':
      return claim === undefined ? 'malformed_json' : 'claim_invalid';
    case 'ERR_JWS_INVALID':
      if (/base64url/.test(message)) return 'malformed_base64';
      return /the header/.test(message) ? 'malformed_json' : 'malformed_token';
    default:
      return REASONS[code];
  }
}

const REASONS = {
  // A corpus may expect one of an empty list of values, which is a wrong option here.
  ERR_OPTIONS_INVALID: 'claim_mismatch',
  ERR_JOSE_ALG_NOT_ALLOWED: 'alg_not_allowed',
  ERR_JOSE_NOT_SUPPORTED: 'crit_unsupported',
  ERR_JWKS_INVALID: 'malformed_jwks',
  ERR_JWKS_MULTIPLE_MATCHING_KEYS: 'key_ambiguous',
  ERR_JWKS_NO_MATCHING_KEY: 'key_not_found',
  ERR_JWK_INVALID: 'key_unusable',
  ERR_JWS_SIGNATURE_VERIFICATION_FAILED: 'bad_signature',
  ERR_JWT_EXPIRED: 'expired',
  ERR_JWT_TOO_LARGE: 'too_large',
};
