// The test app as an AWS Lambda function in an ES module.
import { answer } from './answer.mjs';

export const handler = async ({ body }) => ({ statusCode: 200, body: answer(body) });
