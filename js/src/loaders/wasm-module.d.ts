/**
 * The result of importing `sts_jwt.wasm` or `sts_jwt.fused.wasm`, which depends on the bundler or runtime: a `WebAssembly.Module` in Cloudflare
 * Workers.
 */
declare const module: object;
export default module;
