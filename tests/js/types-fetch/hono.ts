// Uses the types of the middleware and the handler, with and without compile errors.
import { Hono } from 'hono';
import type { VerifiedToken, Verifier } from 'sts-jwt';
import { authenticate, isPreflight, protect, protectedResourceMetadata, refuse } from 'sts-jwt/handler';
import { type StsJwtVariables, stsJwt } from 'sts-jwt/hono';

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

const typed = new Hono<{ Variables: StsJwtVariables; Bindings: { ISSUER: string } }>();
typed.use(stsJwt(verifier));
typed.use(
  '/api/*',
  stsJwt(({ env }: { env: Env }) => env.verifier),
);
typed.get('/', (c) => c.text(`${c.get('token').claims.sub} ${c.var.token.tokenId} ${c.env.ISSUER}`));
// @ts-expect-error an unknown variable
typed.get('/wrong', (c) => c.text(c.get('tokens')));
const optional = new Hono<{ Variables: StsJwtVariables<VerifiedToken | undefined> }>();
optional.use(stsJwt(verifier, { optional: true }));
// @ts-expect-error an optional token may be undefined
optional.get('/wrong', (c) => c.text(c.get('token').tokenId));
interface Mine {
  role: string;
}
const mine = new Hono<{ Variables: StsJwtVariables<VerifiedToken<Mine>> & { more: number } }>();
mine.get('/', (c) => c.text(c.get('token').claims.role + c.get('more').toFixed()));

const metadata = protectedResourceMetadata({
  resource: 'https://api.example.test/mcp',
  authorization_servers: ['https://issuer.example.test'],
  'resource_name#de': 'Schnittstelle',
});
const options = {
  header: 'cf-access-jwt-assertion',
  resourceMetadata: metadata.url,
  challengeScope: ['read'],
  onRefused: (error: { code: string }, given: Request) => console.log(error.code, given.url),
};
const guarded = protect(verifier, () => new Response(), options);
export const served = isPreflight(request) ? new Response() : (metadata(request) ?? guarded(request));
protect(verifier, () => new Response(), {
  onRefused: async (error, { url }, refusal) =>
    error.code === 'ERR_JWT_EXPIRED' ? Response.redirect(url) : new Response(refusal.body, refusal),
});
stsJwt(verifier, { ...options, onRefused: () => undefined });
await authenticate(verifier, request, options);
await authenticate(verifier, request.headers, { onRefused: async () => {} });
refuse(undefined, options);
// @ts-expect-error a response, or nothing
protect(verifier, () => new Response(), { onRefused: () => 401 });
// @ts-expect-error a misspelt member
protectedResourceMetadata({ resource: 'https://api.example.test', scopes: ['a'] });
// @ts-expect-error an unknown method
protectedResourceMetadata({ resource: 'https://api.example.test', bearer_methods_supported: ['cookie'] });
