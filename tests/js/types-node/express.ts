// Uses the types of `sts-jwt/express` with those of Express, with and without compile errors.
import http from 'node:http';
import express, { type Request } from 'express';
import type { VerifiedToken, Verifier } from 'sts-jwt';
import { type Authenticated, protectedResourceMetadata, stsJwt } from 'sts-jwt/express';

declare const verifier: Verifier;
declare const remote: { verify(token: string): Promise<VerifiedToken> };

const app = express();
const metadata = protectedResourceMetadata({
  resource: 'https://api.example.test',
  authorization_servers: ['https://issuer.example.test'],
  'resource_name#de': 'Schnittstelle',
});
app.use(metadata);
app.use('/api', stsJwt(verifier, { resourceMetadata: metadata.url, challengeScope: ['read'] }));
app.get('/in', stsJwt(remote), (req: Request & Authenticated, res) => void res.send(req.auth?.claims.sub));
app.use(
  stsJwt<Request>(verifier, {
    onRefused: (error, req, refusal) => console.log(error.code, req.originalUrl, refusal.status),
  }),
);
// @ts-expect-error without `optional`, too, the member is missing on routes that are not protected
app.get('/wrong', (req: Request & Authenticated, res) => void res.send(req.auth.claims.sub));
// @ts-expect-error a misspelt option
stsJwt(verifier, { cookies: 'session' });
// @ts-expect-error "resource" is missing
protectedResourceMetadata({ resource_name: 'x' });
// @ts-expect-error a misspelt member
protectedResourceMetadata({ resource: 'https://api.example.test', scopes: ['a'] });

const middleware = stsJwt(verifier);
http.createServer((req, res) => void middleware(req, res, () => res.end()));
