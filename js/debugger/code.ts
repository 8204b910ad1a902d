// The check of this page as the code of a Worker.

import type { VerifyOptions } from '../src/types.js';

const ISSUER = 'https://<uuid>.tokens.sts.global.api.aws';
const AUDIENCE = 'https://my-service.example';

export function workerOf({ issuer, audience, ...options }: VerifyOptions): string {
  const expectations = { audience: audience ?? AUDIENCE, ...options };
  const issuers = [issuer ?? ISSUER].flat();
  const [first = ISSUER] = issuers;
  const config =
    issuers.length <= 1
      ? print({ issuer: first, ...expectations }, '')
      : `{\n  issuers: [${issuers.map((each) => print({ issuer: each, ...expectations }, '  ')).join(', ')}],\n}`;
  return `import { warmup } from "sts-jwt";
import { protect } from "sts-jwt/handler";
import { createRemoteVerifier } from "sts-jwt/remote";

warmup();
const verifier = createRemoteVerifier(${config});

export default {
  fetch: protect(verifier, (request, { claims }) => Response.json({ hello: claims.sub })),
};
`;
}

/** A value as JavaScript that people would write. */
function print(value: unknown, indent: string): string {
  if (Array.isArray(value)) return `[${value.map((item) => print(item, indent)).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const entries = Object.entries(value);
  if (entries.length === 0) return '{}';
  const lines = entries.map(([name, member]) => `${indent}  ${nameOf(name)}: ${print(member, `${indent}  `)},\n`);
  return `{\n${lines.join('')}${indent}}`;
}

function nameOf(name: string): string {
  return /^[a-z_$][\w$]*$/i.test(name) ? name : JSON.stringify(name);
}
