// Files that the build adds to the package, as the loaders import them.

declare module '*.wasm' {
  const module: WebAssembly.Module;
  export default module;
}

declare module '*.wasm?module' {
  const module: WebAssembly.Module;
  export default module;
}

declare module '*/read-wasm.cjs' {
  export const readPlain: () => Uint8Array<ArrayBuffer>;
  export const readFused: () => Uint8Array<ArrayBuffer>;
}

declare module '*/base64.js' {
  export const base64: string;
}
