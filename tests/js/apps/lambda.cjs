// The test app as an AWS Lambda function in CommonJS: the runtime requires it and awaits `exports.handler(event, context)`.
require('../memory.mjs');
const { answer } = require('./answer.mjs');

exports.handler = async ({ body }) => ({ statusCode: 200, body: answer(body) });
