// Remote keys alone: no other name of the package is imported, and nothing is initialised.
import { createRemoteVerifier } from 'sts-jwt/remote';

/** `{ issuer, audience, jwks, token }` gives the `sub` of the token, which is verified with keys from a network of its own. */
export async function answerRemote(question) {
  const { issuer, audience, jwks, token } = JSON.parse(question);
  const fetch = async () => new Response(jwks, { headers: { 'content-type': 'application/json' } });
  const verifier = createRemoteVerifier({ issuer, audience, fetch });
  return (await verifier.verify(token)).claims.sub;
}

globalThis.answer = answerRemote;
