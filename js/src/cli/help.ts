// The texts of --help.

import { COMMANDS, type Command } from './commands.js';
import { optionsOf, TITLES } from './options.js';
import type { Page } from './page.js';

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
  page.text('npx sts-jwt <command> --help has the options and examples of a command.');
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
    const written = `--${option}${value === undefined ? '' : ` <${value}>`}${many ? ' …' : ''}`;
    page.row({ name: written, value: text, nameWidth: 29, nameStyle: 'cyan' });
  }
  if (listed.some(([, { many }]) => many)) {
    page.blank();
    page.text('Options with … may be written several times: any of the values will do.');
  }
  printStatuses(page);
}

function printExample(page: Page, example: string): void {
  for (const line of example.split('\n')) page.text(line, 2);
}

function printStatuses(page: Page): void {
  page.heading('Exit status');
  page.row({ name: '0', value: 'verified; keys usable; issuer all right', nameWidth: 3 });
  page.row({ name: '1', value: 'rejected; no key usable; something wrong with the issuer', nameWidth: 3 });
  page.row({ name: '2', value: 'the command line is wrong, or nothing was given', nameWidth: 3 });
  page.row({ name: '3', value: 'the keys cannot be had, so nothing was judged', nameWidth: 3 });
}
