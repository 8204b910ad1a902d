// Handles one request, for every framework: reads the token, calls the verifier, and decides who is let in.

import { hasMethods, isJwtError, optionsInvalid, reasonOf } from '../core/shared.js';
import type { VerifiedToken } from '../core/types.js';
import type { Settings } from './protect-options.js';
import { bareTokenOf, bearerOf, cookieOf, type Received } from './received.js';
import { crossSite, refusalFor, tokenMissing } from './refusal.js';

/** Verifies tokens: a `Verifier` or a `RemoteVerifier`. */
export interface TokenVerifier {
  /** Returns the verified token, or throws (or rejects with) a JwtError. */
  verify(token: string, call?: Call): VerifiedToken | Promise<VerifiedToken>;
}

/** The context of a request. In a Worker, this is `ctx`. */
export interface Call {
  /** Keeps the Worker alive while keys are renewed after the response. */
  waitUntil?(promise: Promise<unknown>): void;
  /** Not allowed, because the verifier has its own clock. */
  now?: never;
}

/** @throws JwtError `ERR_OPTIONS_INVALID` if the argument is not a verifier. */
export function checkVerifier(verifier: TokenVerifier): TokenVerifier {
  if (hasMethods(verifier, 'verify')) return verifier;
  throw optionsInvalid(
    'the verifier must have a method "verify"; create it with createVerifier() or createRemoteVerifier()',
  );
}

/** The decision about a request: it is let in, possibly without a token, or gets a response. */
export type Decision = { isIn: true; token: VerifiedToken | undefined } | { isIn: false; response: Response };

/**
 * Decides about a request.
 *
 * @param request The request to pass to `onRefused`.
 * @throws Every error that is not about the token or the keys.
 */
export async function decide(
  verifier: TokenVerifier,
  received: Received,
  settings: Settings,
  call: Call | undefined,
  request: unknown,
): Promise<Decision> {
  try {
    return { isIn: true, token: await judge(verifier, received, settings, call) };
  } catch (error) {
    return { isIn: false, response: await refusalFor(error, settings, request) };
  }
}

/**
 * Returns the verified token, or `undefined` if the token is optional and absent.
 *
 * @throws JwtError that says why the request is rejected (status 401, 403 or 503). Also throws every other error of the
 *   verifier.
 */
export async function judge(
  verifier: TokenVerifier,
  { header, cookie, isForged }: Received,
  settings: Settings,
  call: Call | undefined,
): Promise<VerifiedToken | undefined> {
  const bearer = settings.header === undefined ? bearerOf(header) : undefined;
  const ambient =
    settings.header === undefined ? cookieOf(cookie ?? '', settings.cookie) : bareTokenOf(header, settings.header);
  const token = bearer ?? ambient;
  if (token === undefined) {
    if (settings.optional) return undefined;
    throw tokenMissing();
  }
  if (bearer === undefined && isForged && !settings.allowCrossSite) throw crossSite();
  const verified: unknown = await verifier.verify(token, call);
  if (isVerified(verified)) return verified;
  throw optionsInvalid('the method "verify" of the verifier returned no verified token');
}

/** Returns the verifier for an environment (the `env` of a Worker). */
export type VerifierOf<Env> = (env: Env) => TokenVerifier | Promise<TokenVerifier>;

/**
 * Remembers the verifier that a function returns for each `env`. Otherwise every request would create a verifier, which
 * would fetch its keys again. The promise of a verifier is not remembered, because in a Worker one request must not
 * wait for another.
 */
export function rememberVerifier<Env>(
  given: TokenVerifier | VerifierOf<Env>,
  envOf: (argument: Env) => unknown,
): (argument: Env) => TokenVerifier | Promise<TokenVerifier> {
  if (typeof given !== 'function') {
    const verifier = checkVerifier(given);
    return () => verifier;
  }
  const kept = new WeakMap<object, TokenVerifier>();
  return async (argument) => {
    const env = envOf(argument);
    const isStable = typeof env === 'object' && env !== null;
    const known = isStable ? kept.get(env) : undefined;
    if (known) return known;
    try {
      const made = given(argument);
      // Awaits only a promise. If a plain verifier were awaited, a concurrent request would create another one meanwhile.
      const verifier = checkVerifier(hasMethods(made, 'then') ? await made : (made as TokenVerifier));
      if (!isStable) return verifier;
      // If another request has stored a verifier in the meantime, all requests use that verifier and its keys.
      const first = kept.get(env) ?? verifier;
      kept.set(env, first);
      return first;
    } catch (cause) {
      if (isJwtError(cause)) throw cause;
      throw optionsInvalid(`the function that returns the verifier failed: ${reasonOf(cause)}`, { cause });
    }
  };
}

/** Whether a verifier returned a verified token. A bug in a custom verifier must not let a request through. */
function isVerified(token: unknown): token is VerifiedToken {
  const has = (name: keyof VerifiedToken, type: string): boolean => {
    const value: unknown = Object.hasOwn(token as object, name) ? (token as VerifiedToken)[name] : undefined;
    return typeof value === type && value !== null;
  };
  try {
    if (typeof token !== 'object' || token === null) return false;
    return has('header', 'object') && has('claims', 'object') && has('key', 'object') && has('tokenId', 'string');
  } catch {
    return false;
  }
}
