// Prints the secret SIGNING_KEYS with a new key: node scripts/new-key.mjs [file with the current secret]
import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';

const [file] = process.argv.slice(2);
const present = file === undefined ? [] : JSON.parse(readFileSync(file, 'utf8'));
const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-384' });
const key = { ...privateKey.export({ format: 'jwk' }), kid: randomUUID(), alg: 'ES384', use: 'sig' };
console.log(JSON.stringify([key, ...present]));
