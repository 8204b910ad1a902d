// The Worker of sts-jwt.mjs, with jose instead of this package.
import { createLocalJWKSet, errors, jwtVerify } from 'jose';

let keys;

export default {
  async fetch(request, { ISSUER: issuer, AUDIENCE: audience, JWKS }) {
    keys ??= createLocalJWKSet(JSON.parse(JWKS));
    const token = /^Bearer +(\S*) *$/i.exec(request.headers.get('authorization') ?? '')?.[1] ?? '';
    try {
      const { payload } = await jwtVerify(token, keys, {
        issuer,
        audience,
        clockTolerance: 30,
        requiredClaims: ['exp'],
      });
      return new Response(payload.sub);
    } catch (error) {
      if (!(error instanceof errors.JOSEError)) throw error;
      return Response.json({ error: error.code }, { status: 401, headers: { 'www-authenticate': 'Bearer' } });
    }
  },
};
