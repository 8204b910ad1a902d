// Calls a handler like Lambda's Node runtime, for one event from standard input.
const { join } = require('node:path');

const { handler } = require(join(__dirname, 'lambda.cjs'));
const chunks = [];
process.stdin.on('data', (chunk) => chunks.push(chunk));
process.stdin.on('end', async () => {
  const { statusCode, body } = await handler({ body: Buffer.concat(chunks).toString() }, { functionName: 'test' });
  process.stdout.write(statusCode === 200 ? body : `status ${statusCode}`);
});
