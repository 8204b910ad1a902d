// Checks a list of accounts, and prints it as a file for `wrangler kv bulk put`: node scripts/accounts.mjs accounts.json
import { readFileSync } from 'node:fs';
import { createVerifier } from 'sts-jwt';

const [file] = process.argv.slice(2);
if (file === undefined) fail('usage: node scripts/accounts.mjs accounts.json');

const accounts = readList(file);
const seen = new Set();
const entries = accounts.map((account, index) => {
  const problem = problemOf(account ?? {});
  if (problem) fail(`${file}: entry ${index + 1}: ${problem}`);
  seen.add(account.issuer);
  return { key: account.issuer, value: JSON.stringify(account.aws) };
});
console.log(JSON.stringify(entries, null, 2));

function readList(file) {
  try {
    const list = JSON.parse(readFileSync(file, 'utf8'));
    return Array.isArray(list) ? list : fail(`${file}: must be an array`);
  } catch (error) {
    return fail(`${file}: ${error.message}`);
  }
}

/**
 * Returns what is wrong with an entry, or undefined. With a wrong entry, the Worker would answer 503 to the account's
 * tokens.
 */
function problemOf({ issuer, aws, ...others }) {
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) return `"${unknown}" is unknown; an entry has "issuer" and "aws"`;
  if (seen.has(issuer)) return `${issuer} is in the list twice`;
  if (!(aws?.accounts?.length > 0)) return '"aws.accounts" must name the account';
  try {
    createVerifier({ issuer, audience: 'any', aws });
  } catch (error) {
    return error.message;
  }
  return undefined;
}

function fail(message) {
  console.error(message);
  process.exit(1);
}
