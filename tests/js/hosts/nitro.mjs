// Nitro and Nuxt apps with a server route, built for Cloudflare and executed by workerd.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { COMPATIBILITY_DATE, startWorkerd } from '../support/workerd.mjs';
import { createApp } from './app.mjs';
import { runTool, startServer } from './http.mjs';
import { folderOf, installTool } from './installed.mjs';
import { versionIn } from './packages.mjs';

const nitro = { preset: 'cloudflare-module', compatibilityDate: COMPATIBILITY_DATE, experimental: { wasm: true } };

const H3 = `import { defineEventHandler, readRawBody } from 'h3';\n`;
const configOf = (config) => `export default ${JSON.stringify(config)};\n`;
const routeOf = (head, app, text) => `${head}import { answer } from '${app}/apps/suite/apps/answer.mjs';
export default defineEventHandler(async (event) => answer(await ${text}));
`;

export function startNitro2() {
  return start('nitro2', {
    title: 'Nitro 2',
    size: '85 MB',
    tool: 'nitropack',
    command: ['nitropack/dist/cli/index.mjs', 'build', 'matrix'],
    files: {
      'nitro.config.mjs': configOf(nitro),
      'routes/question.post.mjs': routeOf(H3, '..', 'readRawBody(event)'),
    },
  });
}

export function startNitro3() {
  return start('nitro3', {
    title: 'Nitro 3',
    size: '30 MB',
    tool: 'nitro',
    command: ['nitro/dist/cli/index.mjs', 'build', '--dir', 'matrix'],
    files: {
      // Nitro 3 does not install its own minifier.
      'nitro.config.mjs': configOf({ ...nitro, minify: false }),
      'routes/question.post.mjs': routeOf(`import { defineEventHandler } from 'nitro/h3';\n`, '..', 'event.req.text()'),
    },
  });
}

export function startNuxt() {
  return start('nuxt', {
    title: 'Nuxt',
    size: '230 MB',
    tool: 'nuxt',
    command: ['nuxt/bin/nuxt.mjs', 'build', 'matrix'],
    files: {
      'nuxt.config.mjs': configOf({ compatibilityDate: COMPATIBILITY_DATE, nitro }),
      'app.vue': '<template><p>Nuxt</p></template>\n',
      'server/routes/question.post.mjs': routeOf(H3, '../..', 'readRawBody(event)'),
    },
  });
}

async function start(name, { title, size, tool, command: [script, ...options], files }) {
  installTool(name, title, size);
  const folder = join(folderOf(name), 'matrix');
  rmSync(folder, { recursive: true, force: true });
  createApp('suite', { project: folder });
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(join(folder, file, '..'), { recursive: true });
    writeFileSync(join(folder, file), text);
  }
  const env = { NITRO_TELEMETRY_DISABLED: '1', NUXT_TELEMETRY_DISABLED: '1' };
  await runTool(join(folderOf(name), 'node_modules', script), options, { cwd: folderOf(name), env });
  const { url, log, stop } = await startWorkerd(join(folder, '.output/server'), { main: 'index.mjs' });
  return startServer({ version: versionIn(folderOf(name), tool), url: `${url}/question`, log, stop });
}
