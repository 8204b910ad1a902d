import { importJWK, jwtVerify } from 'jose';

export default async ({ token, jwks, alg, issuer, audience }) => {
  const key = await importJWK(JSON.parse(jwks).keys[0], alg);
  return (await jwtVerify(token, key, { issuer, audience, algorithms: [alg] })).payload;
};
