// Uses the types of `sts-jwt/fastify` with those of Fastify, with and without compile errors.
import fastify from 'fastify';
import type { Verifier } from 'sts-jwt';
import plugin, { protectedResourceMetadata, type StsJwtOptions, stsJwt } from 'sts-jwt/fastify';

declare const verifier: Verifier;
const metadata = protectedResourceMetadata({ resource: 'https://api.example.test' });
const app = fastify();
app.route({
  method: ['GET', 'OPTIONS'],
  url: metadata.path,
  handler: (request, reply) => reply.send(metadata(request)),
});
await app.register(stsJwt, { verifier, resourceMetadata: metadata.url });
const options: StsJwtOptions = { verifier, onRefused: (error, request) => request.log.info(error.code) };
await app.register(plugin, options);
app.get('/', (request) => ({ sub: request.auth?.claims.sub }));
// @ts-expect-error the token may be undefined
app.get('/wrong', (request) => ({ sub: request.auth.claims.sub }));
// @ts-expect-error a verifier is required
await app.register(stsJwt, { realm: 'x' });
// @ts-expect-error a misspelt option
await app.register(stsJwt, { verifier, cookies: 'session' });
