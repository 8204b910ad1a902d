// As a program: a question on its standard input, the answer on its standard output.
import process from 'node:process';
import { answer } from './answer.mjs';

let question = '';
process.stdin.setEncoding('utf8');
for await (const chunk of process.stdin) question += chunk;
process.stdout.write(answer(question));
