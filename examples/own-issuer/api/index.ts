// A service whose issuer is the Worker behind the binding AUTH.

import { warmup } from 'sts-jwt';
import { protect } from 'sts-jwt/handler';
import { createRemoteVerifier, type RemoteVerifier } from 'sts-jwt/remote';

interface Env {
  AUDIENCE: string;
  AUTH: Fetcher;
  ISSUER: string;
}

// Compile the WebAssembly code when the isolate starts instead of in the first request.
warmup();

/** The keys come from the issuer's Worker. The binding ignores the host of the URL. */
function verifierOf({ AUDIENCE: audience, AUTH, ISSUER: issuer }: Env): RemoteVerifier {
  return createRemoteVerifier({
    issuer,
    audience,
    jwksUri: `${issuer}/.well-known/jwks.json`,
    fetch: (url, init) => AUTH.fetch(url, init),
  });
}

export default {
  fetch: protect<[Env, ExecutionContext]>(verifierOf, (_request, { claims }) => Response.json({ hello: claims.sub })),
} satisfies ExportedHandler<Env>;
