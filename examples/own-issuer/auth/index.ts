// The issuer: signs tokens, publishes its keys, and accepts its own tokens.

import { warmup } from 'sts-jwt';
import { protect } from 'sts-jwt/handler';
import { createRemoteVerifier, type RemoteVerifier } from 'sts-jwt/remote';
import { publicKeys, readKeys, sign } from './keys.js';

interface Env {
  AUDIENCES: string[];
  CLIENT_ID: string;
  CLIENT_SECRET: string;
  ISSUER: string;
  SIGNING_KEYS: string;
}

// Compile the WebAssembly code when the isolate starts instead of in the first request.
warmup();

/** How long a token is valid, in seconds. */
const LIFETIME = 300;

/** A Worker cannot fetch its own URL, so `jwks` returns the keys instead. */
function verifierOf({ ISSUER: issuer, SIGNING_KEYS }: Env): RemoteVerifier {
  return createRemoteVerifier({ issuer, audience: issuer, jwks: () => publicKeys(readKeys(SIGNING_KEYS)) });
}

const whoami = protect<[Env, ExecutionContext]>(verifierOf, (_request, { claims }) =>
  Response.json({ client: claims.sub, until: claims.exp }),
);

/** The token endpoint, with the client credentials grant (RFC 6749 §4.4) and `resource` (RFC 8707). */
async function issue(request: Request, env: Env): Promise<Response> {
  const { AUDIENCES, CLIENT_ID, CLIENT_SECRET, ISSUER, SIGNING_KEYS } = env;
  const credentials = `Basic ${btoa(`${CLIENT_ID}:${CLIENT_SECRET}`)}`;
  if (!CLIENT_SECRET || !(await isEqual(request.headers.get('authorization') ?? '', credentials))) {
    return Response.json({ error: 'invalid_client' }, { status: 401, headers: { 'www-authenticate': 'Basic' } });
  }
  const form = new URLSearchParams(await request.text());
  if (form.get('grant_type') !== 'client_credentials') {
    return Response.json({ error: 'unsupported_grant_type' }, { status: 400 });
  }
  const aud = form.get('resource');
  if (aud === null || ![ISSUER, ...AUDIENCES].includes(aud)) {
    return Response.json({ error: 'invalid_target' }, { status: 400 });
  }
  const now = Math.floor(Date.now() / 1000);
  const claims = { iss: ISSUER, sub: CLIENT_ID, aud, iat: now, exp: now + LIFETIME, jti: crypto.randomUUID() };
  const token = {
    access_token: await sign(readKeys(SIGNING_KEYS), claims),
    token_type: 'Bearer',
    expires_in: LIFETIME,
  };
  return Response.json(token, { headers: { 'cache-control': 'no-store' } });
}

/** Compares digests, so the duration does not reveal where the strings differ. */
async function isEqual(given: string, expected: string): Promise<boolean> {
  const digest = (text: string) => crypto.subtle.digest('SHA-256', new TextEncoder().encode(text));
  return crypto.subtle.timingSafeEqual(await digest(given), await digest(expected));
}

export default {
  async fetch(request, env, ctx) {
    switch (`${request.method} ${new URL(request.url).pathname}`) {
      case 'GET /.well-known/jwks.json':
        return Response.json(publicKeys(readKeys(env.SIGNING_KEYS)));
      case 'POST /token':
        return issue(request, env);
      case 'GET /whoami':
        return whoami(request, env, ctx);
      default:
        return new Response(null, { status: 404 });
    }
  },
} satisfies ExportedHandler<Env>;
