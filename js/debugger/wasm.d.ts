// The module, which the bundler puts into the page as text.
declare module 'sts_jwt.wasm' {
  const bytes: Uint8Array<ArrayBuffer>;
  export default bytes;
}
