// Extracts the public members of keys, so a link contains no other part of the pasted text.

import { hasToken } from './has-token.js';

/** The public members of a JWK: RFC 7517 §4, RFC 7518 §6.2.1 and §6.3.1. */
const PUBLIC: readonly string[] = [
  ...['kty', 'use', 'key_ops', 'alg', 'kid', 'x5u', 'x5c', 'x5t', 'x5t#S256'],
  ...['crv', 'x', 'y', 'n', 'e'],
];

/** The public part of a JWK Set, and the names of the dropped members. */
export interface PublicKeys {
  jwks: string;
  dropped: string[];
}

/**
 * Reads keys in the forms that the page accepts: a JWK Set, one key, or an array of keys. Returns `undefined` for any other text.
 */
export function publicKeysOf(text: string): PublicKeys | undefined {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return undefined;
  }
  const dropped = new Set<string>();
  const set: Record<string, unknown> = isObject(json) && 'keys' in json ? json : { keys: json };
  for (const name of Object.keys(set)) if (name !== 'keys') dropped.add(name);
  const keys = [set['keys']].flat().map((key) => {
    const members = Object.entries(isObject(key) ? key : {});
    const kept = members.filter(([name, value]) => PUBLIC.includes(name) && isHarmless(value));
    for (const member of members) if (!kept.includes(member)) dropped.add(member[0]);
    return Object.fromEntries(kept);
  });
  return { jwks: JSON.stringify({ keys }), dropped: [...dropped] };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Whether the value is a string or a list of strings, like every public member, and contains no token. */
function isHarmless(value: unknown): boolean {
  return [value].flat().every((each) => typeof each === 'string' && !hasToken(each));
}
