// Reads the token from standard input or a file, and the keys from standard input, a file or the network.

import { createReadStream, existsSync } from 'node:fs';
import process from 'node:process';
import { isAwsIssuer, JwtError, parseSafeUrl, wellKnown } from '../core/shared.js';
import { type KeysInput, readKeysInput, readTokenInput } from '../explanations/pasted-input.js';
import { discover, documentUrls } from '../remote/discovery.js';
import { type Fetch, fetchJson, withoutAdvice } from '../remote/fetch-json.js';
import type { Arguments } from './arguments.js';
import { keysInvalid, noKeys, noToken, usage } from './failure.js';

/** Input limit in bytes. Reading stops at the limit, and the input is rejected as too large. */
const LIMIT = 2 ** 20;

/** Timeout of a request, in seconds. */
const TIMEOUT = 3;

/** Standard input or a file. */
interface Input extends AsyncIterable<string | Buffer> {
  readonly isTTY?: boolean;
}

/** The input, and notes about the characters that were removed around it. */
export interface Read {
  text: string;
  notes: string[];
}

/** Keys and their source. */
export interface ReadKeys extends Read {
  source: string;
}

/** Reads the token from the file in the operand, or from standard input. */
export async function readToken(operand: string | undefined): Promise<Read> {
  const { text, notes } = await readSource(operand, 'a token');
  const unmarked = text.replace(/^\ufeff/, '');
  if (unmarked !== text) notes.push('The byte order mark before the token was removed.');
  const read = readTokenInput(unmarked);
  if ('problem' in read) throw noToken(read.problem);
  return { text: read.token, notes: [...notes, ...read.notes] };
}

/** Where the keys come from: a file or URL, standard input (undefined), or an issuer. */
export type KeysLocation = string | undefined | { issuer: string; discovery: boolean; allowLoopbackHttp: boolean };

/** Returns the location of the keys: `--jwks`, or the only issuer. */
export function locateKeys(args: Arguments): KeysLocation {
  const jwks = args.one('jwks');

  if (jwks === '-' && (args.operand ?? '-') === '-') {
    throw usage('Token and keys cannot both come from standard input.', 'Name a file for one of them.');
  }
  if (jwks !== undefined) {
    if (readDiscovery(args) === undefined) return jwks;
    throw usage('--jwks cannot be combined with --discovery or --no-discovery.', 'Leave one of them out.');
  }
  const [issuer, ...others] = args.all('issuer');
  if (issuer === undefined || others.length > 0) {
    throw usage(
      '--jwks is missing.',
      'Without it, the keys are fetched from the issuer, which requires exactly one --issuer.',
    );
  }
  return locateKeysOf(issuer, '--issuer', args);
}

/** Returns the location of an issuer's keys. `name` says where the issuer was given. */
export function locateKeysOf(issuer: string, name: string, args: Arguments): KeysLocation {
  const allowLoopbackHttp = args.has('allow-loopback-http');
  if (parseSafeUrl(issuer, allowLoopbackHttp)) {
    return { issuer, discovery: readDiscovery(args) ?? !isAwsIssuer(issuer), allowLoopbackHttp };
  }
  if (hasPassword(issuer)) throw usage(WITHOUT_PASSWORD);
  throw usage(
    `${name} is not an https URL, so its keys cannot be fetched.`,
    'Pass its key set with --jwks, or for http on this machine add --allow-loopback-http.',
  );
}

/** Returns whether `--discovery` or `--no-discovery` was given; undefined if neither was. */
export function readDiscovery(args: Arguments): boolean | undefined {
  const [yes, no] = [args.has('discovery'), args.has('no-discovery')];
  if (yes && no) throw usage('--discovery and --no-discovery cannot be combined.');
  return yes || (no ? false : undefined);
}

/** Reads keys from their location. */
export async function readKeys(operand: KeysLocation): Promise<ReadKeys> {
  if (typeof operand === 'object') return fetchKeys(await findKeys(operand));
  // http is allowed on this machine, for local issuers.
  if (isUrl(operand)) {
    if (parseSafeUrl(operand, true)) return fetchKeys(operand);
    if (!URL.canParse(operand)) throw usage('The URL of the keys is not valid.');
    if (hasPassword(operand)) throw usage(WITHOUT_PASSWORD);
    throw usage('Keys must be fetched over https. Otherwise anyone on the network could replace them.');
  }
  const { text, notes } = await readSource(operand, 'a key set');
  const source = operand === undefined || operand === '-' ? 'standard input' : operand;
  return takeKeys(readKeysInput(text), source, notes);
}

/**
 * Fetches like `sts-jwt/remote`: JSON, without redirects, bounded in time and size.
 *
 * @throws JwtError `ERR_JWKS_UNAVAILABLE`
 */
