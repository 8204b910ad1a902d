// Simulates AWS STS: the issuer of one account with the two keys that AWS publishes, the tokens of GetWebIdentityToken,
// and the issuer's two documents on a loopback port. All keys are created here and never leave this process.
import { generateKeyPairSync, randomUUID, sign as signBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';

export const ACCOUNT = '111122223333';
export const NAMESPACE = 'https://sts.amazonaws.com/';
export const ROLE = `arn:aws:iam::${ACCOUNT}:role/svc/edge-caller`;

/** Creates the issuer of an account, with the key names that all accounts share. AWS uses RSA keys of 2048 bits. */
export function createIssuer({ modulusLength = 2048 } = {}) {
  const url = `https://a1${randomUUID().slice(2)}.tokens.sts.global.api.aws`;
  const rsa = generateKeyPairSync('rsa', { modulusLength });
  const ec = generateKeyPairSync('ec', { namedCurve: 'P-384' });
  const { n, e } = rsa.publicKey.export({ format: 'jwk' });
  const { crv, x, y } = ec.publicKey.export({ format: 'jwk' });
  // AWS omits "alg" from the RSA key.
  const jwks = {
    keys: [
      { e, kid: 'RSA_0', kty: 'RSA', n, use: 'sig' },
      { alg: 'ES384', crv, kid: 'EC384_0', kty: 'EC', use: 'sig', x, y },
    ],
  };
  const signers = {
    ES384: (input) => signBytes('sha384', input, { key: ec.privateKey, dsaEncoding: 'ieee-p1363' }),
    RS256: (input) => signBytes('sha256', input, rsa.privateKey),
  };
  /**
   * `claims` and `header` may be JSON text, for content that objects cannot express. If `header` is an object, its
   * members override those of the usual header; `undefined` removes a member.
   */
  function mint(alg, claims, header = {}) {
    const kid = alg === 'ES384' ? 'EC384_0' : 'RSA_0';
    const payload = typeof claims === 'string' ? claims : JSON.stringify(claims);
    const head = typeof header === 'string' ? header : JSON.stringify({ kid, typ: 'JWT', alg, ...header });
    const input = `${base64url(head)}.${base64url(payload)}`;
    return sign(alg, input);
  }
  /** Signs any string unchanged, for tokens that no real issuer would create. */
  function sign(alg, input) {
    return `${input}.${signers[alg](Buffer.from(input)).toString('base64url')}`;
  }
  return { url, jwks, mint, sign };
}

/** Returns the claims of a role session in an organization, valid for five minutes from `now` (seconds). */
export function stsClaims(issuerUrl, audience, now, overrides = {}) {
  return {
    aud: audience,
    sub: ROLE,
    [NAMESPACE]: {
      source_identity: 'alice',
      org_id: 'o-exampleorg1',
      aws_account: ACCOUNT,
      ou_path: ['o-exampleorg1/r-ab12/ou-ab12-11111111/'],
      request_tags: { job: '42' },
      original_session_exp: new Date((now + 900) * 1000).toISOString().replace('.000', ''),
      source_region: 'eu-west-1',
      principal_id: ROLE,
      principal_tags: { team: 'edge' },
    },
    iss: issuerUrl,
    exp: now + 300,
    iat: now,
    jti: randomUUID(),
    ...overrides,
  };
}

/**
 * Serves the documents of `issuerUrl` over plain HTTP on loopback, for requests to the issuer's host and to the server's
 * own address. `state.requests` counts the requests. Tests may replace `state.jwks`, or set it to `undefined` to simulate
 * an outage.
 */
export async function serveIssuer(issuerUrl, jwks) {
  const { host } = new URL(issuerUrl);
  const path = (document) => new URL(`${issuerUrl}/.well-known/${document}`).pathname;
  const configuration = JSON.stringify({
    issuer: issuerUrl,
    jwks_uri: `${issuerUrl}/.well-known/jwks.json`,
    response_types_supported: ['id_token'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['RS256', 'ES384'],
    claims_supported: ['sub', 'iss', 'aud', 'exp', 'iat', 'jti', NAMESPACE],
  });
  const state = { requests: 0, jwks };
  const server = createServer((request, response) => {
    state.requests += 1;
    const documents = { [path('jwks.json')]: state.jwks, [path('openid-configuration')]: configuration };
    const document = [host, address].includes(request.headers.host) ? documents[request.url] : undefined;
    response.writeHead(document === undefined ? 404 : 200, { 'content-type': 'application/json' });
    response.end(document ?? '{}');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = `127.0.0.1:${/** @type {import('node:net').AddressInfo} */ (server.address()).port}`;
  return {
    address,
    jwksUri: `http://${address}${path('jwks.json')}`,
    state,
    stop: () => (server.closeAllConnections(), server.close()),
  };
}

export const base64url = (text) => Buffer.from(text).toString('base64url');
