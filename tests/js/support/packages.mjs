// The packages that examples/demo uses. They are installed here, with the tests.
import { createRequire } from 'node:module';

export { calculateJwkThumbprint } from 'jose';
export { decode, KeySet, verify } from 'sts-jwt';
export { createTestIssuer } from 'sts-jwt/testing';
export const { version } = createRequire(import.meta.url)('sts-jwt/package.json');
