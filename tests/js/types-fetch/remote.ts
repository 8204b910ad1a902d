// Uses the types of remote keys and their stores, with and without compile errors.
import type { StandardSchemaV1, VerifiedToken } from 'sts-jwt';
import { createRemoteVerifier, type KeyStore, type RemoteVerifier } from 'sts-jwt/remote';
import { cacheStore, kvStore, memoryStore, replayGuard } from 'sts-jwt/stores';

const issuer = 'https://issuer.example.test';
const audience = 'https://edge.example.test';
declare const namespace: { idFromName(name: string): unknown; get(id: unknown): unknown };
declare const kv: { get(key: string, type: 'json'): Promise<unknown>; put(key: string, value: string): Promise<void> };

export const verifier: RemoteVerifier = createRemoteVerifier({
  issuers: [
    { issuer, audience, discovery: true },
    { issuer: 'https://other.example.test', audience: null, jwksUri: 'https://keys.example.test/set.json', aws: {} },
  ],
  store: memoryStore(),
  timing: { softAge: 60, timeout: 1 },
});
export const stores: KeyStore[] = [memoryStore(), cacheStore({ maxAge: 60 }), kvStore(kv, { prefix: 'a' })];
export const verified: Promise<VerifiedToken> = verifier.verify('', { waitUntil: (promise) => void promise });
export const once: Promise<void> = replayGuard(namespace).accept(await verified);

declare const schema: StandardSchemaV1<unknown, { tenant: string }>;
export const tenant: string = (await createRemoteVerifier({ issuer, audience, schema }).verify('')).claims.tenant;
// @ts-expect-error a misspelt option, also with a schema
createRemoteVerifier({ issuer, audience, schema, sofAge: 1 });

// @ts-expect-error audience is required
createRemoteVerifier({ issuer });
// @ts-expect-error a misspelt time
createRemoteVerifier({ issuer, audience, timing: { softage: 60 } });
// @ts-expect-error a promise is not a token
export const early: VerifiedToken = verifier.verify('');
// @ts-expect-error a token that was not verified
replayGuard(namespace).accept('');
// @ts-expect-error a store needs get and put
createRemoteVerifier({ issuer, audience, store: new Map() });
