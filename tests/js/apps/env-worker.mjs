// A Worker that counts, for each kind of handler, how often it creates a verifier from its `env`.

import { Hono } from 'hono';
import { createVerifier } from 'sts-jwt';
import { protect } from 'sts-jwt/handler';
import { stsJwt } from 'sts-jwt/hono';

const made = { handler: 0, promise: 0, hono: 0 };

function verifierOf(kind, { ISSUER, AUDIENCE, JWKS }) {
  made[kind] += 1;
  return createVerifier({ issuer: ISSUER, audience: AUDIENCE, jwks: JWKS });
}

const handlers = {
  handler: protect(
    (env) => verifierOf('handler', env),
    () => Response.json(made),
  ),
  promise: protect(
    async (env) => verifierOf('promise', env),
    () => Response.json(made),
  ),
  hono: new Hono().use(stsJwt(({ env }) => verifierOf('hono', env))).get('*', (c) => c.json(made)).fetch,
};

export default {
  fetch: (request, env, ctx) => handlers[new URL(request.url).pathname.slice(1)](request, env, ctx),
};
