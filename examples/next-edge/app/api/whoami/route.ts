import { authenticate, refuse } from "./authenticate";

export const runtime = "edge";

export async function GET(request: Request): Promise<Response> {
  const options = {
    issuer: setting("ISSUER"),
    audience: setting("AUDIENCE"),
    // Who may call; "*" stands for anything up to the next "/".
    aws: { principals: ["arn:aws:iam::111122223333:role/svc/*"] },
  };
  try {
    const { aws, key, alg } = await authenticate(request, options, process.env.JWKS_URI);
    const caller = { principal: aws?.principal.arn, account: aws?.account, region: aws?.sourceRegion };
    return Response.json({ ...caller, org: aws?.organization, key, alg });
  } catch (error) {
    return refuse(error);
  }
}

function setting(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`the environment variable ${name} is missing`);
  return value;
}
