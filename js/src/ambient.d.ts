// Types for imports that TypeScript does not know: the parts of Node and of Durable Objects used here, and .wasm
// modules.

declare module 'node:fs' {
  export function readFileSync(path: URL): Uint8Array<ArrayBuffer>;
  export function createReadStream(path: string): import('node:process').Input;
}

declare module 'node:process' {
  export interface Input extends AsyncIterable<Uint8Array> {
    readonly isTTY?: boolean;
    destroy(): void;
  }
  interface Output {
    readonly isTTY?: boolean;
    write(text: string): boolean;
    on(event: 'error', listener: (error: Error & { code?: string }) => void): void;
  }
  const process: {
    readonly argv: string[];
    readonly env: Record<string, string | undefined>;
    exitCode: number;
    exit(status: number): never;
    readonly stdin: Input;
    readonly stdout: Output;
    readonly stderr: Output;
  };
  export default process;
}

declare module 'node:util' {
  interface Option {
    type: 'string' | 'boolean';
    short?: string;
    multiple?: boolean;
  }
  export function parseArgs(config: { args: string[]; options: Record<string, Option>; allowPositionals: boolean }): {
    values: Record<string, string[] | boolean | undefined>;
    positionals: string[];
  };
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
