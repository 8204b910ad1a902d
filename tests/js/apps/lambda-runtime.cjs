// Calls a handler like Lambda's Node runtime, for one event from standard input: requires lambda.cjs, or imports lambda.mjs.
const { existsSync } = require('node:fs');
const { join } = require('node:path');
const { pathToFileURL } = require('node:url');

const script = join(__dirname, 'lambda.cjs');
const loaded = existsSync(script) ? require(script) : import(pathToFileURL(join(__dirname, 'lambda.mjs')).href);
const chunks = [];
process.stdin.on('data', (chunk) => chunks.push(chunk));
process.stdin.on('end', async () => {
  const { handler } = await loaded;
  const { statusCode, body } = await handler({ body: Buffer.concat(chunks).toString() }, { functionName: 'test' });
  process.stdout.write(statusCode === 200 ? body : `status ${statusCode}`);
});
