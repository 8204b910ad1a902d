// Code that must compile.

import type {
  Claims,
  Explanation,
  ExplanationStep,
  JwkSet,
  JwtErrorCode,
  KeyReport,
  KeySnapshot,
  StandardSchemaV1,
  UnverifiedToken,
  Verdict,
  VerifiedToken,
  Verifier,
  VerifierConfig,
  VerifyOptions,
} from 'sts-jwt';
import { createVerifier, decode, explain, init, JwtError, KeySet, verify, warmup } from 'sts-jwt';
import type { AwsIdentity, AwsPolicy } from 'sts-jwt/aws';
import { awsOutbound, parseArn } from 'sts-jwt/aws';
import * as inline from 'sts-jwt/inline';
import * as slim from 'sts-jwt/slim';
import wasm from 'sts-jwt/wasm';
import fused from 'sts-jwt/wasm/fused';

declare const token: string;
const jwks: JwkSet = { keys: [{ kty: 'EC', crv: 'P-384', kid: 'EC384_0', x: '', y: '', use: 'sig' }] };
const options: VerifyOptions = { issuer: 'https://issuer.example.test', audience: null };

export const results: VerifiedToken[] = [
  verify(token, jwks, options),
  verify(token, '{"keys":[]}', { issuer: ['a', 'b'], audience: ['c'], algorithms: ['ES384'], clockTolerance: 5 }),
  verify(token, new KeySet(jwks), {
    issuer: null,
    audience: null,
    now: 0,
    requiredClaims: ['jti'],
    allowMissingExp: true,
  }),
];

const verified = verify(token, jwks, options);
export const facts: [string | undefined, number | undefined, 'ES384' | 'RS256', string, string | undefined] = [
  verified.claims.sub,
  verified.expiresAt,
  verified.alg,
  verified.key.thumbprint,
  verified.header.kid,
];

interface Mine extends Claims {
  role: string;
}
export const role: string = verify<Mine>(token, jwks, options).claims.role;

// The claims have the type of the schema's output.
declare const mySchema: StandardSchemaV1<unknown, { tenant: string; until: Date }>;
const withSchema = { issuer: 'https://issuer.example.test', audience: null, schema: mySchema };
export const outputs: { tenant: string; until: Date }[] = [
  verify(token, jwks, { ...options, schema: mySchema }).claims,
  createVerifier(withSchema).verify(token).claims,
];
export const typedVerdict: Verdict<{ tenant: string; until: Date }> = createVerifier(withSchema).safeVerify(token);
export const anyVerifier: Verifier = createVerifier({
  issuers: [withSchema, { issuer: 'https://b.test', audience: 'b' }],
});
export const expectations: VerifyOptions = {
  ...options,
  claims: { tenant: 'acme', level: [1, 2], '/a/0': true },
  scope: ['read'],
  profile: 'at+jwt',
  exactlyOneAudience: true,
  schema: mySchema,
};
export const issues = (error: JwtError): (readonly (string | number)[])[] =>
  (error.issues ?? []).map(({ path }) => path);

interface WithoutIndex {
  role: string;
}
export const other: string = verify<WithoutIndex>(token, jwks, options).claims.role;
export const unverified: UnverifiedToken<Mine> = decode<Mine>(token);

export const problems: (string | undefined)[] = new KeySet('{"keys":[]}').keys.map((key: KeyReport) => key.problem);

export async function ready(): Promise<number> {
  await init();
  warmup();
  warmup(['ES384']);
  try {
    verify(token, jwks, options);
  } catch (error) {
    if (error instanceof JwtError) {
      const code: JwtErrorCode = error.code;
      if (code === 'ERR_JWT_EXPIRED' && error.claim === 'exp' && error.retryable) return 1;
      return error.challenge().length + error.status;
    }
  }
  return 0;
}

const policy: AwsPolicy = {
  accounts: ['111122223333'],
  organizations: ['o-exampleorg1'],
  organizationalUnits: ['o-exampleorg1/r-ab12'],
  principals: ['arn:aws:iam::*:role/**'],
  regions: ['eu-west-1'],
  principalTags: { team: 'edge', stage: ['test', 'live'] },
  lambdaFunctions: [],
  ec2Instances: [],
  vpcs: [],
  sourceIdentities: [],
  maxLifetime: 900,
  originIdentities: 'allow',
  issuerSuffixes: { 'aws-us-gov': ['tokens.example.test'] },
};
const judged = verify(token, jwks, { ...options, aws: policy, collectAll: true });
const identity: AwsIdentity | undefined = judged.aws;
export const subject: { kind: 'principal' | 'origin'; value: string } | undefined = identity?.subject;
type Kind = 'role' | 'user' | 'root';
export const who: [string | undefined, Kind | undefined, string | undefined, string[] | undefined] = [
  identity?.account,
  identity?.principal?.type,
  identity?.principal?.permissionSet?.region,
  identity?.organizationalUnits,
];
export const preset: VerifyOptions = awsOutbound({ issuer: 'i', audience: 'a', ...policy });
export const presets: VerifyOptions[] = awsOutbound({ accountIssuers: { '111122223333': 'i' }, audience: 'a' }).issuers;
export const region: string | undefined = parseArn('arn:aws:iam::1:root')?.region;

export function told(explanation: Explanation = explain(token, jwks, options)): string {
  if (explanation.verdict === 'accepted') return 'accepted';
  const code: JwtErrorCode | undefined = explanation.code;
  const failed = explanation.steps.filter((step: ExplanationStep) => step.outcome === 'failed');
  const margins: (number | undefined)[] = failed.map(({ margin }) => margin);
  return `${code}: ${explanation.error?.message} ${explanation.error?.claim} ${margins}`;
}
export const causes: string[] =
  new JwtError({
    code: 'ERR_POLICY_DENIED',
    category: 'policy',
    retryable: false,
    status: 403,
    message: '',
  }).errors?.map(({ code }) => code) ?? [];

export async function withModule(response: object, bytes: Uint8Array): Promise<VerifiedToken> {
  await slim.init('https://cdn.example.test/sts_jwt.wasm');
  await slim.init(response);
  slim.initSync(bytes);
  slim.initSync(slim.isFused() ? fused : wasm);
  await inline.init();
  const same: VerifiedToken = inline.verify(token, jwks, options);
  return same ?? slim.verify(token, jwks, options);
}

const config: VerifierConfig = { issuer: 'https://issuer.example.test', audience: 'https://edge.example.test', jwks };
export const verifier: Verifier = createVerifier(config);
createVerifier({ issuers: [{ issuer: 'https://a.example.test', audience: null, aws: {} }], maxCachedTokens: 0 });
createVerifier(awsOutbound({ accountIssuers: { '111122223333': 'https://a.example.test' }, audience: 'a' }));
verifier.setKeys('https://issuer.example.test', jwks, { fetchedAt: 0 });
export const again: VerifiedToken<Mine> = verifier.verify<Mine>(token, { now: 0 });
const verdict = verifier.safeVerify(token);
export const outcome: string | undefined = verdict.ok ? verdict.token.claims.sub : verdict.error.jwksUri;
const snapshot: KeySnapshot = verifier.snapshot();
verifier.restore(snapshot);
