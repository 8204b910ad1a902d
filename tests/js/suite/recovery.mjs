// Tests that everything works again after a call has run out of stack inside the module.
import { equal, optionsOf } from './checks.mjs';

/** How many times each call is tried. Each try adds one frame, so the stack overflows at a different point. */
const TRIES = 6;

/** Fills the stack, and makes the call in every frame on the way back until it succeeds. */
function callInLastFrames(call) {
  let isDone = false;
  const attempt = () => {
    try {
      call();
      isDone = true;
    } catch {
      // The call ran out of stack, either inside or outside the module.
    }
  };
  const descend = () => {
    try {
      descend();
    } catch {
      // The stack is full.
    }
    if (!isDone) attempt();
  };
  descend();
}

/** Wraps a call in more stack frames. */
const deeper = (call, frames) => (frames === 0 ? call : deeper(() => call(), frames - 1));

/** Returns calls that together use every export of the module. They share one key set and one verifier. */
export function entriesOf({ api, fixtures }) {
  const { tokens, jwks, issuer, audience, now } = fixtures;
  const options = optionsOf(fixtures);
  const keySet = new api.KeySet(jwks);
  const verifier = api.createVerifier({ issuer, audience, jwks });
  verifier.setKeys(issuer, jwks);
  const snapshot = verifier.snapshot();
  return {
    'verify() with a JWKS string': () => api.verify(tokens.ES384, JSON.stringify(jwks), options).claims,
    'verify() with a KeySet': () => api.verify(tokens.RS256, keySet, options).claims,
    'verify() of a bad token': () => {
      try {
        api.verify(tokens.expired, keySet, options);
      } catch (error) {
        if (error.code === 'ERR_JWT_EXPIRED') return error.code;
        throw error;
      }
    },
    'decode()': () => api.decode(tokens.ES384).claims,
    'explain()': () => api.explain(tokens.ES384, keySet, options).steps,
    'new KeySet()': () => new api.KeySet(jwks).keys,
    'createVerifier()': () => api.createVerifier({ issuer, audience, jwks }).verify(tokens.ES384, { now }).claims,
    'Verifier.verify()': () => verifier.verify(tokens.ES384, { now }).claims,
    'Verifier.explain()': () => verifier.explain(tokens.ES384, { now }).steps,
    'Verifier.setKeys()': () => verifier.setKeys(issuer, jwks),
    'Verifier.snapshot()': () => verifier.snapshot().version,
    'Verifier.restore()': () => verifier.restore(snapshot),
    'warmup()': () => api.warmup(),
  };
}

export const recoveryCases = [
  {
    name: 'recovers from a stack that overflows inside the module',
    run(context) {
      const entries = entriesOf(context);
      const answers = () => Object.entries(entries).map(([name, call]) => [name, call() ?? null]);
      const before = JSON.stringify(answers());
      const started = context.instanceCount();
      for (const [name, call] of Object.entries(entries)) {
        for (let frames = 0; frames < TRIES; frames += 1) callInLastFrames(deeper(call, frames));
        equal(JSON.stringify(answers()), before, `answers after ${name}`);
      }
      equal(context.instanceCount() > started, true, 'whether an instance was replaced');
    },
  },
];
