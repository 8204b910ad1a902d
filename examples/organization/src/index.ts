import { type AwsPolicy, warmup } from 'sts-jwt';
import { protect } from 'sts-jwt/handler';
import { createRemoteVerifier, type RemoteIssuerConfig, type RemoteVerifier } from 'sts-jwt/remote';
import { kvStore } from 'sts-jwt/stores';

interface Env {
  ACCOUNTS: KVNamespace;
  AUDIENCE: string;
  KEYS: KVNamespace;
  REMEMBER_SECONDS: number;
}

// Compile the WebAssembly code when the isolate starts instead of in the first request.
warmup();

/** Matches the issuers of AWS STS. `iss` is not verified yet, so KV must not be read for any other value. */
const AWS_ISSUER = /^https:\/\/[0-9a-f-]{36}\.tokens\.sts\.global\.api\.aws$/;

/** Returns the configuration of an account, or undefined if the account is not in the list. */
async function findAccount(iss: string, { ACCOUNTS, AUDIENCE }: Env): Promise<RemoteIssuerConfig | undefined> {
  if (!AWS_ISSUER.test(iss)) return undefined;
  const aws = await ACCOUNTS.get<AwsPolicy>(iss, 'json');
  // The audience is the same for all accounts, so an entry of the list cannot change it.
  return aws ? { issuer: iss, audience: AUDIENCE, aws } : undefined;
}

/** `protect()` calls this function once in each isolate. */
function verifierOf(env: Env): RemoteVerifier {
  return createRemoteVerifier({
    issuers: (iss) => findAccount(iss, env),
    store: kvStore(env.KEYS),
    timing: { softAge: env.REMEMBER_SECONDS },
  });
}

export default {
  fetch: protect<[Env, ExecutionContext]>(verifierOf, (_request, { claims, aws }) =>
    Response.json({ principal: claims.sub, account: aws?.account }),
  ),
} satisfies ExportedHandler<Env>;
