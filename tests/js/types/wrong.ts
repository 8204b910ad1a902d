// Uses that must not compile.
import { decode, JwtError, KeySet, verify } from 'sts-jwt';

declare const token: string;
declare const error: JwtError;

// @ts-expect-error the options are required
verify(token, '');
// @ts-expect-error issuer is required
verify(token, '', { audience: 'a' });
// @ts-expect-error audience is required
verify(token, '', { issuer: 'i' });
// @ts-expect-error skipping the check must be written as null
verify(token, '', { issuer: undefined, audience: 'a' });
// @ts-expect-error an unknown option
verify(token, '', { issuer: 'i', audience: 'a', clockSkew: 5 });
// @ts-expect-error an unknown algorithm
verify(token, '', { issuer: 'i', audience: 'a', algorithms: ['HS256'] });
// @ts-expect-error a number of seconds
verify(token, '', { issuer: 'i', audience: 'a', maxTokenAge: '1h' });
// @ts-expect-error a token is a string
verify(new Uint8Array(), '', { issuer: 'i', audience: 'a' });
// @ts-expect-error a key set is not an array of keys
verify(token, [], { issuer: 'i', audience: 'a' });
// @ts-expect-error synchronous
verify(token, '', { issuer: 'i', audience: 'a' }).then(() => {});
// @ts-expect-error an unverified token has no key
decode(token).key;
// @ts-expect-error an unverified token is not a verified one
export const verified: ReturnType<typeof verify> = decode(token);
// @ts-expect-error the codes are a closed union
if (error.code === 'ERR_JWT_EXPIRE') throw error;
// @ts-expect-error read-only
error.code = 'ERR_JWT_EXPIRED';
// @ts-expect-error read-only
new KeySet('').keys = [];
