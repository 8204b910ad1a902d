import { type AwsPolicy, warmup } from 'sts-jwt';
import { protect } from 'sts-jwt/handler';
import { createRemoteVerifier, type RemoteVerifier } from 'sts-jwt/remote';

interface Env {
  ISSUER: string;
  AUDIENCE: string;
  AWS_POLICY?: AwsPolicy;
}

// What would be compiled in the first request is compiled while the isolate starts.
warmup();

let verifier: RemoteVerifier | undefined;

/** One for all requests of an isolate: it keeps the issuer's keys. */
function verifierOf({ ISSUER: issuer, AUDIENCE: audience, AWS_POLICY: aws }: Env): RemoteVerifier {
  return (verifier ??= createRemoteVerifier({ issuer, audience, aws }));
}

export default {
  fetch: protect<[Env, ExecutionContext]>(verifierOf, (_request, { claims, aws, key, alg }) => {
    const caller = { principal: claims.sub, account: aws?.account, region: aws?.sourceRegion, org: aws?.organization };
    return Response.json({ ...caller, key, alg });
  }),
} satisfies ExportedHandler<Env>;
