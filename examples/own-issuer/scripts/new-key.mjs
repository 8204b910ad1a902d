// Prints the secret SIGNING_KEYS with a new key: node scripts/new-key.mjs [file with the current secret]
//
// To rotate the key, put a new key before the current keys:
//
//     node scripts/new-key.mjs keys.json > new-keys.json && mv new-keys.json keys.json
//     npx wrangler secret put SIGNING_KEYS -c auth/wrangler.jsonc < keys.json
//
// api/ fetches the new key when the first token with it arrives, at most once in ten seconds (`timing.refetchInterval`). Remove
// the former key after ten minutes: by then, all tokens that it signed have expired.
import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';

const [file] = process.argv.slice(2);
const present = file === undefined ? [] : JSON.parse(readFileSync(file, 'utf8'));
const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-384' });
const key = { ...privateKey.export({ format: 'jwk' }), kid: randomUUID(), alg: 'ES384', use: 'sig' };
console.log(JSON.stringify([key, ...present]));
