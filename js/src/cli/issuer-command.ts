// `sts-jwt issuer`: checks a live issuer.

import { isAwsIssuer, JwtError, parseSafeUrl, wellKnown } from '../core/shared.js';
import { readKeysInput } from '../explanations/pasted-input.js';
import { documentUrls, isAbsent } from '../remote/discovery.js';
import type { Arguments } from './arguments.js';
import type { Result } from './commands.js';
import { type ExitStatus, usage } from './failure.js';
import { type Answer, type Document, readDocument } from './fetch-documents.js';
import { readDiscovery } from './input.js';
import { type Finding, findInAnswer, findInDiscovery, findInKeys, findInUrl } from './issuer-findings.js';
import { type KeysReport, printKeys, reportKeys } from './key-report.js';
import type { Page } from './output.js';

interface Examination {
  issuer: string;
  findings: Finding[];
  discovery: Answer;
  jwks: Answer;
  keys?: KeysReport;
}

export async function run(args: Arguments): Promise<Result> {
  const isLoopbackAllowed = args.has('allow-loopback-http');
  const issuer = args.operand;
  if (issuer === undefined) throw usage('The issuer is missing.', 'Give its https URL.');
  if (!parseSafeUrl(issuer, isLoopbackAllowed))
    throw usage(
      'The issuer must be an https URL, without credentials or placeholders.',
      'For http on this machine, add --allow-loopback-http.',
    );
  const isNamed = readDiscovery(args) ?? !isAwsIssuer(issuer);
  const examination = await examine(issuer, isNamed, isLoopbackAllowed);
  const { findings, discovery, jwks, keys } = examination;
  return {
    exitStatus: judge(examination),
    notes: [],
    json: { issuer, findings, discovery, jwks, ...keys },
    print: (page) => print(page, examination),
  };
}

/** @param isNamed Whether the discovery document names the URL of the keys. */
async function examine(issuer: string, isNamed: boolean, isLoopbackAllowed: boolean): Promise<Examination> {
  const findings: Finding[] = [];
  const add = (part: Finding['part'], found: readonly Omit<Finding, 'part'>[]): void => {
    findings.push(...found.map((finding) => ({ part, ...finding })));
  };
  add('url', findInUrl(issuer));

  const discovery = await readDiscoveryDocument(issuer);
  add('discovery', findInAnswer(discovery.answer));
  let jwksUri = wellKnown(issuer, 'jwks.json');
  if (discovery.text !== undefined) {
    const isSafe = (url: string): boolean => parseSafeUrl(url, isLoopbackAllowed) !== undefined;
    const found = findInDiscovery(discovery.text, issuer, isNamed ? undefined : jwksUri, isSafe);
    add('discovery', found.findings);
    if (isNamed) jwksUri = found.jwksUri ?? jwksUri;
  }

  const jwks = await readDocument(jwksUri);
  add('jwks', findInAnswer(jwks.answer));
  const { text } = jwks;
  if (text === undefined) return { issuer, findings, discovery: discovery.answer, jwks: jwks.answer };
  try {
    const keys = reportKeys(text);
    add('jwks', findInKeys(keys));
    return { issuer, findings, discovery: discovery.answer, jwks: jwks.answer, keys };
  } catch (error) {
    if (!(error instanceof JwtError)) throw error;
    const read = readKeysInput(text);
    add('jwks', [{ outcome: 'failed', text: 'problem' in read ? read.problem : error.message }]);
    return { issuer, findings, discovery: discovery.answer, jwks: jwks.answer };
  }
}

/** Reads the document of OpenID Connect or, if the server has no such document, the document of RFC 8414. */
async function readDiscoveryDocument(issuer: string): Promise<Document> {
  const [first, second] = documentUrls(issuer);
  const document = await readDocument(first);
  const { kind, status } = document.answer;
  if (!isAbsent({ kind: kind!, httpStatus: status! })) return document;
  const other = await readDocument(second);
  return other.text === undefined ? document : other;
}

/** Returns 3 if the keys did not arrive with status 200, 1 if any other check failed. */
function judge({ findings, jwks }: Examination): ExitStatus {
  if (jwks.status !== 200) return 3;
  return findings.some(({ outcome }) => outcome === 'failed') ? 1 : 0;
}

const VERDICTS = [
  ['NO PROBLEMS', 'green'],
  ['PROBLEMS FOUND', 'red'],
  ['', 'red'],
  ['KEYS UNAVAILABLE', 'red'],
] as const;

const MARKS = { passed: ['✓', 'green'], failed: ['✗', 'red'], note: ['!', 'yellow'] } as const;

function print(page: Page, examination: Examination): void {
  const { issuer, findings, discovery, jwks, keys } = examination;
  page.banner(VERDICTS[judge(examination)][0], issuer, VERDICTS[judge(examination)][1]);
  const parts = [
    ['url', 'URL'],
    ['discovery', `Discovery  ${discovery.url}`],
    ['jwks', `Key set  ${jwks.url}`],
  ] as const;
  for (const [part, heading] of parts) {
    page.heading(heading);
    for (const finding of findings.filter((each) => each.part === part)) {
      const [mark, markStyle] = MARKS[finding.outcome];
      page.row({ name: '', value: finding.text, nameWidth: 0, mark, markStyle });
    }
  }
  if (!keys) return;
  page.heading('Keys');
  printKeys(page, keys);
}
