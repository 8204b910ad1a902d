// The commands: what they are for, what they take, and which function runs them.

import { AWS_SUFFIXES } from '../generated/facts.js';
import type { Arguments } from './arguments.js';
import { run as decode } from './decode-command.js';
import { run as explain } from './explain-command.js';
import type { ExitStatus } from './failure.js';
import { run as issuer } from './issuer-command.js';
import { run as keys } from './keys-command.js';
import type { Group } from './options.js';
import type { Page } from './page.js';
import { run as verify } from './verify-command.js';

/** What a command found. */
export interface Result {
  exitStatus: ExitStatus;
  /** What was made of the input; for people beside the result, for machines in it. */
  notes: readonly string[];
  /** For machines: the members of the object besides `command`, `exitStatus` and `notes`. */
  json: object;
  /** For people. */
  print(page: Page): void;
}

export interface Command {
  summary: string;
  /** The arguments that are not options. */
  operands: string;
  options: readonly Group[];
  examples: readonly string[];
  run(args: Arguments): Promise<Result>;
}

const TOKEN = 'aws sts get-web-identity-token --audience https://api.example \\\n  --signing-algorithm ES384 |';
const ISSUER = `https://<uuid>.${AWS_SUFFIXES.aws}`;

export const COMMANDS: Readonly<Record<string, Command>> = {
  verify: {
    summary: 'Verifies a token and says whose it is, or why it is rejected.',
    operands: '[token file, or - for stdin]',
    options: ['jwks', 'loopback', 'expectations', 'aws', 'output'],
    examples: [
      `${TOKEN}\n  npx sts-jwt verify --issuer ${ISSUER} \\\n  --audience https://api.example --account 111122223333`,
      'npx sts-jwt verify token.jwt --jwks jwks.json \\\n  --any-issuer --audience https://api.example',
    ],
    run: verify,
  },
  decode: {
    summary: 'Reads a token WITHOUT verifying it: whoever made it may have written anything.',
    operands: '[token file, or - for stdin]',
    options: ['time', 'output'],
    examples: [`${TOKEN}\n  npx sts-jwt decode`, 'npx sts-jwt decode --json < token.jwt'],
    run: decode,
  },
  explain: {
    summary: 'Makes the same decision as verify and shows every step of it.',
    operands: '[token file, or - for stdin]',
    options: ['jwks', 'loopback', 'expectations', 'aws', 'output'],
    examples: [
      `${TOKEN}\n  npx sts-jwt explain --issuer ${ISSUER} \\\n  --audience https://api.example --aws`,
      "npx sts-jwt explain --jwks jwks.json --any-issuer --any-audience \\\n  --principal 'arn:aws:iam::*:role/svc/*' < token.jwt",
    ],
    run: explain,
  },
  keys: {
    summary: 'Reads a JWK Set: which keys can be used, why not the others, and whether AWS publishes such sets.',
    operands: '[file, https URL, or - for stdin]',
    options: ['jwks', 'output'],
    examples: [`npx sts-jwt keys ${ISSUER}/.well-known/jwks.json`, 'npx sts-jwt keys --json < jwks.json'],
    run: keys,
  },
  issuer: {
    summary: 'Checks a live issuer: its URL, discovery, key set, freshness, clock, and whether browsers may fetch it.',
    operands: '<https URL>',
    options: ['loopback', 'output'],
    examples: [`npx sts-jwt issuer ${ISSUER}`, `npx sts-jwt issuer --json ${ISSUER}`],
    run: issuer,
  },
};
