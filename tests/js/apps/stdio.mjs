// The test app as a program: reads the question from standard input and writes the answer to standard output.
import process from 'node:process';
import { answer } from './answer.mjs';

let question = '';
process.stdin.setEncoding('utf8');
for await (const chunk of process.stdin) question += chunk;
process.stdout.write(answer(question));
