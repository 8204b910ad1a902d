// What the loaders import and TypeScript cannot see: one function of Node's, what the Durable Objects use, and the .wasm as runtimes and the build give it.

declare module 'node:fs' {
  export function readFileSync(path: URL): Uint8Array<ArrayBuffer>;
}

declare module '*.wasm' {
  const module: WebAssembly.Module;
  export default module;
}

declare module '*.wasm?module' {
  const module: WebAssembly.Module;
  export default module;
}

declare module 'cloudflare:workers' {
  interface Storage {
    get<T>(key: string): Promise<T | undefined>;
    get<T>(keys: string[]): Promise<Map<string, T>>;
    put(key: string, value: unknown): Promise<void>;
    put(entries: Record<string, unknown>): Promise<void>;
    delete(keys: string[]): Promise<number>;
    list(options: { start?: string; end?: string; limit?: number }): Promise<Map<string, unknown>>;
    deleteAll(): Promise<void>;
    getAlarm(): Promise<number | null>;
    setAlarm(time: number): Promise<void>;
  }
  export abstract class DurableObject {
    protected ctx: { storage: Storage };
    constructor(ctx: unknown, env: unknown);
  }
}
