// Reports the keys of a set, and how the set differs from the sets of AWS.

import { KeySet } from 'sts-jwt';
import type { Jwk, JwkSet, KeyReport } from '../core/types.js';
import type { Page } from './output.js';

export interface KeysReport {
  keys: readonly KeyReport[];
  usable: number;
  aws: {
    /** Whether the set looks like the sets that AWS STS publishes. */
    expected: boolean;
    /** How the set differs from the sets of AWS, in words. */
    differences: string[];
  };
}

/** @throws JwtError `ERR_JWKS_INVALID` if the text is not a JWK Set. */
export function reportKeys(jwks: string): KeysReport {
  const { keys } = new KeySet(jwks);
  const differences = compareWithAws((JSON.parse(jwks) as JwkSet).keys, keys);
  const usable = keys.filter((key) => key.usable).length;
  return { keys, usable, aws: { expected: differences.length === 0, differences } };
}

/** The keys that AWS publishes, as observed: one of each kind, except while keys rotate. */
const KINDS = [
  {
    what: 'RSA key of 2048 bits',
    kid: 'RSA_<n>',
    name: /^RSA_\d+$/,
    kty: 'RSA',
    bits: 2048,
    alg: ['RS256', undefined],
  },
  { what: 'EC key on P-384', kid: 'EC384_<n>', name: /^EC384_\d+$/, kty: 'EC', bits: 384, alg: ['ES384', undefined] },
];

function compareWithAws(keys: readonly Jwk[], reports: readonly KeyReport[]): string[] {
  const differences: string[] = [];
  for (const { what, kid, name, kty, bits, alg } of KINDS) {
    const found = keys.filter((_, index) => reports[index]?.kty === kty && reports[index].bits === bits);
    if (found.length === 0) differences.push(`Has no ${what}.`);
    if (found.length > 1)
      differences.push(
        `Has ${found.length} ${what.replace('key', 'keys')}. AWS has more than one only while keys rotate.`,
      );
    for (const key of found) {
      const id = typeof key.kid === 'string' ? key.kid : '';
      const which = id === '' ? `an ${what}` : `"${id}"`;
      if (!name.test(id)) differences.push(`The "kid" of ${which} is not ${kid}.`);
      if (key.use !== 'sig') differences.push(`The "use" of ${which} is not sig.`);
      if (!alg.includes(key.alg)) differences.push(`The "alg" of ${which} is not ${alg[0]}.`);
    }
  }
  const others = reports.filter((report) => !KINDS.some(({ kty, bits }) => report.kty === kty && report.bits === bits));
  if (others.length > 0) differences.push(`Has keys of another kind: ${others.length}.`);
  return differences;
}

export function printKeys(page: Page, { keys, aws }: KeysReport): void {
  for (const key of keys) printKey(page, key);
  page.blank();
  const { differences } = aws;
  page.row({
    name: 'AWS format',
    value: differences.length > 0 ? differences : 'like the sets that AWS STS publishes',
    nameStyle: 'dim',
  });
}

function printKey(page: Page, key: KeyReport): void {
  const { kid = 'without "kid"', kty = 'no "kty"', alg = 'no "alg"', bits, usable, problem, thumbprint } = key;
  const facts = [kty, bits && `${bits} bits`, alg, key.weak && 'WEAK', key.private && 'PRIVATE KEY PUBLISHED'];
  const value = [facts.filter(Boolean).join(', '), problem ?? '', thumbprint ? `thumbprint ${thumbprint}` : ''].filter(
    Boolean,
  );
  page.row({
    ...{ name: kid, value, nameWidth: 16, nameStyle: 'bold' },
    ...{ mark: usable ? '✓' : '✗', markStyle: usable ? 'green' : 'red' },
  });
}
