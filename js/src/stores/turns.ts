// One at a time: for places where requests may wait for each other, which isolates of Workers are not.

import type { Loaded, StoredKeys } from './key-store.js';

/** Those who want the keys of one issuer, in the order in which they came. */
export class Turns {
  #last: Promise<unknown> = Promise.resolve();
  #failures = 0;
  #problem = '';

  /**
   * Gives keys fetched after `since`: those of `get`, or else those of `load`, which `put` gets. Whoever waited while another one's
   * `load` failed has that problem too; one whose `load` rejects, because its caller died, only passes the turn on.
   */
  take(
    since: number,
    get: () => Promise<StoredKeys | undefined>,
    put: (keys: StoredKeys) => Promise<void>,
    load: () => Promise<Loaded>,
  ): Promise<Loaded> {
    const failures = this.#failures;
    const turn = this.#last.then(async () => {
      if (this.#failures > failures) return { problem: this.#problem };
      const kept = await get();
      if (kept && kept.fetchedAt > since) return kept;
      const loaded = await load();
      if ('problem' in loaded) {
        this.#failures += 1;
        this.#problem = loaded.problem;
      } else {
        await put(loaded);
      }
      return loaded;
    });
    this.#last = turn.catch(() => {});
    return turn;
  }
}
