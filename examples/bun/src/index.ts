import { authenticate, refuse } from "./authenticate";

const options = {
  issuer: setting("ISSUER"),
  audience: setting("AUDIENCE"),
  // Who may call; "*" stands for anything up to the next "/".
  aws: { principals: ["arn:aws:iam::111122223333:role/svc/*"] },
};
const jwksUri = Bun.env.JWKS_URI;

const server = Bun.serve({
  port: Bun.env.PORT ?? 3000,
  async fetch(request) {
    try {
      const { aws, key, alg } = await authenticate(request, options, jwksUri);
      const caller = { principal: aws?.principal.arn, account: aws?.account, region: aws?.sourceRegion };
      return Response.json({ ...caller, org: aws?.organization, key, alg });
    } catch (error) {
      return refuse(error);
    }
  },
});
console.log(`Listening on ${server.url}`);

function setting(name: string): string {
  const value = Bun.env[name];
  if (!value) throw new Error(`the environment variable ${name} is missing`);
  return value;
}
