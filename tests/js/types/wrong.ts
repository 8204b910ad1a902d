// Code that must not compile.
import {
  type Claims,
  createVerifier,
  decode,
  explain,
  type JwtError,
  KeySet,
  type StandardSchemaV1,
  type UnverifiedToken,
  type VerifiedToken,
  verify,
} from 'sts-jwt';
import { awsOutbound, parseArn } from 'sts-jwt/aws';
import { init as initSlim, initSync } from 'sts-jwt/slim';

declare const token: string;
declare const error: JwtError;

// @ts-expect-error the options are required
verify(token, '');
// @ts-expect-error issuer is required
verify(token, '', { audience: 'a' });
// @ts-expect-error audience is required
verify(token, '', { issuer: 'i' });
// @ts-expect-error only null skips the check, not undefined
verify(token, '', { issuer: undefined, audience: 'a' });
// @ts-expect-error an unknown option
verify(token, '', { issuer: 'i', audience: 'a', clockSkew: 5 });
// @ts-expect-error an unknown algorithm
verify(token, '', { issuer: 'i', audience: 'a', algorithms: ['HS256'] });
// @ts-expect-error maxTokenAge must be a number of seconds
verify(token, '', { issuer: 'i', audience: 'a', maxTokenAge: '1h' });
// @ts-expect-error a claim cannot be expected to be null
verify(token, '', { issuer: 'i', audience: 'a', claims: { tenant: null } });
// @ts-expect-error an unknown profile
verify(token, '', { issuer: 'i', audience: 'a', profile: 'jwt' });
// @ts-expect-error not a Standard Schema
verify(token, '', { issuer: 'i', audience: 'a', schema: { parse: () => ({}) } });
declare const text: StandardSchemaV1<unknown, string>;
// @ts-expect-error the claims are an object
verify(token, '', { issuer: 'i', audience: 'a', schema: text });
declare const object: StandardSchemaV1<unknown, { tenant: string }>;
// @ts-expect-error the schema's output has no "sub"
verify(token, '', { issuer: 'i', audience: 'a', schema: object }).claims.sub;
// @ts-expect-error the schema's output has no "sub"
createVerifier({ issuer: 'i', audience: 'a', schema: object }).verify(token).claims.sub;
// @ts-expect-error an unknown option, also with a schema
createVerifier({ issuer: 'i', audience: 'a', schema: object, clockSkew: 5 });
// @ts-expect-error a token is a string
verify(new Uint8Array(), '', { issuer: 'i', audience: 'a' });
// @ts-expect-error a key set is not an array of keys
verify(token, [], { issuer: 'i', audience: 'a' });
// @ts-expect-error verify() is synchronous
verify(token, '', { issuer: 'i', audience: 'a' }).then(() => {});
// @ts-expect-error an unverified token has no key
decode(token).key;
// @ts-expect-error an unverified token is not a verified token
export const verified: ReturnType<typeof verify> = decode(token);
declare function authorize(token: VerifiedToken): void;
declare const key: VerifiedToken['key'];
declare const claims: Claims;
// @ts-expect-error an unverified token instead of a verified token
authorize(decode(token));
// @ts-expect-error an object literal is not a verified token
authorize({ header: { alg: 'ES384' }, claims, alg: 'ES384', key, tokenId: '' });
// @ts-expect-error adding members to a decoded token does not make it verified
authorize({ ...decode(token), alg: 'ES384', key, tokenId: '' });
// @ts-expect-error a verified token is not an unverified token
export const read: UnverifiedToken = verify(token, '', { issuer: 'i', audience: 'a' });
// @ts-expect-error a source is required
initSlim();
// @ts-expect-error a URL cannot be fetched synchronously
initSync('https://cdn.example.test/sts_jwt.wasm');
// @ts-expect-error the codes are a closed union
if (error.code === 'ERR_JWT_EXPIRE') throw error;
// @ts-expect-error the code is read-only
error.code = 'ERR_JWT_EXPIRED';
// @ts-expect-error the reports on the keys are read-only
new KeySet('').keys = [];
// @ts-expect-error a misspelt field of the policy
verify(token, '', { issuer: 'i', audience: 'a', aws: { account: ['111122223333'] } });
// @ts-expect-error accounts must be an array
verify(token, '', { issuer: 'i', audience: 'a', aws: { accounts: '111122223333' } });
// @ts-expect-error the caller of STS chooses the request tags, so a policy has no condition for them
verify(token, '', { issuer: 'i', audience: 'a', aws: { requestTags: { job: '42' } } });
// @ts-expect-error maxLifetime must be a number of seconds
verify(token, '', { issuer: 'i', audience: 'a', aws: { maxLifetime: '1h' } });
// @ts-expect-error an unknown mode
verify(token, '', { issuer: 'i', audience: 'a', aws: { originIdentities: true } });
// @ts-expect-error a token of an origin identity may have no principal
verify(token, '', { issuer: 'i', audience: 'a', aws: {} }).aws?.principal.arn;
// @ts-expect-error tags are strings
verify(token, '', { issuer: 'i', audience: 'a', aws: { principalTags: { team: 5 } } });
// @ts-expect-error the AWS identity is missing unless the options ask for it
verify(token, '', { issuer: 'i', audience: 'a' }).aws.account;
// @ts-expect-error audience is required
awsOutbound({ issuer: 'i' });
// @ts-expect-error an issuer is required
awsOutbound({ audience: 'a' });
// @ts-expect-error a misspelt field of the policy
awsOutbound({ issuer: 'i', audience: 'a', region: ['eu-west-1'] });
// @ts-expect-error not every string is an ARN
parseArn('').account;
// @ts-expect-error the options are required
explain(token, '');
// @ts-expect-error an unknown verdict
if (explain(token, '', { issuer: 'i', audience: 'a' }).verdict === 'valid') throw error;
// @ts-expect-error an explanation has no claims
explain(token, '', { issuer: 'i', audience: 'a' }).claims;
// @ts-expect-error errors may be undefined without collectAll
error.errors.length;
// @ts-expect-error an issuer of a Verifier is one string, not an array
createVerifier({ issuer: ['https://a.example.test'], audience: 'a' });
// @ts-expect-error audience is required
createVerifier({ issuer: 'https://a.example.test' });
// @ts-expect-error the time is an argument of verify()
createVerifier({ issuer: 'https://a.example.test', audience: 'a', now: 5 });
// @ts-expect-error a misspelt option
createVerifier({ issuer: 'https://a.example.test', audience: 'a', maxCachedToken: 5 });
// @ts-expect-error the verdict must be checked first
createVerifier({ issuer: 'https://a.example.test', audience: 'a' }).safeVerify(token).token;
// @ts-expect-error either one issuer or several
createVerifier({ issuer: 'https://a.example.test', audience: 'a', issuers: [] });
// @ts-expect-error the expectations belong in an entry of "issuers"
createVerifier({ issuers: [{ issuer: 'https://a.example.test', audience: 'a' }], audience: 'a' });
