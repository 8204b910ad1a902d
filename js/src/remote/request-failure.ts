// Reports requests without a complete response.

import { errorOf, fetchFailed, JwtError, reasonOf } from '../core/shared.js';

/** Returns the error for a request without a complete response. The message says why, and what to do. */
export function requestFailed(jwksUri: string, thrown: unknown): JwtError {
  const error = errorOf(thrown);
  if (error instanceof JwtError) return error;
  const reason = reasonOf(error);
  if (error.name === 'AbortError') return fetchFailed('aborted', jwksUri, reason, error);
  return error.name === 'TimeoutError'
    ? fetchFailed('timeout', jwksUri, `${reason}; check the server or "timing.timeout"`, error)
    : fetchFailed('network', jwksUri, `${reason}; ${wayOutOf(reason)}`, error);
}

function wayOutOf(reason: string): string {
  if (/ENOTFOUND|EAI_AGAIN|dns/i.test(reason)) return 'check the host name';
  if (/refused/i.test(reason)) return 'check that the server runs';
  if (/cert|tls|ssl/i.test(reason)) return "check the server's certificate";
  return 'check that the server can be reached';
}
