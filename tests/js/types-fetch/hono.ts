// Uses the types of the middleware and the handler, with and without compile errors.
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
// @ts-expect-error an optional token may be undefined
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
// @ts-expect-error an optional token may be undefined
protect(verifier, (_request, token) => new Response(token.alg), { optional: true });

declare const env: Env;
declare const request: Request;
export const asynchronous = protect(
  async ({ verifier }: Env) => verifier,
  (_request, { alg }, { verifier }, context: { waitUntil(promise: Promise<unknown>): void }) =>
    new Response(`${alg} ${typeof verifier} ${typeof context}`),
  { cookie: 'session', allowCrossSite: true },
);
asynchronous(request, env, { waitUntil() {} });
export const plain = protect(
  () => verifier,
  (_request, { alg }) => new Response(alg),
);
plain(request);
const ofTwo = (env: Env, _context: object) => env.verifier;
// @ts-expect-error the function gets nothing but env
protect(ofTwo, () => new Response());
app.use(stsJwt(({ env }: { env: Env }) => env.verifier));
app.use(stsJwt(async ({ env }) => (env as Env).verifier));
// @ts-expect-error the function gets nothing but env
stsJwt((c) => c.req.raw.headers && verifier);
