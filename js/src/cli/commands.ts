// The commands: summary, arguments and examples of each, and the function that runs it.

import { AWS_SUFFIXES } from '../generated/facts.js';
import type { Arguments } from './arguments.js';
import { run as decode } from './decode-command.js';
import { run as explain } from './explain-command.js';
import type { ExitStatus } from './failure.js';
import { run as issuer } from './issuer-command.js';
import { run as keys } from './keys-command.js';
import type { Group } from './options.js';
import type { Page } from './output.js';
import { run as verify } from './verify-command.js';

/** The result of a command. */
export interface Result {
  exitStatus: ExitStatus;
  /** How the input was cleaned up, in words. Printed to stderr, or part of the JSON. */
  notes: readonly string[];
  /** Output for machines: the members of the JSON object in addition to `command`, `exitStatus` and `notes`. */
  json: object;
  /** Prints the output for people. */
  print(page: Page): void;
}

export interface Command {
  summary: string;
  /** The positional arguments, as shown in the help. */
  operands: string;
  options: readonly Group[];
  examples: readonly string[];
  run(args: Arguments): Promise<Result>;
}

const TOKEN = 'aws sts get-web-identity-token --audience https://api.example \\\n  --signing-algorithm ES384 |';
const ISSUER = `https://<uuid>.${AWS_SUFFIXES.aws}`;

export const COMMANDS: Readonly<Record<string, Command>> = {
  verify: {
    summary: 'Verifies a token and shows whose it is, or why it is rejected.',
    operands: '[token file, or - for stdin]',
    options: ['jwks', 'discovery', 'loopback', 'expectations', 'aws', 'output'],
    examples: [
      `${TOKEN}\n  npx sts-jwt verify --issuer ${ISSUER} \\\n  --audience https://api.example --account 111122223333`,
      'npx sts-jwt verify token.jwt --jwks jwks.json \\\n  --any-issuer --audience https://api.example',
    ],
    run: verify,
  },
  decode: {
    summary: 'Decodes a token WITHOUT verifying it. Anyone may have written its contents.',
    operands: '[token file, or - for stdin]',
    options: ['time', 'output'],
    examples: [`${TOKEN}\n  npx sts-jwt decode`, 'npx sts-jwt decode --json < token.jwt'],
    run: decode,
  },
  explain: {
    summary: 'Verifies a token and shows every step of the decision.',
    operands: '[token file, or - for stdin]',
    options: ['jwks', 'discovery', 'loopback', 'expectations', 'aws', 'output'],
    examples: [
      `${TOKEN}\n  npx sts-jwt explain --issuer ${ISSUER} \\\n  --audience https://api.example --aws`,
      "npx sts-jwt explain --jwks jwks.json --any-issuer --any-audience \\\n  --principal 'arn:aws:iam::*:role/svc/*' < token.jwt",
    ],
    run: explain,
  },
  keys: {
    summary: 'Lists the keys of a JWK Set: whether each is usable, and how the set differs from those of AWS.',
    operands: '[file, https URL, or - for stdin; with --discovery, the issuer]',
    options: ['jwks', 'discovery', 'loopback', 'output'],
    examples: [
      `npx sts-jwt keys \\\n  ${ISSUER}/.well-known/jwks.json`,
      'npx sts-jwt keys --discovery https://accounts.google.com',
      'npx sts-jwt keys --json < jwks.json',
    ],
    run: keys,
  },
  issuer: {
    summary: 'Checks a live issuer: its URL, discovery document, key set, caching, clock and CORS.',
    operands: '<https URL>',
    options: ['discovery', 'loopback', 'output'],
    examples: [`npx sts-jwt issuer ${ISSUER}`, `npx sts-jwt issuer --json ${ISSUER}`],
    run: issuer,
  },
};
