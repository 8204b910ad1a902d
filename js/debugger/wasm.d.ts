// The module, embedded into the page by the bundler.
declare module 'sts_jwt.wasm' {
  const bytes: Uint8Array<ArrayBuffer>;
  export default bytes;
}
