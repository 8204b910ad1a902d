// The types of files that the build adds to the package and the loaders import.

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

/** Not in the oldest supported runtimes, so the code must ask for it. */
interface Uint8ArrayConstructor {
  fromBase64?(text: string): Uint8Array<ArrayBuffer>;
}
