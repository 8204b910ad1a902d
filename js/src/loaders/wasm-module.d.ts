/**
 * The result of importing `sts_jwt.wasm`, which depends on the bundler or runtime: a `WebAssembly.Module` in Cloudflare
 * Workers.
 */
declare const module: object;
export default module;
