// The Worker of examples/worker, with jose instead of this package. It checks no AWS policy.
import { createRemoteJWKSet, errors, jwtVerify } from 'jose';

let keys;

export default {
  async fetch(request, { ISSUER: issuer, AUDIENCE: audience }) {
    keys ??= createRemoteJWKSet(new URL(`${issuer}/.well-known/jwks.json`));
    const [, token = ''] = (request.headers.get('authorization') ?? '').split('Bearer ');
    try {
      const { payload, protectedHeader } = await jwtVerify(token, keys, { issuer, audience, requiredClaims: ['exp'] });
      return Response.json({ principal: payload.sub, key: protectedHeader.kid, alg: protectedHeader.alg });
    } catch (error) {
      if (!(error instanceof errors.JOSEError)) throw error;
      return Response.json({ error: error.code }, { status: 401, headers: { 'www-authenticate': 'Bearer' } });
    }
  },
};
