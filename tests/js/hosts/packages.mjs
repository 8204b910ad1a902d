// The packages of tools, as npm installed them.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export const packageOf = (tools, name) => join(tools, 'node_modules', name);

export const versionIn = (tools, name) =>
  JSON.parse(readFileSync(join(packageOf(tools, name), 'package.json'), 'utf8')).version;
