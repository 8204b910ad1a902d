import express from 'express';
import { warmup } from 'sts-jwt';
import { stsJwt } from 'sts-jwt/express';
import { createRemoteVerifier } from 'sts-jwt/remote';

// Compile the WebAssembly code now instead of in the first request.
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

const app = express();

// If pages of other origins call this server, their preflights have no token: put cors() here.
app.use(stsJwt(verifier));

app.get('/', (req, res) => {
  const { aws, key, alg } = req.auth;
  const caller = { principal: aws.principal.arn, account: aws.account, region: aws.sourceRegion };
  res.json({ ...caller, org: aws.organization, key, alg });
});

const server = app.listen(process.env.PORT ?? 3000, () => {
  console.log(`Listening on http://localhost:${server.address().port}/`);
});

function setting(name) {
  const value = process.env[name];
  if (!value) throw new Error(`the environment variable ${name} is missing`);
  return value;
}
