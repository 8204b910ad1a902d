// Runs a Worker the way Cloudflare does: bundled by wrangler exactly as `wrangler deploy` would upload it, and executed
// by the workerd binary.
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, relative } from 'node:path';
import { promisify } from 'node:util';
import { ROOT, TOOLS, WORK } from './paths.mjs';

const require = createRequire(import.meta.url);
const { default: binary, version: workerdVersion } = require('workerd');

export { workerdVersion };

/** wrangler's command line, and an environment without prompts and telemetry. */
export const WRANGLER = join(TOOLS, 'node_modules/wrangler/bin/wrangler.js');
export const wranglerEnvironment = () => ({
  ...process.env,
  CI: '1',
  NO_COLOR: '1',
  WRANGLER_SEND_METRICS: 'false',
  WRANGLER_LOG_PATH: join(WORK, 'wrangler.log'),
});

/** All Workers here use the compatibility date of the example. */
const wranglerConfig = readFileSync(join(ROOT, 'examples/worker/wrangler.jsonc'), 'utf8');
export const COMPATIBILITY_DATE = /"compatibility_date": "(.+?)"/.exec(wranglerConfig)[1];

/** Runs `wrangler deploy --dry-run` on a project folder or entry file. Returns the folder with the upload. */
export async function bundleWorker(
  name,
  /** @type {{ project?: string, entry?: string }} */ { project = WORK, entry } = {},
) {
  const outdir = join(WORK, 'bundles', name);
  rmSync(outdir, { recursive: true, force: true });
  const script = entry ? [entry, '--name', name, '--compatibility-date', COMPATIBILITY_DATE] : [];
  try {
    await promisify(execFile)(process.execPath, [WRANGLER, 'deploy', ...script, '--dry-run', '--outdir', outdir], {
      cwd: project,
      env: wranglerEnvironment(),
    });
  } catch (error) {
    throw new Error(`wrangler could not bundle ${name}:\n${error.stdout}${error.stderr}`, { cause: error });
  }
  return outdir;
}

/** Lists the modules of a folder in the order that workerd requires: the main module first. */
export function modulesIn(folder, main = readdirSync(folder).find((file) => file.endsWith('.js'))) {
  const files = readdirSync(folder, { encoding: 'utf8', recursive: true }).filter((file) =>
    /\.(m?js|wasm)$/.test(file),
  );
  return [main, ...files.filter((file) => file !== main)];
}

/**
 * Starts workerd on a free loopback port with the modules of a folder. All fetches of the Worker go to `outbound`,
 * regardless of the host in the URL. `outbound` is either "host:port" for plain HTTP, or the folder of a second Worker,
 * which is then also available at `outboundUrl`. `objects` binds names to Durable Object classes exported by the script;
 * their storage is in memory.
 */
export async function startWorkerd(folder, /** @type {Record<string, any>} */ options = {}) {
  const { vars, objects, outbound, main, compatibilityDate = COMPATIBILITY_DATE } = options;
  const second = outbound !== undefined && existsSync(outbound);
  const services = [
    workerService('main', {
      folder,
      main,
      vars,
      objects,
      compatibilityDate,
      configuredIn: folder,
      outbound: 'outbound',
    }),
    second
      ? workerService('outbound', { folder: outbound, compatibilityDate, configuredIn: folder })
      : `( name = "outbound", ${outbound ? `external = ( address = "${outbound}", http = () )` : 'network = ( allow = [] )'} )`,
  ];
  const sockets = second ? { http: 'main', outbound: 'outbound' } : { http: 'main' };
  const config = join(folder, 'config.capnp');
  writeFileSync(config, configOf(services, sockets));
  const { child, log, ports } = await spawnWorkerd(config, Object.keys(sockets));
  return {
    url: `http://127.0.0.1:${ports.http}`,
    outboundUrl: second ? `http://127.0.0.1:${ports.outbound}` : undefined,
    pid: child.pid,
    log,
    async stop() {
      if (child.exitCode !== null) return;
      child.kill();
      await once(child, 'exit');
    },
  };
}

function workerService(
  name,
  /** @type {Record<string, any>} */ {
    folder,
    main,
    vars = {},
    objects = {},
    compatibilityDate,
    configuredIn,
    outbound,
  },
) {
  const modules = modulesIn(folder, main).map((file) => {
    const path = JSON.stringify(relative(configuredIn, join(folder, file)));
    return `( name = "${file}", ${file.endsWith('.wasm') ? 'wasm' : 'esModule'} = embed ${path} )`;
  });
  const bindings = Object.entries(vars).map(([name, value]) =>
    typeof value === 'string'
      ? `( name = "${name}", text = ${JSON.stringify(value)} )`
      : `( name = "${name}", json = ${JSON.stringify(JSON.stringify(value))} )`,
  );
  for (const [name, className] of Object.entries(objects)) {
    bindings.push(`( name = "${name}", durableObjectNamespace = "${className}" )`);
  }
  const namespaces = Object.values(objects).map(
    (className) => `( className = "${className}", uniqueKey = "${className}" )`,
  );
  return `( name = "${name}", worker = (
      modules = [ ${modules.join(', ')} ],
      bindings = [ ${bindings.join(', ')} ],
      durableObjectNamespaces = [ ${namespaces.join(', ')} ],
      durableObjectStorage = ( inMemory = void ),
      compatibilityDate = "${compatibilityDate}"${outbound ? `,\n      globalOutbound = "${outbound}"` : ''} ) )`;
}

const configOf = (services, sockets) => `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [ ${services.join(',\n    ')} ],
  sockets = [ ${Object.entries(sockets)
    .map(([name, service]) => `( name = "${name}", address = "127.0.0.1:0", http = (), service = "${service}" )`)
    .join(', ')} ]
);
`;

async function spawnWorkerd(config, sockets) {
  const child = spawn(binary, ['serve', config, '--control-fd=3'], { stdio: ['ignore', 'pipe', 'pipe', 'pipe'] });
  let log = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (log += chunk));
  const ports = await new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`workerd ended with ${code} before it listened:\n${log}`)));
    let events = '';
    const found = {};
    child.stdio[3].on('data', (chunk) => {
      events += chunk;
      for (const line of events.split('\n').slice(0, -1)) {
        const event = JSON.parse(line);
        if (event.event === 'listen') found[event.socket] = event.port;
      }
      if (sockets.every((socket) => found[socket] !== undefined)) resolve(found);
    });
  });
  return { child, log: () => log, ports };
}
