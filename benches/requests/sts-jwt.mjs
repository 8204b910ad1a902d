// A protected Worker with this package.
import { createVerifier } from 'sts-jwt';
import { protect } from 'sts-jwt/handler';

let verifier;

export default {
  fetch: protect(
    ({ ISSUER: issuer, AUDIENCE: audience, JWKS: jwks }) => (verifier ??= createVerifier({ issuer, audience, jwks })),
    (_, { claims }) => new Response(claims.sub),
  ),
};
