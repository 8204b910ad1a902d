import fastify from 'fastify';
import { warmup } from 'sts-jwt';
import { stsJwt } from 'sts-jwt/fastify';
import { createRemoteVerifier } from 'sts-jwt/remote';

// Compile the WebAssembly code now instead of in the first request.
warmup();

const verifier = createRemoteVerifier({
  issuer: setting('ISSUER'),
  audience: setting('AUDIENCE'),
  // Who may call; "*" matches anything up to the next "/".
  aws: { principals: ['arn:aws:iam::111122223333:role/svc/*'] },
  // The URL of the keys, if it is not the default. http is allowed only on this machine, for tests.
  jwksUri: process.env.JWKS_URI,
  allowLoopbackHttp: true,
});

const app = fastify();

// Needs no token: a route is protected only if the plugin is registered in the route's scope or in a scope around it.
app.get('/health', () => ({ healthy: true }));

app.register(async (scope) => {
  // If pages of other origins call this server, their preflights have no token: register @fastify/cors here.
  await scope.register(stsJwt, { verifier });
  scope.get('/', (request) => {
    const { aws, key, alg } = request.auth;
    const caller = { principal: aws.principal.arn, account: aws.account, region: aws.sourceRegion };
    return { ...caller, org: aws.organization, key, alg };
  });
});

console.log(`Listening on ${await app.listen({ port: Number(process.env.PORT ?? 3000) })}/`);

function setting(name) {
  const value = process.env[name];
  if (!value) throw new Error(`the environment variable ${name} is missing`);
  return value;
}
