// Writes the table of providers into docs/providers.md. A test checks that the table is up to date.
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { providersTable } from '../tests/js/support/providers.mjs';

const file = fileURLToPath(new URL('../docs/providers.md', import.meta.url));
const text = readFileSync(file, 'utf8');
const begin = '<!-- providers: begin -->\n';
const end = '\n<!-- providers: end -->';
writeFileSync(
  file,
  text.slice(0, text.indexOf(begin) + begin.length) + providersTable() + text.slice(text.indexOf(end)),
);
