// Writes docs/explanations.md from the one table of explanations in js/src/explanations/. Run by hand after a change there; a test
// compares. `explanationsPage()` is its text.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { importSource } from '../tests/js/support/sources.mjs';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** @param directory the package */
export async function explanationsPage(directory = join(ROOT, 'pkg')) {
  const load = (file) => importSource(`explanations/${file}`, directory);
  const [claims, codes, steps] = await Promise.all(['claims.ts', 'codes.ts', 'steps.ts'].map(load));
  return `# What tokens, decisions and errors say

The debugger page and the command line say the same, and \`sts-jwt/explanations\` gives it to programs. Written by
\`node scripts/explanations.mjs\` from \`js/src/explanations/\`.

## Header Parameters

${meanings(claims.PARAMETERS)}

## Claims

${meanings(claims.CLAIMS)}

## Members of \`https://sts.amazonaws.com/\`

${meanings(claims.AWS)}

Tags of EKS Pod Identity, in \`principal_tags\`:

${meanings(claims.TAGS)}

## Steps of a decision

In their order, where they apply. The first failed one decides.

${rules(steps.STAGES, 'stage')}

The stage \`claim\`, one step for each:

${rules(steps.CLAIMS, 'name')}

The stage \`policy\`, the cross-checks first:

${rules(steps.POLICY, 'name')}

## Codes

${table(
  ['code', 'when', 'what to do'],
  Object.entries(codes.CODES).map(([code, { when, advice }]) => [`\`${code}\``, when, advice]),
)}
`;
}

const meanings = (meanings) =>
  table(
    ['name', 'what it says', 'reference'],
    Object.entries(meanings).map(([name, { text, reference }]) => [`\`${name}\``, text, reference ?? '']),
  );

const rules = (rules, what) =>
  table(
    [what, 'title', 'rule', 'where it fails'],
    Object.entries(rules).map(([name, { title, rule, reference, advice }]) => [
      `\`${name}\``,
      title,
      reference === undefined ? rule : `${rule} ${reference}`,
      advice ?? '',
    ]),
  );

function table(heads, rows) {
  const line = (cells) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|').replace(/\*/g, '\\*')).join(' | ')} |`;
  return [line(heads), line(heads.map(() => '---')), ...rows.map(line)].join('\n');
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  writeFileSync(join(ROOT, 'docs/explanations.md'), await explanationsPage());
  console.log('docs/explanations.md is written');
}
