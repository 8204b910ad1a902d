// A test issuer as a separate Worker: acts as the network of another Worker, and issues tokens on request.
import { createTestIssuer } from 'sts-jwt/testing';

let issuer;

export default {
  async fetch(request, env) {
    issuer ??= await createTestIssuer({
      issuer: 'https://a1000000-0000-4000-8000-000000000002.tokens.sts.global.api.aws',
    });
    if (new URL(request.url).pathname !== '/token') return issuer.worker.fetch(request, env);
    return new Response(await issuer.token(await request.json()));
  },
};
