// Writes a Worker that makes the same checks as this page.

import type { VerifyOptions } from '../src/core/types.js';
import { AWS_SUFFIXES } from '../src/generated/facts.js';

const ISSUER = `https://<uuid>.${AWS_SUFFIXES.aws}`;
const AUDIENCE = 'https://my-service.example';

export function workerOf({ issuer, audience, ...options }: VerifyOptions): string {
  const expectations = { audience: audience ?? AUDIENCE, ...options };
  const issuers = [issuer ?? ISSUER].flat();
  const [onlyIssuer = ISSUER] = issuers;
  const config =
    issuers.length <= 1
      ? print({ issuer: onlyIssuer, ...expectations }, '')
      : `{\n  issuers: [${issuers.map((each) => print({ issuer: each, ...expectations }, '  ')).join(', ')}],\n}`;
  const hasUnsupportedIssuer = issuers.some((each) => each !== ISSUER && !isOrigin(each));
  return `import { warmup } from "sts-jwt";
import { protect } from "sts-jwt/handler";
import { createRemoteVerifier } from "sts-jwt/remote";

warmup();
${hasUnsupportedIssuer ? '// Issuers must be https origins here: no path, no trailing slash.\n' : ''}const verifier = createRemoteVerifier(${config});

export default {
  fetch: protect(verifier, (request, { claims }) => Response.json({ hello: claims.sub })),
};
`;
}

function isOrigin(text: string): boolean {
  return URL.canParse(text) && new URL(text).origin === text && text.startsWith('https:');
}

/** Formats a value as idiomatic JavaScript. */
function print(value: unknown, indent: string): string {
  if (Array.isArray(value)) return `[${value.map((item) => print(item, indent)).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const entries = Object.entries(value);
  if (entries.length === 0) return '{}';
  const lines = entries.map(([name, member]) => `${indent}  ${nameOf(name)}: ${print(member, `${indent}  `)},\n`);
  return `{\n${lines.join('')}${indent}}`;
}

function nameOf(name: string): string {
  // Without the brackets, `__proto__` would set the prototype.
  if (name === '__proto__') return '["__proto__"]';
  return /^[a-z_$][\w$]*$/i.test(name) ? name : JSON.stringify(name);
}
