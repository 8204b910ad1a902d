// What is read: the token from standard input or a file; keys from there too, or from the network.

import { createReadStream } from 'node:fs';
import process from 'node:process';
import { parseSafeUrl } from '../core/shared.js';
import { type KeysInput, readKeysInput, readTokenInput } from '../explanations/pasted-input.js';
import { type Fetch, fetchJson, within } from '../remote/fetch-json.js';
import type { Arguments } from './arguments.js';
import { keysInvalid, noKeys, noToken, usage } from './failure.js';

/** Beyond this nothing is a token or a key set, and what has read so much says so. */
const LIMIT = 2 ** 20;

/** Seconds that a server has to answer. */
const TIMEOUT = 3;

/** Standard input or a file. */
interface Input extends AsyncIterable<string | Buffer> {
  readonly isTTY?: boolean;
}

/** A text and what was left out around it. */
export interface Read {
  text: string;
  notes: string[];
}

/** Keys, and where they are from. */
export interface ReadKeys extends Read {
  source: string;
}

/** The token that the operand names. */
export async function readToken(operand: string | undefined): Promise<Read> {
  const { text, notes } = await readSource(operand, 'a token');
  const unmarked = text.replace(/^\ufeff/, '');
  if (unmarked !== text) notes.push('The byte order mark before the token was left out.');
  const read = readTokenInput(unmarked);
  if ('problem' in read) throw noToken(read.problem);
  return { text: read.token, notes: [...notes, ...read.notes] };
}

/** Where the keys are: where `--jwks` says, or else at the one issuer's. */
export function locateKeys(args: Arguments): string {
  const jwks = args.one('jwks');
  // Standard input holds one thing.
  if (jwks === '-' && (args.operand ?? '-') === '-') {
    throw usage('Token and keys cannot both come from standard input.', 'Name a file for one of them.');
  }
  if (jwks !== undefined) return jwks;
  const [issuer, ...others] = args.all('issuer');
  if (issuer === undefined || others.length > 0) {
    throw usage(
      '--jwks is missing.',
      'Without it the keys are fetched from the issuer, of which there must be exactly one.',
    );
  }
  if (parseSafeUrl(issuer, args.has('allow-loopback-http')))
    return `${issuer.replace(/\/$/, '')}/.well-known/jwks.json`;
  if (hasPassword(issuer)) throw usage(WITHOUT_PASSWORD);
  throw usage('--issuer is no https URL, so its keys cannot be fetched.', 'Name its key set with --jwks.');
}

/** The keys of a file, of a URL, or of standard input. */
export async function readKeys(operand: string | undefined): Promise<ReadKeys> {
  // `http` on this very machine is somebody's own issuer.
  if (isUrl(operand)) {
    if (parseSafeUrl(operand, true)) return fetchKeys(operand);
    if (!URL.canParse(operand)) throw usage('What is written for the keys is no URL.');
    if (hasPassword(operand)) throw usage(WITHOUT_PASSWORD);
    throw usage('Keys are fetched by https alone: anybody on the way could change them.');
  }
  const { text, notes } = await readSource(operand, 'a key set');
  const source = operand === undefined || operand === '-' ? 'standard input' : operand;
  return takeKeys(readKeysInput(text), source, notes);
}

/** Fetches as `sts-jwt/remote` does: https, JSON, no redirect, bounded in time and size. */
export async function fetchDocument(url: string, fetchUrl: Fetch = fetch): Promise<string> {
  return (await within(TIMEOUT, (signal) => fetchJson(fetchUrl, url, signal))).jwks;
}

/** Why a fetch failed, in words: Node hides the reason in the cause. */
export function reasonOf(error: unknown): string {
  const { name, message, cause } = error as Error;
  if (name === 'TimeoutError') return `no answer within ${TIMEOUT} seconds`;
  const { code, message: reason } = (cause ?? {}) as { code?: string; message?: string };
  return reason || code || message;
}

async function fetchKeys(url: string): Promise<ReadKeys> {
  let text: string;
  try {
    text = await fetchDocument(url);
  } catch (error) {
    throw noKeys(`The keys at ${url} cannot be fetched: ${reasonOf(error)}.`);
  }
  // What a server publishes is taken as it is: nothing else would be what verifiers get.
  const read = readKeysInput(text);
  return takeKeys('jwksUri' in read ? read : { jwks: text, notes: [] }, url, []);
}

function takeKeys(read: KeysInput, source: string, notes: string[]): ReadKeys {
  if ('jwks' in read) return { text: read.jwks, source, notes: [...notes, ...read.notes] };
  const { problem, jwksUri } = read;
  throw keysInvalid(`${source}: ${problem}`, jwksUri && `It says that they are at ${jwksUri}`);
}

/** All that standard input or a file holds, up to the limit. */
async function readSource(operand: string | undefined, what: string): Promise<Read> {
  if (isUrl(operand)) throw usage('A token is read from a file or from standard input, not from a URL.');
  const isFile = operand !== undefined && operand !== '-';
  if (!isFile && process.stdin.isTTY) {
    throw usage(`Standard input is this terminal, and no file is named: ${what} is needed.`, 'Send it through a pipe.');
  }
  const octets = await readOctets(isFile ? createReadStream(operand) : process.stdin).catch((error: Error) => {
    // Behind the reason Node writes the name again.
    const [reason] = error.message.split(', ');
    throw usage(`${isFile ? nameOf(operand) : 'Standard input'} cannot be read: ${reason}.`);
  });
  if (octets.length === 0) {
    throw usage(
      `${isFile ? nameOf(operand) : 'Standard input'} is empty.`,
      'Did the command that should write it fail?',
    );
  }
  return decode(octets);
}

async function readOctets(input: Input): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  // Leaving the loop closes the input, which may be endless.
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
  // PowerShell before 6 writes files so.
  const isUtf16 = octets[0] === 0xff && octets[1] === 0xfe;
  // A byte order mark is left to whoever reads the text: the library refuses a key set that has one.
  const text = new TextDecoder(isUtf16 ? 'utf-16le' : 'utf-8', { ignoreBOM: !isUtf16 }).decode(octets);
  return { text, notes: isUtf16 ? ['The text was UTF-16, as PowerShell writes it.'] : [] };
}

const WITHOUT_PASSWORD = 'The URL of the keys must have no user and no password.';

function hasPassword(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { username, password } = new URL(text);
  return username !== '' || password !== '';
}

function isUrl(operand: string | undefined): operand is string {
  return /^[a-z][a-z\d+.-]*:\/\//i.test(operand ?? '');
}

/** Whoever pastes a secret in place of a file's name shall not find it in a log. */
function nameOf(file: string): string {
  return file.length > 100 ? 'The file' : file;
}
