// Reads the corpora of JWT cases in tests/vectors and, if the folder exists, in ../shared/corpora. The README in
// tests/vectors describes the format.
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { base64url } from './issuer.mjs';
import { ROOT } from './paths.mjs';

const OWN = join(ROOT, 'tests/vectors');
const SHARED = join(ROOT, '../shared/corpora');

/** Returns the paths of all corpora. A file in both folders is read from tests/vectors. */
export function corpusFiles() {
  const own = corporaIn(OWN);
  if (own.length === 0) throw new Error(`there is no corpus in ${OWN}`);
  const shared = existsSync(SHARED) ? corporaIn(SHARED).filter((file) => !own.includes(file)) : [];
  return [...own.map((file) => join(OWN, file)), ...shared.map((file) => join(SHARED, file))];
}

const corporaIn = (folder) =>
  readdirSync(folder)
    .filter((file) => /^jwt-.*\.jsonl$/.test(file))
    .sort();

/** Returns every file with its cases. Token and JWKS are the strings to pass to the verifier. */
export function readCorpora() {
  return corpusFiles().map((path) => {
    const lines = readFileSync(path, 'utf8').split('\n').filter(Boolean);
    if (lines.length === 0) throw new Error(`${path} has no cases`);
    return { file: basename(path), cases: lines.map((line) => expandCase(JSON.parse(line))) };
  });
}

/** @returns {Record<string, any>} */
function expandCase({ token_parts, token_sha256, jwks_parts, ...rest }) {
  const token = token_parts ? expand(token_parts) : rest.token;
  if (token_sha256 && createHash('sha256').update(token).digest('hex') !== token_sha256) {
    throw new Error(`the recipe of ${rest.id} produces another token`);
  }
  const given = jwks_parts ? expand(jwks_parts) : rest.jwks;
  return { ...rest, token, jwks: typeof given === 'string' ? given : JSON.stringify(given) };
}

/** Expands a recipe for a very long string. */
function expand(parts) {
  return parts
    .map((part) => {
      if (typeof part === 'string') return part;
      if ('repeat' in part) return part.repeat.repeat(part.count);
      if ('b64url' in part) return base64url(expand(part.b64url));
      if (!('indexed' in part)) throw new Error(`unknown part of a recipe: ${Object.keys(part)}`);
      const { indexed, from, count, sep = '' } = part;
      return Array.from({ length: count }, (_, index) => indexed.replaceAll('%d', from + index)).join(sep);
    })
    .join('');
}

/**
 * Splits the cases into JSON texts of a few megabytes, each with at least one case. Keeps only the members that a
 * runtime needs.
 */
export function batchesOf(cases, limit = 4_000_000) {
  const batches = [[]];
  let size = 0;
  for (const { token, jwks, options } of cases) {
    const text = JSON.stringify({ token, jwks, options });
    if (size > 0 && size + text.length > limit) {
      batches.push([]);
      size = 0;
    }
    batches.at(-1).push(text);
    size += text.length;
  }
  return batches.map((texts) => `[${texts.join(',')}]`);
}
