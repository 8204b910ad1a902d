// A simulated world for remote verifiers: one issuer with rotating keys, a network controlled by the test, and a clock that
// does not advance.
import assert from 'node:assert/strict';
import { JwtError } from 'sts-jwt';
import { createRemoteVerifier } from 'sts-jwt/remote';
import { createIssuer, stsClaims } from './issuer.mjs';

export const AUDIENCE = 'https://edge.example.test';
export const START = 1_800_000_000;

/** Creating keys is slow, so two issuers with fixed keys act as a single issuer that rotates its keys. */
const [old, next] = [createIssuer(), createIssuer()];
export const ISSUER = old.url;
export const URI = `${ISSUER}/.well-known/jwks.json`;

const ecOf = ({ jwks }, kid) => ({ ...jwks.keys.find(({ kty }) => kty === 'EC'), kid });
export const OLD = { signer: old, kid: 'EC384_0' };
export const NEW = { signer: next, kid: 'EC384_1' };
/** A different key with the name of the old key. */
export const SAME = { signer: next, kid: 'EC384_0' };

export const jwksOf = (...keys) => JSON.stringify({ keys: keys.map(({ signer, kid }) => ecOf(signer, kid)) });

export const json = (text, headers = {}) =>
  new Response(text, { headers: { 'content-type': 'application/json', ...headers } });

/** Creates a token that is valid for an hour from `now`. */
export function tokenOf(key, now, claims = {}) {
  const all = stsClaims(ISSUER, AUDIENCE, now, { exp: now + 3600, ...claims });
  return key.signer.mint('ES384', all, { kid: key.kid });
}

/** The keys are at `URI`, unless the configuration says otherwise. */
function defaultsFor(/** @type {object} */ options) {
  if ('issuers' in options) return {};
  const discovery = 'discovery' in options || 'jwksUri' in options ? {} : { discovery: false };
  return { issuer: ISSUER, audience: AUDIENCE, ...discovery };
}

export function createWorld(/** @type {Record<string, any>} */ { answer = () => json(jwksOf(OLD)), ...options } = {}) {
  /** @type {Record<string, any>} */
  const world = {
    now: START,
    answer,
    /** The URLs that were fetched. */
    requests: [],
    /** The promises passed to `waitUntil`. */
    behind: [],
    async settle() {
      while (world.behind.length > 0) await Promise.all(world.behind.splice(0));
    },
    /** Creates another isolate of the same program. */
    isolate: (/** @type {Record<string, any>} */ more = {}) =>
      createRemoteVerifier(
        /** @type {any} */ ({
          ...defaultsFor({ ...options, ...more }),
          clock: () => world.now,
          random: () => 0.5,
          waitUntil: (/** @type {Promise<unknown>} */ promise) => void world.behind.push(promise),
          async fetch(url, init) {
            world.requests.push(url);
            return world.answer(url, init);
          },
          ...options,
          ...more,
        }),
      ),
  };
  world.verifier = world.isolate();
  /** Returns the code of the error, or `good`. */
  world.say = async (token, verifier = world.verifier) => {
    try {
      await verifier.verify(token);
      return 'good';
    } catch (error) {
      return error.code ?? error;
    }
  };
  return world;
}

export const HOUR = 3600;
export const UNAVAILABLE = 'ERR_JWKS_UNAVAILABLE';
export const UNKNOWN = 'ERR_JWKS_NO_MATCHING_KEY';
export const WRONG = 'ERR_JWS_SIGNATURE_VERIFICATION_FAILED';

export const good = tokenOf(OLD, START - 100, { exp: START + 1e6 });
export const rotated = tokenOf(NEW, START - 100, { exp: START + 1e6 });
export const sameKid = tokenOf(SAME, START - 100, { exp: START + 1e6 });
export const outage = () => new Response('', { status: 500 });

/**
 * Returns the error of a rejected promise.
 *
 * @returns {Promise<any>}
 */
export async function errorOf(promise) {
  const error = await promise.then(
    () => assert.fail('the promise was not rejected'),
    (error) => error,
  );
  assert.ok(error instanceof JwtError, String(error));
  return error;
}
