// Samples. A test issuer creates them on demand, so they have not expired.

import type { TestIssuer } from '../src/testing/test-issuer.js';
import type { TestPartition } from '../src/testing/test-types.js';
import { createTestIssuer } from '../src/testing/testing.js';
import { AWS_ON, type FormTexts } from './expectations.js';

const AUDIENCE = 'https://my-service.example';

export interface Sample {
  token: string;
  jwks: string;
  expectations: FormTexts;
}

const issuers = new Map<string, Promise<TestIssuer>>();

/** Creates the keys of most samples in advance. Without WebCrypto, the samples report the error when used. */
export function prepareSamples(): void {
  issuerOf().catch(() => {});
}

function issuerOf(partition: TestPartition = 'aws'): Promise<TestIssuer> {
  const issuer = issuers.get(partition) ?? createTestIssuer({ partition });
  issuers.set(partition, issuer);
  return issuer;
}

function sampleOf(issuer: TestIssuer, token: string, jwks = issuer.jwksText()): Sample {
  const expectations = { issuer: issuer.issuer, audience: AUDIENCE, [AWS_ON]: 'on', accounts: issuer.account };
  return { token, jwks, expectations };
}

/** The samples, by the label of their button. */
export const samples: Readonly<Record<string, () => Promise<Sample>>> = {
  async Good() {
    const issuer = await issuerOf();
    return sampleOf(issuer, await issuer.token({ audience: AUDIENCE, caller: 'lambda' }));
  },

  async Expired() {
    const issuer = await issuerOf();
    return sampleOf(issuer, await issuer.token({ audience: AUDIENCE, issuedAt: Date.now() / 1000 - 900 }));
  },

  /** The account in the claims was changed after signing. */
  async Tampered() {
    const issuer = await issuerOf();
    const [header, , signature] = (await issuer.token({ audience: AUDIENCE })).split('.');
    const changed = issuer.claims({ audience: AUDIENCE, aws: { aws_account: '999999999999' } });
    return sampleOf(issuer, `${header}.${base64url(JSON.stringify(changed))}.${signature}`);
  },

  /** Signed with another account's key of the same `kid`: AWS accounts share key names such as EC384_0. */
  async 'Wrong key'() {
    const [issuer, other] = await Promise.all([issuerOf(), createTestIssuer()]);
    return sampleOf(issuer, await issuer.token({ audience: AUDIENCE, key: other.key('ES384') }));
  },

  async 'Weak key'() {
    const issuer = await issuerOf();
    const algorithm = {
      name: 'RSASSA-PKCS1-v1_5',
      hash: 'SHA-256',
      modulusLength: 1024,
      publicExponent: new Uint8Array([1, 0, 1]),
    };
    const { privateKey, publicKey } = await crypto.subtle.generateKey(algorithm, false, ['sign', 'verify']);
    const { kty, n, e } = await crypto.subtle.exportKey('jwk', publicKey);
    const parts = [{ kid: 'RSA_0', typ: 'JWT', alg: 'RS256' }, issuer.claims({ audience: AUDIENCE })];
    const input = parts.map((part) => base64url(JSON.stringify(part))).join('.');
    const signature = new Uint8Array(
      await crypto.subtle.sign(algorithm.name, privateKey, new TextEncoder().encode(input)),
    );
    const token = `${input}.${base64url(String.fromCharCode(...signature))}`;
    return sampleOf(issuer, token, JSON.stringify({ keys: [{ kty, kid: 'RSA_0', use: 'sig', n, e }] }));
  },

  /**
   * Rejected although signed: some parsers use the first "sub" and others the last, so they would read different tokens.
   */
  async 'Duplicate claim'() {
    const issuer = await issuerOf();
    const claims = JSON.stringify(issuer.claims({ audience: AUDIENCE }));
    const claimsWithTwoSubs = claims.replace('{', '{"sub":"arn:aws:iam::999999999999:role/admin",');
    return sampleOf(
      issuer,
      await issuer.sign({ header: { kid: 'EC384_0', typ: 'JWT', alg: 'ES384' }, claims: claimsWithTwoSubs }),
    );
  },

  /** A token about the person on whose behalf the role acts. */
  async 'Origin identity'() {
    const issuer = await issuerOf();
    const sample = sampleOf(issuer, await issuer.token({ audience: AUDIENCE, caller: 'origin-user' }));
    return { ...sample, expectations: { ...sample.expectations, originIdentities: 'require' } };
  },

  async China() {
    const issuer = await issuerOf('aws-cn');
    return sampleOf(issuer, await issuer.token({ audience: AUDIENCE, alg: 'RS256' }));
  },
};

function base64url(binary: string): string {
  return btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}
