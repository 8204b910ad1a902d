// This package's arithmetic without a token, for the comparison with the runtimes' own functions: benches/signature, compiled
// to a module.
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('signature', import.meta.url));
const target = fileURLToPath(new URL('../target/bench-signature', import.meta.url));
const TRIPLE = 'wasm32-unknown-unknown';
/** The compiled module. worker.mjs imports it by the same path. */
export const SIGNATURE_WASM = `${target}/${TRIPLE}/release/sts_jwt_signature.wasm`;

/** Compiles the module with the features of the fused build. */
export function compileSignature() {
  console.error('compiling benches/signature (about a minute the first time)');
  const args = ['build', '--quiet', '--release', '--target', TRIPLE, '--target-dir', target];
  const env = { ...process.env, RUSTFLAGS: '-Ctarget-feature=+simd128,+relaxed-simd' };
  execFileSync('cargo', args, { cwd: folder, env, stdio: ['ignore', 'inherit', 'inherit'] });
}
