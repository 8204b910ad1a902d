// Names what callers pass by mistake in place of a JWK Set, and says what to do.

import { hasMethods, isPlain } from './own-options.js';

const URL_SLIP = 'a URL, which is not fetched: pass its content, or use "sts-jwt/remote"';

/** Returns what the object is, if it is a usual mistake. */
export function slipOf(given: object): string | undefined {
  if (Array.isArray(given)) return 'an array: pass { keys: [...] }';
  if (isPlain(given)) return undefined;
  if (hasMethods(given, 'then')) return 'a promise: await it';
  if (hasMethods(given, 'text')) return 'a Response: pass `await response.text()`';
  if (given instanceof URL) return URL_SLIP;
  // A KeySet of this copy is one too where a JWK Set is parsed.
  return hasMethods(given, 'free') ? 'a KeySet, here or of another copy of sts-jwt: pass its JSON' : undefined;
}

/** Returns what a text is that is not a JWK Set, if it is a usual mistake. */
export function slipIn(text: string): string | undefined {
  if (/^\s*https?:/i.test(text)) return URL_SLIP;
  if (/^\s*-----BEGIN/.test(text)) return 'PEM: convert it to a JWK';
  try {
    return Object.hasOwn(JSON.parse(text), 'kty') ? 'a single JWK: pass { keys: [jwk] }' : undefined;
  } catch {
    return undefined;
  }
}
