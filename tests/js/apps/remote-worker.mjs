// A Worker with remote keys. Each test chooses the isolate, its store, and the time.

import { createVerifier } from 'sts-jwt';
import { KeysObject, ReplayObject } from 'sts-jwt/durable-objects';
import { createRemoteVerifier } from 'sts-jwt/remote';
import { cacheStore, durableObjectStore, kvStore, replayGuard } from 'sts-jwt/stores';

export { KeysObject };

/** A replay object with a small limit and accessible storage. */
export class SmallReplayObject extends /** @type {any} */ (ReplayObject) {
  // @ts-expect-error The constructor of the base class has set this member.
  #standard = this.maxTokens;
  maxTokens = 3;
  async state() {
    const { storage } = this.ctx;
    const tokens = [...(await storage.list({ prefix: 'exp ' })).keys()].map((key) => key.split(' ').at(-1));
    return { standard: this.#standard, tokens, alarm: await storage.getAlarm() };
  }
  async sweep() {
    await this.alarm();
    return (await this.ctx.storage.list({ prefix: 'exp ' })).size;
  }
  async fill(count, seconds) {
    this.maxTokens = count;
    const expiresAt = Date.now() / 1000 + seconds;
    for (let i = 0; i < count; i += 1) await this.accept(`${i}`, expiresAt, 0);
  }
}

const stores = {
  none: () => undefined,
  cache: () => cacheStore(),
  kv: (env) => kvStore(env.KV),
  object: (env) => durableObjectStore(env.KEYS),
};

const isolates = new Map();
let now;

// The following runs at module scope, where a Worker is not allowed to do everything. Creating verifiers must work there.
const early = createRemoteVerifier({ issuer: 'https://early.example.test', audience: null });

const bundled = createVerifier({ issuer: 'https://early.example.test', audience: null });
// At module scope, the clock of Cloudflare shows 0, but some versions of workerd show the current time. So set the clock to 0.
const clock = Date.now;
Date.now = () => 0;
let refused;
try {
  bundled.setKeys('https://early.example.test', { keys: [] }, { fetchedAt: Infinity });
} catch (error) {
  refused = error.code;
}
bundled.setKeys('https://early.example.test', { keys: [] }, { fetchedAt: 1.8e12 });
Date.now = clock;

const actions = {
  async verify({ isolate, store, token, ...config }, env, ctx) {
    if (!isolates.has(isolate)) {
      const all = /** @type {any} */ ({ ...config, store: stores[store](env), clock: () => now });
      isolates.set(isolate, createRemoteVerifier(all));
    }
    return (await isolates.get(isolate).verify(token, ctx)).claims.sub;
  },
  accept: ({ token, options }, env) => replayGuard(env.REPLAY, options).accept(token),
  object: ({ name, method, args }, env) => env.REPLAY.get(env.REPLAY.idFromName(name))[method](...args),
  keys: ({ method, args }, env) => stores.object(env)[method](...args),
  /**
   * Loads the keys of two issuers through the Durable Object; the first issuer responds late. Returns the order in which
   * the loads finish.
   */
  async turns(_given, env) {
    const said = [];
    const load = (issuer, milliseconds) =>
      stores.object(env).load(issuer, 0, async () => {
        await new Promise((resolve) => setTimeout(resolve, milliseconds));
        said.push(issuer);
        return { jwks: '', fetchedAt: 1 };
      });
    await Promise.all([load('slow', 300), load('fast', 0)]);
    return said;
  },
  early: ({ token }) => early.verify(token),
  bundled({ token, jwks }) {
    const { error } = /** @type {any} */ (bundled.safeVerify(token));
    bundled.setKeys('https://early.example.test', jwks);
    return [refused, error.code, bundled.safeVerify(token).ok];
  },
};

export default {
  async fetch(request, env, ctx) {
    const { action, at, ...given } = await request.json();
    now = at;
    try {
      return Response.json({ value: (await actions[action](given, env, ctx)) ?? null });
    } catch (error) {
      const { code, category, status, retryable, claim, reason, message, cause } = error;
      const details = { code, category, status, retryable, claim, reason, message };
      return Response.json({ error: { ...details, cause: cause?.message } });
    }
  },
};
