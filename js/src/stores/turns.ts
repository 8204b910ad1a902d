// A queue that loads keys one caller at a time, for hosts where requests may wait for each other (not Workers).

import type { FetchFailureKind } from '../core/errors.js';
import type { Loaded, StoredKeys } from './key-store.js';

/** The maximum number of other callers' attempts that a caller waits for. */
const MAX_WAITS = 2;

/** The failures that depend on the server's response. All other failures may depend on the caller, for example on its timeout. */
const OF_SERVER: readonly (FetchFailureKind | undefined)[] = [
  'status',
  'redirect',
  'content_type',
  'body',
  'too_large',
  'jwks',
  'discovery',
];

/** The queue of callers that need the keys stored under one `place` (see `KeyStore`). */
export class Turns {
  /** The latest attempt, while it runs. Resolves to undefined if the attempt rejects. */
  #running: Promise<Loaded | undefined> | undefined;

  /**
   * Returns keys fetched after `since`. If `get` does not return such keys, calls `load` and stores the result with
   * `put`.
   *
   * While another caller's attempt runs, waits for that attempt and uses its keys. If the attempt fails because of the
   * server's response, all waiting callers get the failure. If it fails for another reason (a timeout, a network error,
   * an aborted request), the next waiting caller makes an attempt, because its timeout may be longer, and the others
   * wait for that attempt. If the second attempt fails in the same way, all callers that waited for both make their own
   * attempts at the same time. So no caller waits for more than two attempts, however many callers there are.
   */
  async take(
    since: number,
    get: () => Promise<StoredKeys | undefined>,
    put: (keys: StoredKeys) => Promise<void>,
    load: () => Promise<Loaded>,
  ): Promise<Loaded> {
    for (let waits = 0; this.#running && waits < MAX_WAITS; waits += 1) {
      const loaded = await this.#running;
      if (loaded && (isProblem(loaded) ? isOfServer(loaded) : loaded.fetchedAt > since)) return loaded;
    }
    const attempt = loadOnce(since, get, put, load);
    const running = attempt
      .catch(() => undefined)
      .finally(() => {
        if (this.#running === running) this.#running = undefined;
      });
    this.#running = running;
    return attempt;
  }
}

async function loadOnce(...[since, get, put, load]: Parameters<Turns['take']>): Promise<Loaded> {
  const kept = await get();
  if (kept && kept.fetchedAt > since) return kept;
  const loaded = await load();
  if (!isProblem(loaded)) await put(loaded);
  return loaded;
}

/** Whether loading failed. Does not use `in`, which would find a `problem` in a polluted prototype. */
function isProblem(loaded: Loaded): loaded is Exclude<Loaded, StoredKeys> {
  return Object.hasOwn(loaded, 'problem');
}

function isOfServer(failed: Exclude<Loaded, StoredKeys>): boolean {
  return Object.hasOwn(failed, 'kind') && OF_SERVER.includes(failed.kind);
}
