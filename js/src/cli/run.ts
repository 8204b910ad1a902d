// Runs a command and prints its result.

import { readFileSync } from 'node:fs';
import process from 'node:process';
import { readArguments, rejectTokens } from './arguments.js';
import { COMMANDS, type Command, type Result } from './commands.js';
import { type ExitStatus, type Failure, failureOf, usage } from './failure.js';
import { printCommandHelp, printHelp } from './help.js';
import { Page } from './output.js';
import { jsonLine, painter } from './terminal-text.js';

/** Runs the command line and returns the exit status. Never throws because of a token, a file or a server. */
export async function run(args: string[]): Promise<ExitStatus> {
  const [name = '', ...rest] = args;
  const optionArgs = args.includes('--') ? args.slice(0, args.indexOf('--')) : args;
  if (optionArgs.includes('--version')) return print(`${version()}\n`);
  if (name === 'help') return help(rest[0] ?? '', optionArgs);
  if (optionArgs.includes('--help') || optionArgs.includes('-h')) return help(name, optionArgs);
  const isJson = optionArgs.includes('--json');
  try {
    return report(name, await perform(name, rest), optionArgs, isJson);
  } catch (error) {
    return complain(commandOf(name) && name, failureOf(error), optionArgs, isJson);
  }
}

function help(about: string, optionArgs: string[]): ExitStatus {
  const command = commandOf(about);
  const fill = (page: Page): void => (command ? printCommandHelp(page, about, command) : printHelp(page));
  return print(pageOf(optionArgs, process.stdout, fill));
}

async function perform(name: string, rest: string[]): Promise<Result> {
  rejectTokens([name, ...rest]);
  const command = commandOf(name);
  if (command) return command.run(readArguments(rest, command.options));
  throw usage(
    name === '' || name.startsWith('-') ? 'The command is missing.' : 'Unknown command.',
    `The commands are ${Object.keys(COMMANDS).join(', ')}.`,
  );
}

function commandOf(name: string): Command | undefined {
  return Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
}

function report(command: string, result: Result, optionArgs: string[], isJson: boolean): ExitStatus {
  const { exitStatus, notes, json } = result;
  if (isJson) {
    print(`${jsonLine({ command, exitStatus, notes, ...json })}\n`);
    return exitStatus;
  }
  if (notes.length > 0) {
    process.stderr.write(
      pageOf(optionArgs, process.stderr, (page) => notes.forEach((note) => page.text(`Note: ${note}`, 0, 'dim'))),
    );
  }
  print(pageOf(optionArgs, process.stdout, (page) => result.print(page)));
  return exitStatus;
}

/** Prints why there is no result. */
function complain(command: string | undefined, failure: Failure, optionArgs: string[], isJson: boolean): ExitStatus {
  const { exitStatus, code, message, advice, kind } = failure;
  if (isJson) {
    const error = { code, message, ...(advice ? { advice } : {}), ...(kind ? { kind } : {}) };
    print(`${jsonLine({ ...(command ? { command } : {}), exitStatus, error })}\n`);
    return exitStatus;
  }
  const page = pageOf(optionArgs, process.stderr, (page) => {
    page.text(`sts-jwt${command ? ` ${command}` : ''}: ${message}`, 0, 'red');
    if (advice) page.text(advice);
    if (exitStatus === 2) page.text(`See npx sts-jwt ${command ? `${command} ` : ''}--help`, 0, 'dim');
  });
  process.stderr.write(page);
  return exitStatus;
}

function pageOf(optionArgs: string[], output: { isTTY?: boolean }, fill: (page: Page) => void): string {
  const page = new Page(painter(hasColour(optionArgs, output)));
  fill(page);
  return page.toString();
}

/**
 * Whether to use colour. The first of these that is given decides: the option, NO_COLOR (no-color.org), FORCE_COLOR
 * (force-color.org); otherwise, whether the output is a terminal.
 */
function hasColour(optionArgs: string[], output: { isTTY?: boolean }): boolean {
  if (optionArgs.includes('--no-color')) return false;
  if (optionArgs.includes('--color')) return true;
  if (process.env['NO_COLOR']) return false;
  const { FORCE_COLOR: forced } = process.env;
  return forced ? forced !== '0' : output.isTTY === true && process.env['TERM'] !== 'dumb';
}

function print(text: string): ExitStatus {
  process.stdout.write(text);
  return 0;
}

function version(): string {
  const manifest = new TextDecoder().decode(readFileSync(new URL('../package.json', import.meta.url)));
  return (JSON.parse(manifest) as { version: string }).version;
}
