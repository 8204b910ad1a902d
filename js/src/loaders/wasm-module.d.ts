/**
 * The result of importing `sts_jwt.wasm` or `sts_jwt.fused.wasm`. Its type depends on the bundler or runtime; in Cloudflare
 * Workers it is a `WebAssembly.Module`.
 */
declare const module: object;
export default module;
