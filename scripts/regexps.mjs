// A step of `make check`: every regular expression of js/ must match in linear time, because tokens, headers and pasted
// text may be hostile. For each expression that may take longer, prints the file, the line and an attack.
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

// This backend of the detector needs neither Java nor a native binary.
process.env.RECHECK_BACKEND = 'pure';

const root = fileURLToPath(new URL('..', import.meta.url));
const load = createRequire(join(root, 'js/package.json'));
const ts = load('typescript');
const { check } = load('recheck');

/**
 * The checker `automaton` is exact, so every run has the same result, but it does not support look-around. The other
 * checker of `recheck` tries random attacks.
 */
const OPTIONS = { checker: 'automaton', timeout: 60_000 };

const folders = process.argv.length > 2 ? process.argv.slice(2) : [join(root, 'js/src'), join(root, 'js/debugger')];
const expressions = folders.flatMap(filesOf).flatMap(expressionsOf);
const problems = [];
for (const expression of expressions) {
  const problem = expression.problem ?? (await problemOf(expression));
  if (problem) problems.push(`${relative(root, expression.file)}:${expression.line}: ${expression.text}\n  ${problem}`);
}
if (problems.length > 0) {
  console.error(problems.join('\n'));
  console.error(`${problems.length} of ${expressions.length} regular expressions are not linear`);
  process.exit(1);
}
console.log(`${expressions.length} regular expressions match in linear time`);
process.exit(0);

function filesOf(folder) {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && /\.(ts|mjs|js|html)$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => !file.includes('/generated/'));
}

/** Returns the regular expressions of a file: literals, and calls of `RegExp`, which must have literal arguments. */
function expressionsOf(file) {
  const text = readFileSync(file, 'utf8');
  // Only the scripts of a page are code.
  const code = file.endsWith('.html') ? scriptsOf(text) : text;
  const source = ts.createSourceFile(file, code, ts.ScriptTarget.Latest, true, ts.ScriptKind.TS);
  const found = [];
  const visit = (node) => {
    const text = node.getText?.(source);
    const at = () => ({ file, line: source.getLineAndCharacterOfPosition(node.getStart(source)).line + 1, text });
    if (ts.isRegularExpressionLiteral(node)) {
      const end = text.lastIndexOf('/');
      found.push({ ...at(), pattern: text.slice(1, end), flags: text.slice(end + 1) });
    }
    if ((ts.isNewExpression(node) || ts.isCallExpression(node)) && node.expression.getText(source) === 'RegExp') {
      const [pattern, flags] = node.arguments ?? [];
      if (pattern && ts.isStringLiteralLike(pattern) && (!flags || ts.isStringLiteralLike(flags)))
        found.push({ ...at(), pattern: pattern.text, flags: flags?.text ?? '' });
      else found.push({ ...at(), problem: 'cannot be checked: write it as a literal' });
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

/** Blanks everything except the scripts of a page. Keeps line breaks, so line numbers stay correct. */
function scriptsOf(html) {
  let code = '';
  let end = 0;
  for (const match of html.matchAll(/(?<=<script[^>]*>).*?(?=<\/script>)/gs)) {
    code += html.slice(end, match.index).replace(/[^\n]/g, ' ') + match[0];
    end = match.index + match[0].length;
  }
  return code;
}

async function problemOf({ pattern, flags }) {
  const { status, complexity, attack, error } = await check(pattern, flags, OPTIONS);
  if (status === 'safe') return undefined;
  if (status === 'unknown') return `cannot be checked: ${error.kind} ${error.message ?? ''}`;
  return `${complexity.summary}; attack: ${attack.pattern}`;
}
