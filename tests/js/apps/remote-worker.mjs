// A Worker with remote keys: every test says which isolate it means, which store that has, and what time it is.
import { createRemoteVerifier } from 'sts-jwt/remote';
import { cacheStore, durableObjectStore, kvStore, replayGuard } from 'sts-jwt/stores';
import { KeysObject, ReplayObject } from 'sts-jwt/durable-objects';

export { KeysObject };

/** Small enough to be full, and with its storage for all to see. */
export class SmallReplayObject extends ReplayObject {
  maxTokens = 3;
  async state() {
    const { storage } = this.ctx;
    return { keys: [...(await storage.list()).keys()], alarm: await storage.getAlarm() };
  }
  async sweep() {
    await this.alarm();
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

// Whatever a Worker may do before its first request.
const early = createRemoteVerifier({ issuer: 'https://early.example.test', audience: null });

const actions = {
  async verify({ isolate, store, issuer, audience, token }, env, ctx) {
    if (!isolates.has(isolate)) {
      isolates.set(isolate, createRemoteVerifier({ issuer, audience, store: stores[store](env), clock: () => now }));
    }
    return (await isolates.get(isolate).verify(token, ctx)).claims.sub;
  },
  accept: ({ token, options }, env) => replayGuard(env.REPLAY, options).accept(token),
  object: ({ name, method }, env) => env.REPLAY.get(env.REPLAY.idFromName(name))[method](),
  early: ({ token }) => early.verify(token),
};

export default {
  async fetch(request, env, ctx) {
    const { action, at, ...given } = await request.json();
    now = at;
    try {
      return Response.json({ value: (await actions[action](given, env, ctx)) ?? null });
    } catch (error) {
      const { code, claim, reason, message, cause } = error;
      return Response.json({ error: { code, claim, reason, message, cause: cause?.message } });
    }
  },
};
