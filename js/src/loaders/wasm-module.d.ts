/** What the bundler or the runtime makes of the file `sts_jwt.wasm`: in Cloudflare Workers a `WebAssembly.Module`. */
declare const module: object;
export default module;
