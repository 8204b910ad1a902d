// The error codes of the core, from the file that the build generates, and the error codes that only TypeScript raises.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './paths.mjs';

const text = ['generated/codes.ts', 'core/errors.ts']
  .map((file) => readFileSync(join(ROOT, 'js/src', file), 'utf8'))
  .join('');

const ROW = /code: '(\w+)',\s*category: '(\w+)',\s*retryable: (\w+),\s*status: (\d+)/g;

export const errors = [...text.matchAll(ROW)].map(([, code, category, retryable, status]) => ({
  code,
  category,
  retryable,
  status,
}));
export const codes = errors.map(({ code }) => code);
