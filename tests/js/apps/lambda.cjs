// As an AWS Lambda function in CommonJS: the runtime requires the file and awaits `exports.handler(event, context)`.
require('../memory.mjs');
const { answer } = require('./answer.mjs');

exports.handler = async ({ body }) => ({ statusCode: 200, body: answer(body) });
