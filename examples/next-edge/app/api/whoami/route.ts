import { protect } from 'sts-jwt/handler';
import { createRemoteVerifier, type RemoteVerifier } from 'sts-jwt/remote';

export const runtime = 'edge';

let verifier: RemoteVerifier | undefined;

/** One for all requests: it keeps the issuer's keys. Made at the first, because settings are not there when this is built. */
function verifierOf(): RemoteVerifier {
  return (verifier ??= createRemoteVerifier({
    issuer: setting('ISSUER'),
    audience: setting('AUDIENCE'),
    // Who may call; "*" stands for anything up to the next "/".
    aws: { principals: ['arn:aws:iam::111122223333:role/svc/*'] },
    // Where the keys are, if they are elsewhere; http only on this very machine, for tests.
    jwksUri: process.env.JWKS_URI,
    allowLoopbackHttp: true,
  }));
}

export const GET = protect(verifierOf, (_request, { aws, key, alg }) => {
  const caller = { principal: aws?.principal.arn, account: aws?.account, region: aws?.sourceRegion };
  return Response.json({ ...caller, org: aws?.organization, key, alg });
});

function setting(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`the environment variable ${name} is missing`);
  return value;
}
