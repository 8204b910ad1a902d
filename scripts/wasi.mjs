// Runs a cargo test binary for wasm32-wasip1: CARGO_TARGET_WASM32_WASIP1_RUNNER="node scripts/wasi.mjs".
import { readFileSync } from 'node:fs';
import { WASI } from 'node:wasi';

const [path, ...args] = process.argv.slice(2);
const wasi = new WASI({
  version: 'preview1',
  args: [path, ...args],
  env: process.env,
  preopens: { '/': '/' },
  returnOnExit: true,
});
const instance = await WebAssembly.instantiate(
  new WebAssembly.Module(readFileSync(path)),
  /** @type {WebAssembly.Imports} */ (wasi.getImportObject()),
);
process.exitCode = wasi.start(instance);
