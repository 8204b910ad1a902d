// Measures the download size in bytes: raw, gzip (level 9) and brotli (level 11). Prints the figures as JSON.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { FUSED, PLAIN } from '../tests/js/support/runtimes.mjs';
import { browserBundle, wasmPath } from './bundle.mjs';

const here = fileURLToPath(new URL('.', import.meta.url));
const bundles = {
  'sts-jwt: JavaScript': `export * from 'sts-jwt'`,
  'sts-jwt: JavaScript of decode() alone': `export { decode, init } from 'sts-jwt'`,
  jose: `export { importJWK, jwtVerify } from 'jose'`,
  'jose with its key sets': `export { createLocalJWKSet, jwtVerify } from 'jose'`,
  'aws-jwt-verify': `export { JwtVerifier } from 'aws-jwt-verify'`,
};

const size = [
  sizesOf('sts-jwt: .wasm', readFileSync(wasmPath(PLAIN))),
  sizesOf('sts-jwt: fused .wasm', readFileSync(wasmPath(FUSED))),
];
for (const [name, imports] of Object.entries(bundles)) size.push(sizesOf(name, await browserBundle(imports, here)));
console.log(JSON.stringify({ size }));

function sizesOf(name, bytes) {
  return {
    name,
    raw: bytes.length,
    gzip: gzipSync(bytes, { level: 9 }).length,
    brotli: brotliCompressSync(bytes).length,
  };
}
