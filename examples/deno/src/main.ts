import { authenticate, refuse } from "./authenticate.ts";

const options = {
  issuer: setting("ISSUER"),
  audience: setting("AUDIENCE"),
  // Who may call; "*" stands for anything up to the next "/".
  aws: { principals: ["arn:aws:iam::111122223333:role/svc/*"] },
};
const jwksUri = Deno.env.get("JWKS_URI");

Deno.serve({ port: Number(Deno.env.get("PORT") ?? 8000) }, async (request) => {
  try {
    const { aws, key, alg } = await authenticate(request, options, jwksUri);
    const caller = { principal: aws?.principal.arn, account: aws?.account, region: aws?.sourceRegion };
    return Response.json({ ...caller, org: aws?.organization, key, alg });
  } catch (error) {
    return refuse(error);
  }
});

function setting(name: string): string {
  const value = Deno.env.get(name);
  if (!value) throw new Error(`the environment variable ${name} is missing`);
  return value;
}
