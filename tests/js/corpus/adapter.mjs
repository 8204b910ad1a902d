// Adapts the package to a corpus runner: verify(token, jwksText, options) → { ok, payload } or { ok, code, message }.
// `code` is the reason class of the corpus; `message` begins with this package's own error code.
import { verify as verifyToken } from 'sts-jwt';
import { reasonOf } from './reasons.mjs';

export function verify(token, jwksText, options) {
  try {
    // A corpus requires `exp` only through requiredClaims.
    const { claims } = verifyToken(token, jwksText, { ...options, allowMissingExp: true });
    return { ok: true, payload: claims };
  } catch (error) {
    if (error.name !== 'JwtError') throw error;
    return { ok: false, code: reasonOf(error), message: `${error.code}: ${error.message}` };
  }
}
