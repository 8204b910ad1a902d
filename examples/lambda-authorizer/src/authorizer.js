import { warmup } from 'sts-jwt';
import { authorizer } from 'sts-jwt/lambda';
import { createRemoteVerifier } from 'sts-jwt/remote';

// Compile the WebAssembly code while Lambda starts, not in the first request.
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

/** Decides whether API Gateway calls the backend function, which reads the context as `event.requestContext.authorizer`. */
export const handler = authorizer(verifier, {
  context: ({ aws, tokenId }) => ({ principal: aws.principal.arn, account: aws.account, tokenId }),
});

function setting(name) {
  const value = process.env[name];
  if (!value) throw new Error(`the environment variable ${name} is missing`);
  return value;
}
