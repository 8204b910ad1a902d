import { warmup } from 'sts-jwt';
import { protect } from 'sts-jwt/handler';
import { createRemoteVerifier } from 'sts-jwt/remote';
import { z } from 'zod';

// Compile the WebAssembly code when the isolate starts instead of in the first request.
warmup();

/** The claims that this service uses. The schema runs after the signature and all other checks of the claims. */
const schema = z.object({
  sub: z.string(),
  roles: z.array(z.enum(['reader', 'editor'])),
  exp: z.number().transform((seconds) => new Date(seconds * 1000)),
});

let verifier;

/** Shared by all requests of an isolate, to cache the issuer's keys. */
function verifierOf({ ISSUER: issuer, AUDIENCE: audience, TENANT: tenant }) {
  return (verifier ??= createRemoteVerifier({
    issuer,
    audience,
    exactlyOneAudience: true,
    profile: 'at+jwt',
    claims: { tenant, '/account/active': true },
    scope: 'orders:read orders:write',
    schema,
  }));
}

export default {
  fetch: protect(verifierOf, (_request, { claims: { sub, roles, exp } }) =>
    Response.json({ sub, roles, until: exp.toISOString() }),
  ),
};
