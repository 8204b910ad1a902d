// The service under test: verifies tokens with a remote verifier at a chosen time. Each verifier has a name and its own
// state, like an isolate.

// Must be imported before the package, to see it create its WebAssembly instance. Biome does not reorder side-effect imports.
import '../memory.mjs';
import { createRemoteVerifier } from 'sts-jwt/remote';
import { durableObjectStore } from 'sts-jwt/stores';
import { memoryBytes } from '../memory.mjs';

export { KeysObject } from 'sts-jwt/durable-objects';

const verifiers = new Map();
let offset = 0;
const clock = () => Date.now() / 1000 + offset;

const STORES = {
  durable: (env) => durableObjectStore(env.KEYS),
  corrupt: () => ({ get: async () => ({ jwks: '{"keys":5', fetchedAt: 'today' }), put: async () => {} }),
  throwing: () => ({
    get() {
      throw new Error('no store');
    },
    put: () => Promise.reject(new Error('no store')),
  }),
};

export default {
  async fetch(request, env, ctx) {
    const { name, config, store, tokens, ahead } = await request.json();
    if (ahead !== undefined) offset = ahead;
    if (!verifiers.has(name)) {
      const stored = store ? { store: STORES[store](env) } : {};
      verifiers.set(name, createRemoteVerifier({ ...config, ...stored, clock }));
    }
    const verdicts = [];
    for (const token of tokens) verdicts.push(await verdictOf(verifiers.get(name), token, ctx));
    return Response.json(verdicts, { headers: { 'x-memory': String(memoryBytes()) } });
  },
};

async function verdictOf(verifier, token, ctx) {
  try {
    await verifier.verify(token, ctx);
    return 'accepted';
  } catch (error) {
    const { code, status, retryable, cause } = error;
    if (code === undefined) throw error;
    return { code, status, retryable, cause: cause?.message };
  }
}
