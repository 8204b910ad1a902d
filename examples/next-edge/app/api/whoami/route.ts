import { protect } from 'sts-jwt/handler';
import { createRemoteVerifier, type RemoteVerifier } from 'sts-jwt/remote';

export const runtime = 'edge';

let verifier: RemoteVerifier | undefined;

/**
 * All requests share this verifier, which caches the issuer's keys. It is created at the first request, because the
 * settings are not available during the build.
 */
function verifierOf(): RemoteVerifier {
  return (verifier ??= createRemoteVerifier({
    issuer: setting('ISSUER'),
    audience: setting('AUDIENCE'),
    // Who may call; "*" matches anything up to the next "/".
    aws: { principals: ['arn:aws:iam::111122223333:role/svc/*'] },
    // The URL of the keys, if it is not the default. http is allowed only on this machine, for tests.
    jwksUri: process.env.JWKS_URI,
    allowLoopbackHttp: true,
  }));
}

export const GET = protect(verifierOf, (_request, { aws, key, alg }) => {
  const caller = { principal: aws?.principal?.arn, account: aws?.account, region: aws?.sourceRegion };
  return Response.json({ ...caller, org: aws?.organization, key, alg });
});

function setting(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`the environment variable ${name} is missing`);
  return value;
}
