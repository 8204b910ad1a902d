// Writes docs/explanations.md from the explanations in js/src/explanations/. Run this script after changing the
// explanations. A test checks that the file is up to date.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { importSource } from '../tests/js/support/sources.mjs';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** Returns the text of docs/explanations.md. @param directory The built package. */
export async function explanationsPage(directory = join(ROOT, 'pkg')) {
  const load = (file) => importSource(`explanations/${file}`, directory);
  const [claims, codes, steps] = await Promise.all(['claims.ts', 'codes.ts', 'steps.ts'].map(load));
  return `# What tokens, decisions and errors mean

The debugger page and the command line show these texts, and \`sts-jwt/explanations\` exports them. Generated from
\`js/src/explanations/\` by \`node scripts/explanations.mjs\`.

## Header Parameters

${meanings(claims.PARAMETERS)}

## Claims

${meanings(claims.CLAIMS)}

## Members of \`https://sts.amazonaws.com/\`

${meanings(claims.AWS)}

Tags of EKS Pod Identity, in \`principal_tags\`:

${meanings(claims.TAGS)}

## Steps of a decision

In order. Steps that do not apply are omitted. The first failed step decides the code.

${rules(steps.STAGES, 'stage')}

The stage \`claim\` has one step per claim:

${rules(steps.CLAIMS, 'name')}

The stage \`policy\`, with the cross-checks first:

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
    ['name', 'meaning', 'reference'],
    Object.entries(meanings).map(([name, { text, reference }]) => [`\`${name}\``, text, reference ?? '']),
  );

const rules = (rules, heading) =>
  table(
    [heading, 'title', 'rule', 'if it fails'],
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
  console.log('wrote docs/explanations.md');
}
