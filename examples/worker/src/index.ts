import { type AwsPolicy, warmup } from 'sts-jwt';
import { protect } from 'sts-jwt/handler';
import { createRemoteVerifier, type RemoteVerifier } from 'sts-jwt/remote';

interface Env {
  ISSUER: string;
  AUDIENCE: string;
  AWS_POLICY?: AwsPolicy;
}

// Compile the WebAssembly code when the isolate starts instead of in the first request.
warmup();

let verifier: RemoteVerifier | undefined;

/** Shared by all requests of an isolate, to cache the issuer's keys. */
function verifierOf({ ISSUER: issuer, AUDIENCE: audience, AWS_POLICY: aws }: Env): RemoteVerifier {
  return (verifier ??= createRemoteVerifier({ issuer, audience, aws }));
}

export default {
  fetch: protect<[Env, ExecutionContext]>(verifierOf, (_request, { claims, aws, key, alg }) => {
    const caller = { principal: claims.sub, account: aws?.account, region: aws?.sourceRegion, org: aws?.organization };
    return Response.json({ ...caller, key, alg });
  }),
} satisfies ExportedHandler<Env>;
