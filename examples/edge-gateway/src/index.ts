import { Hono } from 'hono';
import { warmup } from 'sts-jwt';
import { refuse, type StsJwtVariables, stsJwt } from 'sts-jwt/hono';
import { createRemoteVerifier, type RemoteVerifier } from 'sts-jwt/remote';
import { kvStore, replayGuard } from 'sts-jwt/stores';

export { ReplayObject } from 'sts-jwt/durable-objects';

// Compile the WebAssembly code when the isolate starts instead of in the first request.
warmup();

interface Bindings {
  AUDIENCE: string;
  BUILD_ACCOUNT: string;
  BUILD_ISSUER: string;
  SERVICE_ACCOUNT: string;
  SERVICE_ISSUER: string;
  KEYS: KVNamespace;
  REPLAY: DurableObjectNamespace;
}

/** Each account has its own issuer, keys and policy, so tokens signed for one account are never accepted for the other. */
function verifierOf({ env }: { env: Bindings }): RemoteVerifier {
  return createRemoteVerifier({
    issuers: [
      {
        issuer: env.BUILD_ISSUER,
        audience: env.AUDIENCE,
        maxTokenAge: 300,
        aws: { accounts: [env.BUILD_ACCOUNT], principals: [`arn:aws:iam::${env.BUILD_ACCOUNT}:role/ci/*`] },
      },
      {
        issuer: env.SERVICE_ISSUER,
        audience: env.AUDIENCE,
        aws: { accounts: [env.SERVICE_ACCOUNT], regions: ['eu-west-1', 'eu-central-1'] },
      },
    ],
    store: kvStore(env.KEYS),
  });
}

const app = new Hono<{ Bindings: Bindings; Variables: StsJwtVariables }>();

// The first request creates the verifier, which all requests of the isolate then use.
app.use(stsJwt(verifierOf, { realm: 'edge-gateway' }));
app.onError((error) => refuse(error, { realm: 'edge-gateway' }));

app.get('/reports', (c) => {
  const { aws } = c.get('token');
  return c.json({ for: aws?.principal?.name, account: aws?.account });
});

app.post('/releases', async (c) => {
  const token = c.get('token');
  if (token.aws?.account !== c.env.BUILD_ACCOUNT) return c.json({ error: 'only the build account publishes' }, 403);
  // A stolen token must not publish again.
  await replayGuard(c.env.REPLAY).accept(token);
  return c.json({ published: true, by: token.aws.principal?.arn }, 201);
});

export default app;
