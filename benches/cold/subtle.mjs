// The minimum: WebCrypto and JSON.parse, without checking any claim.
const ALGORITHMS = {
  ES384: { name: 'ECDSA', namedCurve: 'P-384', hash: 'SHA-384' },
  RS256: { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' },
};
const decode = (text) => atob(text.replaceAll('-', '+').replaceAll('_', '/'));

export default async ({ token, jwks, alg }) => {
  const key = await crypto.subtle.importKey('jwk', JSON.parse(jwks).keys[0], ALGORITHMS[alg], false, ['verify']);
  const [header, payload, signature] = token.split('.');
  const bytes = Uint8Array.from(decode(signature), (character) => character.charCodeAt(0));
  const data = new TextEncoder().encode(`${header}.${payload}`);
  if (!(await crypto.subtle.verify(ALGORITHMS[alg], key, bytes, data))) throw new Error('the signature is wrong');
  return JSON.parse(decode(payload));
};
