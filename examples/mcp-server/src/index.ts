import { type VerifiedToken, warmup } from 'sts-jwt';
import { isPreflight, protect, protectedResourceMetadata } from 'sts-jwt/handler';
import { createRemoteVerifier } from 'sts-jwt/remote';
import { answer } from './mcp';

interface Env {
  RESOURCE: string;
  ISSUER: string;
  JWKS_URI: string;
}

type Fetch = (request: Request, env: Env, ctx: ExecutionContext) => Promise<Response>;

// Compile the WebAssembly code when the isolate starts instead of in the first request.
warmup();

/**
 * Pages of all origins may call this server: only the token decides who gets in, and browsers never send a token on
 * their own.
 */
const CORS = {
  'access-control-allow-origin': '*',
  'access-control-allow-methods': 'POST',
  'access-control-allow-headers': 'authorization, content-type, mcp-protocol-version',
  // Clients read the challenge to find the authorization server.
  'access-control-expose-headers': 'www-authenticate',
};

function createService(env: Env): Fetch {
  const metadata = protectedResourceMetadata({
    resource: env.RESOURCE,
    authorization_servers: [env.ISSUER],
    bearer_methods_supported: ['header'],
    resource_name: 'Who am I?',
  });
  const verifier = createRemoteVerifier({ issuer: env.ISSUER, audience: env.RESOURCE, jwksUri: env.JWKS_URI });
  const mcp = protect<[Env, ExecutionContext]>(verifier, serve, { resourceMetadata: metadata.url });
  return async (request, env, ctx) => {
    const document = metadata(request);
    if (document) return document;
    // A preflight has no token, so it must be answered before protect() sees it.
    if (isPreflight(request)) return new Response(null, { status: 204, headers: CORS });
    const response = await mcp(request, env, ctx);
    for (const [name, value] of Object.entries(CORS)) response.headers.set(name, value);
    return response;
  };
}

async function serve(request: Request, token: VerifiedToken): Promise<Response> {
  if (request.method !== 'POST') return new Response(null, { status: 405, headers: { allow: 'POST' } });
  const result = answer(await request.json().catch(() => undefined), token);
  return result ? Response.json(result) : new Response(null, { status: 202 });
}

let service: Fetch | undefined;

export default {
  fetch: (request, env, ctx) => (service ??= createService(env))(request, env, ctx),
} satisfies ExportedHandler<Env>;