export async function fetchDocument(url: string, fetchUrl: Fetch = fetch): Promise<string> {
  return fetchJson(fetchUrl, url, TIMEOUT, 'jwks', ({ jwks }) => jwks);
}

/** Returns the message without its advice, which is for programs that use the library. */
export function problemOf({ kind, message }: JwtError): string {
  if (kind === 'timeout') return `no answer within ${TIMEOUT} seconds`;
  return ['content_type', 'redirect', 'status', 'network'].includes(kind!) ? withoutAdvice(message) : message;
}

/** Returns the URL of an issuer's keys, by the same rules as `sts-jwt/remote`. */
async function findKeys({ issuer, discovery, allowLoopbackHttp }: KeysLocation & object): Promise<string> {
  if (!discovery) return wellKnown(issuer, 'jwks.json');
  try {
    return await discover(fetch, issuer, TIMEOUT, allowLoopbackHttp);
  } catch (error) {
    if (!(error instanceof JwtError)) throw error;
    const [url] = documentUrls(issuer);
    throw noKeys(
      `The discovery document of the issuer cannot be fetched from ${url}: ${problemOf(error)}.`,
      error.kind!,
      'If its keys are elsewhere, pass --jwks <URL>, or --no-discovery for <issuer>/.well-known/jwks.json.',
    );
  }
}

async function fetchKeys(url: string): Promise<ReadKeys> {
  let text: string;
  try {
    text = await fetchDocument(url);
  } catch (error) {
    if (!(error instanceof JwtError)) throw error;
    throw noKeys(`The keys at ${url} cannot be fetched: ${problemOf(error)}.`, error.kind!);
  }
  // Nothing is cleaned up in a fetched document, because verifiers read the document exactly as served.
  const read = readKeysInput(text);
  return takeKeys('jwksUri' in read ? read : { jwks: text, notes: [] }, url, []);
}

function takeKeys(read: KeysInput, source: string, notes: string[]): ReadKeys {
  if ('jwks' in read) return { text: read.jwks, source, notes: [...notes, ...read.notes] };
  const { problem, jwksUri } = read;
  throw keysInvalid(`${source}: ${problem}`, jwksUri && `Its "jwks_uri" is ${jwksUri}`);
}

/** Reads standard input or a file, up to the limit. */
async function readSource(operand: string | undefined, what: string): Promise<Read> {
  if (isUrl(operand)) throw usage('A token is read from a file or from standard input, not from a URL.');
  const isFile = operand !== undefined && operand !== '-';
  if (!isFile && process.stdin.isTTY) {
    throw usage(
      `Standard input is a terminal and no file was named: ${what} is needed.`,
      'Pipe it in, or name a file.',
    );
  }
  const octets = await readOctets(isFile ? createReadStream(operand) : process.stdin).catch((error: Error) => {
    // Node repeats the file name after the reason.
    const [reason] = error.message.split(', ');
    throw usage(
      `${isFile ? nameOf(operand) : 'Standard input'} cannot be read: ${reason}.`,
      isFile && !existsSync(operand) ? 'Name an existing file, or pass its content on standard input.' : undefined,
    );
  });
  if (octets.length === 0) {
    throw usage(`${isFile ? nameOf(operand) : 'Standard input'} is empty.`, 'Did the command that writes it fail?');
  }
  return decode(octets);
}

async function readOctets(input: Input): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  // `break` closes the input, which may be endless.
  for await (const piece of input) {
    const chunk = Buffer.from(piece);
    chunks.push(chunk);
    length += chunk.length;
    if (length > LIMIT) break;
  }
  const octets = new Uint8Array(length);
  let offset = 0;
  for (const chunk of chunks) {
    octets.set(chunk, offset);
    offset += chunk.length;
  }
  return octets;
}

function decode(octets: Uint8Array): Read {
  // PowerShell before version 6 writes files as UTF-16 with a byte order mark.
  const isUtf16 = octets[0] === 0xff && octets[1] === 0xfe;
  // Keep a UTF-8 byte order mark: the library rejects a key set that has one, and readToken() removes it.
  const text = new TextDecoder(isUtf16 ? 'utf-16le' : 'utf-8', { ignoreBOM: !isUtf16 }).decode(octets);
  return { text, notes: isUtf16 ? ['The text was converted from UTF-16, as written by PowerShell.'] : [] };
}

const WITHOUT_PASSWORD = 'The URL of the keys must not contain a user name or password.';

function hasPassword(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { username, password } = new URL(text);
  return username !== '' || password !== '';
}

function isUrl(operand: string | undefined): operand is string {
  return /^[a-z][a-z\d+.-]*:\/\//i.test(operand ?? '');
}

/** Returns the name if the file exists. Any other argument may be a secret and must not end up in a log. */
function nameOf(file: string): string {
  return existsSync(file) ? file : 'The file';
}
