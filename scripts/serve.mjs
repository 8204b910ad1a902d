// `make serve`: serves the debugger page on this machine only. PORT=<n> selects another port, PORT=0 any free one.
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';

const page = readFileSync(new URL('../pkg/debugger.html', import.meta.url));
const [, policy] = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(page.toString());
const headers = {
  'content-type': 'text/html; charset=utf-8',
  // frame-ancestors works only in a header, not in the page itself.
  'content-security-policy': `${policy}; frame-ancestors 'none'`,
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
};

const server = createServer((request, response) => {
  if (request.url !== '/') return response.writeHead(404).end();
  return response.writeHead(200, headers).end(page);
});
server.on('error', ({ message }) => {
  console.error(`cannot serve the page: ${message}; set PORT=<n> to use another port`);
  process.exitCode = 1;
});
server.listen(Number(process.env.PORT ?? 8377), '127.0.0.1');
await once(server, 'listening');
console.log(
  `The debugger page: http://localhost:${/** @type {import('node:net').AddressInfo} */ (server.address()).port}/ (press Ctrl-C to stop)`,
);
