// What the loaders import and TypeScript cannot see: one function of Node's, and how workerd imports a .wasm file.

declare module 'node:fs' {
  export function readFileSync(path: URL): Uint8Array<ArrayBuffer>;
}

declare module '*.wasm' {
  const module: WebAssembly.Module;
  export default module;
}
