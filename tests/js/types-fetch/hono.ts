// Uses of the types of the middleware and the handler, with and without compile errors.
import { Hono } from 'hono';
import type { VerifiedToken, Verifier } from 'sts-jwt';
import { protect } from 'sts-jwt/handler';
import { stsJwt } from 'sts-jwt/hono';

declare const verifier: Verifier;
declare const remote: { verify(token: string): Promise<VerifiedToken> };
interface Env {
  verifier: Verifier;
}

const app = new Hono();
app.use('/in/*', stsJwt(verifier, { cookie: 'session', realm: 'edge' }));
app.get('/in', stsJwt(remote), (c) => c.text(c.get('token').claims.sub ?? ''));
app.get('/maybe', stsJwt(verifier, { optional: true }), (c) => c.text(c.get('token')?.tokenId ?? ''));
// @ts-expect-error there may be no token
app.get('/wrong', stsJwt(verifier, { optional: true }), (c) => c.text(c.get('token').tokenId));
// @ts-expect-error a misspelt option
stsJwt(verifier, { cookies: 'session' });
// @ts-expect-error a verifier must return a verified token
stsJwt({ verify: (token: string) => token });

export const worker = {
  fetch: protect(
    (env: Env) => env.verifier,
    (_request, { claims }) => new Response(claims.sub),
  ),
};
export const open = protect(verifier, (_request, token) => new Response(token?.alg), { optional: true });
// @ts-expect-error there may be no token
protect(verifier, (_request, token) => new Response(token.alg), { optional: true });
