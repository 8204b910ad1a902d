// A queue that loads keys one caller at a time, for hosts where requests may wait for each other (not Workers).

import type { Loaded, StoredKeys } from './key-store.js';

/** The queue of callers that need the keys of one issuer from one URL. */
export class Turns {
  #last: Promise<unknown> = Promise.resolve();
  #failures = 0;
  #problem: Loaded = { problem: '' };

  /**
   * Returns keys fetched after `since`. If `get` does not return such keys, calls `load` and stores the result with
   * `put`. If the `load` of another caller returns a problem, all waiting callers get this problem. If the `load`
   * rejects because its caller was aborted, the next caller loads.
   */
  take(
    since: number,
    get: () => Promise<StoredKeys | undefined>,
    put: (keys: StoredKeys) => Promise<void>,
    load: () => Promise<Loaded>,
  ): Promise<Loaded> {
    const failures = this.#failures;
    const turn = this.#last.then(async () => {
      if (this.#failures > failures) return this.#problem;
      const kept = await get();
      if (kept && kept.fetchedAt > since) return kept;
      const loaded = await load();
      if (isProblem(loaded)) {
        this.#failures += 1;
        this.#problem = loaded;
      } else {
        await put(loaded);
      }
      return loaded;
    });
    this.#last = turn.catch(() => {});
    return turn;
  }
}

/** Whether loading failed. Does not use `in`, which would find a `problem` in a polluted prototype. */
function isProblem(loaded: Loaded): loaded is { problem: string } {
  return Object.hasOwn(loaded, 'problem');
}
