// Runs issuer.mjs as a program.
import { trial } from './issuer.mjs';

console.log(JSON.stringify(await trial()));
