// Prints the output of --help.

import { COMMANDS, type Command } from './commands.js';
import { optionsOf, TITLES } from './options.js';
import type { Page } from './output.js';

export function printHelp(page: Page): void {
  page.text('sts-jwt verifies AWS STS web identity tokens and other ES384 or RS256 JWTs.', 0, 'bold');
  page.heading('Usage');
  page.text('npx sts-jwt <command> [options]', 2);
  page.heading('Commands');
  for (const [name, { summary }] of Object.entries(COMMANDS)) page.row({ name, value: summary, nameStyle: 'cyan' });
  page.heading('Example');
  printExample(page, COMMANDS['verify']!.examples[0]!);
  printStatuses(page);
  page.blank();
  page.text('Run npx sts-jwt <command> --help for the options and examples of a command.');
}

export function printCommandHelp(page: Page, name: string, { summary, operands, options, examples }: Command): void {
  page.text(summary, 0, 'bold');
  page.heading('Usage');
  page.text(`npx sts-jwt ${name} ${operands} [options]`, 2);
  page.heading(examples.length > 1 ? 'Examples' : 'Example');
  for (const [index, example] of examples.entries()) {
    if (index > 0) page.blank();
    printExample(page, example);
  }
  const listed = optionsOf(options);
  let title = '';
  for (const [option, { group, value, text, many }] of listed) {
    if (TITLES[group] !== title) page.heading((title = TITLES[group]));
    const usage = `--${option}${value === undefined ? '' : ` <${value}>`}${many ? ' …' : ''}`;
    page.row({ name: usage, value: text, nameWidth: 29, nameStyle: 'cyan' });
  }
  if (listed.some(([, { many }]) => many)) {
    page.blank();
    page.text('Options marked … can be repeated. Unless noted otherwise, any of the values is accepted.');
  }
  printStatuses(page);
}

function printExample(page: Page, example: string): void {
  for (const line of example.split('\n')) page.text(line, 2);
}

function printStatuses(page: Page): void {
  page.heading('Exit status');
  page.row({ name: '0', value: 'verified; keys usable; no problems with the issuer', nameWidth: 3 });
  page.row({ name: '1', value: 'rejected; no key usable; problems with the issuer', nameWidth: 3 });
  page.row({ name: '2', value: 'wrong usage, or no input', nameWidth: 3 });
  page.row({ name: '3', value: 'keys unavailable, so nothing was checked', nameWidth: 3 });
}
