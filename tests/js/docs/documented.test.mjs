// Checks that every public name is documented in the published declarations: all exports of the entries, and the members of
// their types.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import test, { describe } from 'node:test';
import { PROJECT, ROOT } from '../support/paths.mjs';

// Uses the build's TypeScript, because version 7 does not have this API.
const ts = createRequire(join(ROOT, 'js/package.json'))('typescript');

const PACKAGE = join(PROJECT, 'node_modules/sts-jwt');
const { exports } = JSON.parse(readFileSync(join(PACKAGE, 'package.json'), 'utf8'));
const entries = Object.entries(exports).filter(([, target]) => typeof target === 'object' && target.types);
const files = entries.map(([, { types }]) => join(PACKAGE, types));
const program = ts.createProgram(files, {
  module: ts.ModuleKind.NodeNext,
  target: ts.ScriptTarget.ES2022,
  lib: ['lib.es2022.d.ts', 'lib.dom.d.ts', 'lib.esnext.disposable.d.ts'],
  types: [],
  skipLibCheck: true,
});
const checker = program.getTypeChecker();

/** Returns a name and the names of its members, if this package declares them. */
function namesOf(symbol, name = symbol.name) {
  const target = symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
  const declared = (target.declarations ?? []).filter((each) => each.getSourceFile().fileName.includes('/sts-jwt/'));
  if (declared.length === 0) return [];
  const members = [];
  for (const declaration of declared) {
    if (!ts.isInterfaceDeclaration(declaration) && !ts.isClassDeclaration(declaration)) continue;
    for (const member of declaration.members) {
      if (!member.name || ts.isPrivateIdentifier(member.name) || ts.isComputedPropertyName(member.name)) continue;
      members.push([`${name}.${member.name.getText()}`, checker.getSymbolAtLocation(member.name)]);
    }
  }
  return [[name, target], ...members];
}

const isDocumented = (symbol) => symbol.getDocumentationComment(checker).length > 0;

/** Members without a comment: an RFC defines them, or their name and type are sufficient. */
const SELF_EVIDENT =
  /^(?:Jwk|JoseHeader|Claims|Arn|AwsPrincipal|AwsSession|AwsIdentity|KeyReport|TestRequest|VerifiedToken|UnverifiedToken)\./;

describe('declarations', () => {
  for (const [entry, { types }] of entries) {
    test(`documents every name of ${entry.replace('.', 'sts-jwt')}`, () => {
      const module = checker.getSymbolAtLocation(program.getSourceFile(join(PACKAGE, types)));
      const names = checker.getExportsOfModule(module).flatMap((symbol) => namesOf(symbol));
      assert.ok(names.length > 0);
      const bare = names.filter(([name, symbol]) => !isDocumented(symbol) && !SELF_EVIDENT.test(name));
      assert.deepEqual(
        bare.map(([name]) => name),
        [],
      );
    });
  }
});
