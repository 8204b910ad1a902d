// The test app as a program that uses CommonJS.
require('../memory.mjs');
const main = require('sts-jwt');
const aws = require('sts-jwt/aws');
const { answer } = require('./answer.mjs');

if (typeof main.verify !== 'function' || typeof aws.parseArn !== 'function')
  throw new Error('require returned another module');
const chunks = [];
process.stdin.on('data', (chunk) => chunks.push(chunk));
process.stdin.on('end', () => process.stdout.write(answer(Buffer.concat(chunks).toString())));
