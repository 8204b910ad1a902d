import { warmup } from 'sts-jwt';
import { protect } from 'sts-jwt/handler';
import { createRemoteVerifier } from 'sts-jwt/remote';

// Compile the WebAssembly code now instead of in the first request.
warmup();

const verifier = createRemoteVerifier({
  issuer: setting('ISSUER'),
  audience: setting('AUDIENCE'),
  // Who may call; "*" matches anything up to the next "/".
  aws: { principals: ['arn:aws:iam::111122223333:role/svc/*'] },
  // The URL of the keys, if it is not the default. http is allowed only on this machine, for tests.
  jwksUri: Deno.env.get('JWKS_URI'),
  allowLoopbackHttp: true,
});

const handler = protect(verifier, (_request, { aws, key, alg }) => {
  const caller = { principal: aws?.principal?.arn, account: aws?.account, region: aws?.sourceRegion };
  return Response.json({ ...caller, org: aws?.organization, key, alg });
});

Deno.serve({ port: Number(Deno.env.get('PORT') ?? 8000) }, handler);

function setting(name: string): string {
  const value = Deno.env.get(name);
  if (!value) throw new Error(`the environment variable ${name} is missing`);
  return value;
}
