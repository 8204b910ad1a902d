import type { AwsPolicy } from "sts-jwt";
import { authenticate, refuse } from "./authenticate";

interface Env {
  ISSUER: string;
  AUDIENCE: string;
  AWS_POLICY?: AwsPolicy;
}

export default {
  async fetch(request, env): Promise<Response> {
    const options = { issuer: env.ISSUER, audience: env.AUDIENCE, aws: env.AWS_POLICY };
    try {
      const { claims, aws, key, alg } = await authenticate(request, options);
      const caller = { principal: claims.sub, account: aws?.account, region: aws?.sourceRegion, org: aws?.organization };
      return Response.json({ ...caller, key, alg });
    } catch (error) {
      return refuse(error);
    }
  },
} satisfies ExportedHandler<Env>;
