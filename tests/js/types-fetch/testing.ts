// Uses the types of the test issuer, with and without compile errors.
import { type Claims, createVerifier, type JwkSet, verify } from 'sts-jwt';
import {
  createTestIssuer,
  type TestCaller,
  type TestDocument,
  type TestFault,
  type TestIssuer,
  type TestIssuerOptions,
  type TestKey,
  type TestOutageOptions,
  type TestPartition,
  type TestRequest,
  type TestRotation,
  type TestTokenOptions,
  type TestWorker,
} from 'sts-jwt/testing';

const options: TestIssuerOptions = {
  account: '111122223333',
  partition: 'aws-cn',
  region: 'cn-north-1',
  issuer: 'https://issuer.example.test',
  now: () => Date.now() / 1000,
  rsaAlg: true,
  headers: { 'cache-control': 'max-age=60' },
};
const issuer: TestIssuer = await createTestIssuer(options);
await createTestIssuer();
// @ts-expect-error a misspelt option
await createTestIssuer({ accounts: '111122223333' });
await createTestIssuer({ partition: 'aws-us-gov' satisfies TestPartition });
// @ts-expect-error an unknown partition
await createTestIssuer({ partition: 'aws-iso' });

const audience = 'https://edge.example.test';
const caller: TestCaller = 'identity-center';
const key: TestKey = issuer.key('ES384');
const more: TestTokenOptions = {
  audience: [audience],
  caller,
  alg: 'RS256',
  lifetime: 60,
  issuedAt: 0,
  principal: 'root',
  origin: 'alice',
};
const token: string = await issuer.token({
  audience,
  key,
  aws: { org_id: undefined },
  claims: { aud: 5 },
  header: { kid: 5 },
});
await issuer.token(more);
// @ts-expect-error audience is required
await issuer.token({});
// @ts-expect-error an unknown kind of caller
await issuer.token({ audience, caller: 'ecs' });
// @ts-expect-error a public key cannot sign
await issuer.token({ audience, key: key.jwk });
// @ts-expect-error only an issuer creates keys that can sign
await issuer.token({ audience, key: { alg: 'ES384', kid: 'EC384_0', jwk: key.jwk } });
// @ts-expect-error a promise is not a token
verify(issuer.token({ audience }), issuer.jwks, { issuer: issuer.issuer, audience });

const claims: Claims = issuer.claims({ audience });
await issuer.sign({ header: { alg: 'none' }, claims });
await issuer.sign({ header: '{"alg":1,"alg":2}', claims: new Uint8Array(3), key });
// @ts-expect-error claims are required
await issuer.sign({ header: {} });

const jwks: JwkSet = issuer.jwks;
issuer.jwks.keys.push({ kty: 'oct' });
export const verified = verify(token, jwks, { issuer: issuer.issuer, audience });
createVerifier({ issuer: issuer.issuer, jwksUri: issuer.jwksUri, audience, jwks: issuer.jwksText() });

const rotation: TestRotation = { mode: 'overlap', alg: 'ES384' };
await issuer.rotate(rotation);
await issuer.rotate();
issuer.endOverlap();
// @ts-expect-error an unknown mode
await issuer.rotate({ mode: 'new-key' });

const faults: TestFault[] = [503, 'network', 'timeout', () => new Response(), async (_request, answer) => answer()];
const document: TestDocument = 'jwks';
const which: TestOutageOptions = { requests: 2, document };
for (const fault of faults) issuer.outage(fault, which);
issuer.outage(({ document }) => new Response(document));
issuer.recover();
// @ts-expect-error an unknown fault
issuer.outage('down');

const { fetch }: { fetch: (url: string, init: RequestInit) => Promise<Response> } = issuer;
await fetch(issuer.jwksUri, { redirect: 'manual' });
await issuer.fetch(new Request(issuer.jwksUri));
await issuer.fetch(new URL(issuer.jwksUri));
const asGlobal: (input: string | URL | Request, init?: RequestInit) => Promise<Response> = issuer.fetch;
const [request]: TestRequest[] = issuer.requests;
export const facts: [number | undefined, string | undefined, unknown] = [request?.at, request?.url, asGlobal];
issuer.requests.length = 0;
export const worker: TestWorker = issuer.worker;
// @ts-expect-error the issuer URL is read-only
issuer.issuer = 'https://other.example.test';
