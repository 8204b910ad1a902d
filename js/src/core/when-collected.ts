// Frees what an object owns in the module after the object was collected.

let registry: FinalizationRegistry<() => void> | undefined;

/** Calls `clean` after `owner` was collected. Runtimes without FinalizationRegistry never call `clean`, so they leak memory. */
export function whenCollected(owner: object, clean: () => void): void {
  // The registry is created here and not at module scope, so that bundlers can drop it if it is not used.
  if (globalThis.FinalizationRegistry) registry ??= new FinalizationRegistry((due) => due());
  registry?.register(owner, clean);
}
