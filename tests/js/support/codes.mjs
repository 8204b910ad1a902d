// The error codes, read from the TypeScript union.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './paths.mjs';

const [, union] = /export type JwtErrorCode =([^;]+);/.exec(readFileSync(join(ROOT, 'js/src/errors.ts'), 'utf8'));

export const codes = [...union.matchAll(/'(ERR_[A-Z_]+)'/g)].map(([, code]) => code);
