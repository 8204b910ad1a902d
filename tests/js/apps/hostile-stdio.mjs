// The app for hostile input as a program: each line is a question, and each answer is a line.
import process from 'node:process';
import { answerHostile } from './hostile.mjs';
import { linesOf } from './lines.mjs';

for await (const question of linesOf(process.stdin)) process.stdout.write(`${await answerHostile(question)}\n`);
