/** The keys that sign tokens. The first key is in use. The others are former keys, whose tokens are still valid. */
export type SigningKeys = readonly (JsonWebKey & { kid: string })[];

/** Reads the secret SIGNING_KEYS. */
export function readKeys(secret: string): SigningKeys {
  const keys = JSON.parse(secret) as SigningKeys;
  if (keys.length === 0) throw new Error('SIGNING_KEYS has no key');
  return keys;
}

/** Returns the public keys. Members are listed by name, so that the private one, `d`, is not published. */
export function publicKeys(keys: SigningKeys) {
  return { keys: keys.map(({ kty, crv, x, y, kid }) => ({ kty, crv, x, y, kid, alg: 'ES384', use: 'sig' })) };
}

/** Returns a token with these claims. */
export async function sign([key]: SigningKeys, claims: object): Promise<string> {
  const algorithm = { name: 'ECDSA', namedCurve: 'P-384', hash: 'SHA-384' };
  const { kty, crv, x, y, d } = key;
  const privateKey = await crypto.subtle.importKey('jwk', { kty, crv, x, y, d }, algorithm, false, ['sign']);
  const header = { alg: 'ES384', kid: key.kid, typ: 'JWT' };
  const signed = `${encode(JSON.stringify(header))}.${encode(JSON.stringify(claims))}`;
  const signature = await crypto.subtle.sign(algorithm, privateKey, new TextEncoder().encode(signed));
  return `${signed}.${encode(signature)}`;
}

/** Encodes as base64url. */
function encode(data: string | ArrayBuffer): string {
  const bytes = typeof data === 'string' ? new TextEncoder().encode(data) : new Uint8Array(data);
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');
}
