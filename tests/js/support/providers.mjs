// The issuers of well-known providers. Their documents, keys and tokens have the shape that the providers publish, but
// the keys are the tests' own.
import { createIssuer, stsClaims } from './issuer.mjs';

const { jwks, mint } = createIssuer();
const [rsa, ec] = jwks.keys;
const AUDIENCE = 'https://api.example';

/** Values of members that verifiers ignore. */
const CERTIFICATE = { x5t: 'kD0oYl0NwbTBu1zWD1Y0ot4sPAk', x5c: ['MIIC/TCCAeWgAwIBAgIIMZmnsVW'] };
const OTHER_CURVE = {
  kty: 'EC',
  crv: 'P-256',
  alg: 'ES256',
  use: 'sig',
  kid: 'es256',
  x: 'f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU',
  y: 'x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0',
};
const ENCRYPTION = { ...rsa, use: 'enc', alg: 'RSA-OAEP', kid: 'encryption' };
const EDWARDS = { kty: 'OKP', crv: 'Ed25519', use: 'sig', kid: 'ed', x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo' };

/**
 * Each provider, with the example that docs/providers.md shows:
 * - `needs`: what the configuration needs besides `issuer` and `audience`; `unused`: a sentence on what does not work;
 * - `documents`: the members of each document by its path or URL; a document of keys has `keys`;
 * - `claims`: the claims of a token besides the registered ones.
 *
 * @type {Record<string, any>}
 */
export const PROVIDERS = {
  'AWS STS': {
    issuer: 'https://a1000000-0000-4000-8000-000000000000.tokens.sts.global.api.aws',
    alg: 'ES384',
    documents: { '/.well-known/jwks.json': { keys: [rsa, ec] } },
    needs: { aws: { accounts: ['111122223333'] } },
    notes: 'the policy is optional; `aws: {}` makes only the cross-checks',
  },
  Auth0: {
    issuer: 'https://tenant.eu.auth0.com/',
    documents: {
      '/.well-known/openid-configuration': { jwks_uri: '/.well-known/jwks.json' },
      '/.well-known/jwks.json': { keys: [{ ...rsa, alg: 'RS256', ...CERTIFICATE }] },
    },
    notes: 'the issuer ends with a slash; custom domains are issuers of their own',
  },
  'Amazon Cognito': {
    issuer: 'https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AbCdEfGhI',
    documents: {
      '/eu-west-1_AbCdEfGhI/.well-known/openid-configuration': {
        jwks_uri: '/eu-west-1_AbCdEfGhI/.well-known/jwks.json',
      },
      '/eu-west-1_AbCdEfGhI/.well-known/jwks.json': { keys: [{ ...rsa, alg: 'RS256' }] },
    },
    claims: { token_use: 'id' },
    notes: 'ID tokens; access tokens have no `aud`, so they need `audience: null` and a check of `client_id`',
  },
  'Amazon EKS': {
    issuer: 'https://oidc.eks.eu-west-1.amazonaws.com/id/0123456789ABCDEF0123456789ABCDEF',
    documents: {
      '/id/0123456789ABCDEF0123456789ABCDEF/.well-known/openid-configuration': {
        jwks_uri: '/id/0123456789ABCDEF0123456789ABCDEF/keys',
      },
      '/id/0123456789ABCDEF0123456789ABCDEF/keys': { keys: [{ ...rsa, alg: 'RS256' }] },
    },
    claims: { 'kubernetes.io': { namespace: 'default', serviceaccount: { name: 'api' } } },
    notes: 'projected service account tokens',
  },
  'Microsoft Entra ID, v2 tokens': {
    issuer: 'https://login.microsoftonline.com/11111111-2222-4333-8444-555555555555/v2.0',
    documents: {
      '/11111111-2222-4333-8444-555555555555/v2.0/.well-known/openid-configuration': {
        jwks_uri: '/11111111-2222-4333-8444-555555555555/discovery/v2.0/keys',
      },
      '/11111111-2222-4333-8444-555555555555/discovery/v2.0/keys': { keys: [{ ...rsa, ...CERTIFICATE }] },
    },
    claims: { ver: '2.0', tid: '11111111-2222-4333-8444-555555555555' },
    notes: 'one issuer for each tenant; the audience is the client ID',
  },
  'Microsoft Entra ID, v1 tokens': {
    issuer: 'https://sts.windows.net/11111111-2222-4333-8444-555555555555/',
    documents: {
      '/11111111-2222-4333-8444-555555555555/.well-known/openid-configuration': {
        jwks_uri: 'https://login.windows.net/common/discovery/keys',
      },
      'https://login.windows.net/common/discovery/keys': { keys: [{ ...rsa, ...CERTIFICATE }] },
    },
    claims: { ver: '1.0', tid: '11111111-2222-4333-8444-555555555555' },
    notes: 'the issuer ends with a slash',
  },
  'Okta, org server': {
    issuer: 'https://dev-123456.okta.com',
    documents: {
      '/.well-known/openid-configuration': { jwks_uri: '/oauth2/v1/keys' },
      '/oauth2/v1/keys': { keys: [{ ...rsa, alg: 'RS256' }] },
    },
    notes: 'ID tokens only; its access tokens are meant for Okta itself',
  },
  'Okta, custom server': {
    issuer: 'https://dev-123456.okta.com/oauth2/default',
    documents: {
      '/oauth2/default/.well-known/openid-configuration': { jwks_uri: '/oauth2/default/v1/keys' },
      '/oauth2/default/v1/keys': { keys: [{ ...rsa, alg: 'RS256' }] },
    },
    claims: { scp: ['api.read'] },
    notes: 'scopes are in `scp`',
  },
  Keycloak: {
    issuer: 'https://sso.example.com/realms/main',
    documents: {
      '/realms/main/.well-known/openid-configuration': { jwks_uri: '/realms/main/protocol/openid-connect/certs' },
      '/realms/main/protocol/openid-connect/certs': { keys: [ENCRYPTION, { ...rsa, alg: 'RS256', ...CERTIFICATE }] },
    },
    header: { typ: 'JWT' },
    notes: 'its encryption key is skipped; the audience needs an audience mapper',
  },
  'Firebase Authentication': {
    issuer: 'https://securetoken.google.com/project-id',
    documents: {
      '/project-id/.well-known/openid-configuration': {
        jwks_uri: 'https://www.googleapis.com/service_accounts/v1/jwk/securetoken@system.gserviceaccount.com',
      },
      'https://www.googleapis.com/service_accounts/v1/jwk/securetoken@system.gserviceaccount.com': {
        keys: [{ ...rsa, alg: 'RS256' }],
      },
    },
    notes: 'issuer and audience contain the project ID',
  },
  Supabase: {
    issuer: 'https://abcdefghijklmnopqrst.supabase.co/auth/v1',
    documents: {
      '/auth/v1/.well-known/openid-configuration': { jwks_uri: '/auth/v1/.well-known/jwks.json' },
      '/auth/v1/.well-known/jwks.json': { keys: [OTHER_CURVE, { ...rsa, alg: 'RS256', key_ops: ['verify'] }] },
    },
    claims: { role: 'authenticated', aal: 'aal1' },
    notes: 'only projects with an RSA signing key: the default, ES256, is not supported',
  },
  'GitHub Actions': {
    issuer: 'https://token.actions.githubusercontent.com',
    documents: {
      '/.well-known/openid-configuration': { jwks_uri: '/.well-known/jwks' },
      '/.well-known/jwks': { keys: [{ ...rsa, alg: 'RS256', ...CERTIFICATE }] },
    },
    claims: { repository: 'octo-org/octo-repo', ref: 'refs/heads/main', runner_environment: 'github-hosted' },
    needs: { subject: 'repo:octo-org/octo-repo:ref:refs/heads/main' },
    notes: 'every repository of GitHub has this issuer, so always check `subject`',
  },
  'GitHub Enterprise Server': {
    issuer: 'https://github.example.com/_services/token',
    documents: {
      '/_services/token/.well-known/openid-configuration': { jwks_uri: '/_services/token/.well-known/jwks' },
      '/_services/token/.well-known/jwks': { keys: [{ ...rsa, alg: 'RS256', ...CERTIFICATE }] },
    },
    needs: { subject: 'repo:octo-org/octo-repo:ref:refs/heads/main' },
    notes: 'every repository of the server has this issuer',
  },
  GitLab: {
    issuer: 'https://gitlab.com',
    documents: {
      '/.well-known/openid-configuration': { jwks_uri: '/oauth/discovery/keys' },
      '/oauth/discovery/keys': { keys: [{ ...rsa, alg: 'RS256' }] },
    },
    claims: { namespace_path: 'group', project_path: 'group/project', ref: 'main' },
    needs: { subject: 'project_path:group/project:ref_type:branch:ref:main' },
    notes: 'every project of GitLab has this issuer, so always check `subject`',
  },
  Google: {
    issuer: 'https://accounts.google.com',
    iss: 'accounts.google.com',
    documents: {
      '/.well-known/openid-configuration': { jwks_uri: 'https://www.googleapis.com/oauth2/v3/certs' },
      'https://www.googleapis.com/oauth2/v3/certs': { keys: [{ ...rsa, alg: 'RS256' }] },
    },
    needs: { aliases: ['accounts.google.com'] },
    notes: 'some tokens have `iss` without `https://`',
  },
  'Sign in with Apple': {
    issuer: 'https://appleid.apple.com',
    documents: {
      '/.well-known/openid-configuration': { jwks_uri: '/auth/keys' },
      '/auth/keys': { keys: [{ ...rsa, alg: 'RS256' }] },
    },
    notes: 'the audience is the client ID',
  },
  'Cloudflare Access': {
    issuer: 'https://team.cloudflareaccess.com',
    documents: {
      '/cdn-cgi/access/certs': {
        keys: [{ ...rsa, alg: 'RS256' }],
        public_cert: { kid: 'RSA_0', cert: '-----BEGIN CERTIFICATE-----' },
        public_certs: [{ kid: 'RSA_0', cert: '-----BEGIN CERTIFICATE-----' }],
      },
    },
    needs: { jwksUri: 'https://team.cloudflareaccess.com/cdn-cgi/access/certs' },
    notes: 'the token is in the header `Cf-Access-Jwt-Assertion`',
  },
  Kubernetes: {
    issuer: 'https://kubernetes.default.svc.cluster.local',
    type: 'application/jwk-set+json',
    documents: {
      '/.well-known/openid-configuration': { jwks_uri: 'https://172.18.0.2:6443/openid/v1/jwks' },
      'https://172.18.0.2:6443/openid/v1/jwks': { keys: [{ ...rsa, alg: 'RS256' }] },
    },
    notes: "the API server's certificate must be trusted, and unauthenticated discovery allowed",
  },
  'HashiCorp Vault': {
    issuer: 'https://vault.example.com/v1/identity/oidc',
    documents: {
      '/v1/identity/oidc/.well-known/openid-configuration': { jwks_uri: '/v1/identity/oidc/.well-known/keys' },
      '/v1/identity/oidc/.well-known/keys': { keys: [EDWARDS, { ...rsa, alg: 'RS256' }] },
    },
    notes: 'keys of other algorithms are skipped; `ES384` keys work too',
  },
  Buildkite: {
    issuer: 'https://agent.buildkite.com',
    documents: {
      '/.well-known/openid-configuration': { jwks_uri: '/.well-known/jwks' },
      '/.well-known/jwks': { keys: [{ ...rsa, alg: 'RS256' }] },
    },
    claims: { organization_slug: 'acme', pipeline_slug: 'deploy' },
    notes: 'every organization of Buildkite has this issuer: check `subject`',
  },
  SPIFFE: {
    issuer: 'https://spire.example.org',
    alg: 'ES384',
    documents: {
      '/.well-known/openid-configuration': { jwks_uri: '/keys', authorization_endpoint: '' },
      '/keys': { keys: [OTHER_CURVE, { ...ec, use: undefined }] },
    },
    needs: { subject: 'spiffe://example.org/api' },
    notes: 'JWT-SVIDs, if the server signs with `ec-p384` or `rsa-2048`',
  },
  'OAuth server with RFC 8414 metadata only': {
    issuer: 'https://auth.example.com/tenant',
    documents: {
      '/.well-known/oauth-authorization-server/tenant': { jwks_uri: '/tenant/keys' },
      '/tenant/keys': { keys: [{ ...rsa, alg: 'RS256' }] },
    },
    header: { typ: 'at+jwt' },
    notes: 'found after OpenID Connect discovery answered 404',
  },
};

/** Returns a `fetch` that serves the documents of a provider, and a token of this provider that is valid at `now`. */
export function simulate(provider, now) {
  const { issuer, iss = issuer, alg = 'RS256', type = 'application/json', documents, claims, header, needs } = provider;
  const { origin } = new URL(issuer);
  const absolute = (url) => new URL(url, origin).href;
  const served = Object.fromEntries(Object.entries(documents).map(([url, members]) => [absolute(url), members]));
  const requests = [];
  const fetch = async (url) => {
    requests.push(url);
    const members = served[url];
    if (!members) return new Response('not found', { status: 404 });
    const document = members.jwks_uri ? { issuer, ...members, jwks_uri: absolute(members.jwks_uri) } : members;
    const text = JSON.stringify(document);
    return new Response(text, { headers: { 'content-type': members.keys ? type : 'application/json' } });
  };
  const subject = needs?.subject ?? 'user-1';
  const own = { iss, sub: subject, aud: AUDIENCE, iat: now, exp: now + 300, jti: 'a', ...claims };
  const all = needs?.aws ? stsClaims(issuer, AUDIENCE, now) : own;
  const token = mint(alg, all, header);
  return { config: { issuer, audience: AUDIENCE, ...needs }, fetch, requests, token };
}

/** Returns the table of docs/providers.md. */
export function providersTable() {
  const rows = Object.entries(PROVIDERS).map(([name, { issuer, needs, documents, notes }]) => {
    const keys = Object.keys(documents).find((url) => documents[url].keys);
    const found = Object.keys(documents).find((url) => documents[url].jwks_uri);
    const how = needs?.jwksUri
      ? '`jwksUri`'
      : !found
        ? 'the default of AWS STS'
        : found.includes('openid')
          ? 'discovery'
          : 'discovery (RFC 8414)';
    const besides = needs ? `\`${inline(needs)}\`` : '–';
    return `| ${name} | \`${issuer}\` | ${besides} | ${how}: \`${keys}\` | ${notes} |`;
  });
  return ['| provider | `issuer` | besides `audience` | keys | notes |', '|---|---|---|---|---|', ...rows].join('\n');
}

function inline(options) {
  const text = (value) => {
    if (typeof value !== 'object') return `'${value}'`;
    if (Array.isArray(value)) return `[${value.map(text).join(', ')}]`;
    const members = Object.entries(value).map(([name, each]) => `${name}: ${text(each)}`);
    return `{ ${members.join(', ')} }`;
  };
  return Object.entries(options)
    .map(([name, value]) => `${name}: ${text(value)}`)
    .join(', ');
}
