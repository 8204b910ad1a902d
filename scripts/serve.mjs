// `make serve`: the debugger page on this machine alone. PORT=<n> takes another port, 0 any that is free.
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';

const page = readFileSync(new URL('../pkg/debugger.html', import.meta.url));
const [, policy] = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(page.toString());
const headers = {
  'content-type': 'text/html; charset=utf-8',
  // A header can say one thing more than the page itself.
  'content-security-policy': `${policy}; frame-ancestors 'none'`,
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
};

const server = createServer((request, response) => {
  if (request.url !== '/') return response.writeHead(404).end();
  return response.writeHead(200, headers).end(page);
});
server.on('error', ({ message }) => {
  console.error(`cannot serve the page: ${message}; PORT=<n> takes another port`);
  process.exitCode = 1;
});
server.listen(Number(process.env.PORT ?? 8377), '127.0.0.1');
await once(server, 'listening');
console.log(
  `The debugger page: http://localhost:${/** @type {import('node:net').AddressInfo} */ (server.address()).port}/ (Ctrl-C ends it)`,
);
