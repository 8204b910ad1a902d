import { initSync, KeySet, verify } from './bindings/sts_jwt_bindings.js';
import module from './bindings/sts_jwt_bindings_bg.wasm';

initSync({ module });

/** Shared by all requests of an isolate, so the keys are prepared only once. */
let keys;

export default {
  fetch(request, { ISSUER, AUDIENCE, JWKS }) {
    const [, token = ''] = /^Bearer (\S+)$/i.exec(request.headers.get('authorization') ?? '') ?? [];
    try {
      keys ??= new KeySet(JWKS);
      const { alg, key, aws } = verify(token, keys, { issuer: ISSUER, audience: AUDIENCE, aws: {} });
      return Response.json({ principal: aws.principal.arn, account: aws.account, alg, key });
    } catch (error) {
      if (error.name !== 'JwtError') throw error;
      const headers = error.status === 401 ? { 'www-authenticate': 'Bearer error="invalid_token"' } : {};
      return Response.json({ error: error.code }, { status: error.status, headers });
    }
  },
};
