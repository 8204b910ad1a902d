// Verifies with remote keys only: imports no other entry of the package, and initialises nothing.
import { createRemoteVerifier } from 'sts-jwt/remote';

/** Given `{ issuer, audience, jwks, token }`, verifies the token with keys from a simulated network. Returns its `sub`. */
export async function answerRemote(question) {
  const { issuer, audience, jwks, token } = JSON.parse(question);
  const fetch = async () => new Response(jwks, { headers: { 'content-type': 'application/json' } });
  const verifier = createRemoteVerifier({ issuer, audience, fetch });
  return (await verifier.verify(token)).claims.sub;
}

globalThis.answer = answerRemote;
