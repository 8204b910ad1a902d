// Who calls: the bearer token of a request, verified with the issuer's keys, which are fetched and kept here.
import { JwtError, KeySet, verify, warmup, type VerifiedToken, type VerifyOptions } from "sts-jwt";

// What would be compiled in the first request is compiled while the program starts.
warmup();

/** The keys of the one issuer, shared by all requests: settled values and timestamps, no promises and no timers. */
let keys: { set: KeySet; fetchedAt: number } | undefined;
let attemptedAt = -Infinity;
const MAX_AGE = 5 * 60_000;
const FETCH_BUDGET = 10_000;

/** The verified token of a request. Whatever it throws, `refuse` answers. */
export async function authenticate(
  request: Request,
  options: VerifyOptions & { issuer: string },
  jwksUri = `${options.issuer}/.well-known/jwks.json`,
): Promise<VerifiedToken> {
  const token = /^Bearer +(\S+) *$/i.exec(request.headers.get("authorization") ?? "")?.[1];
  if (token === undefined) throw new NoToken("no bearer token");
  const old = keys !== undefined && Date.now() - keys.fetchedAt > MAX_AGE;
  if (keys === undefined || (old && mayFetch())) await fetchKeys(jwksUri);
  try {
    return verify(token, currentKeys(), options);
  } catch (error) {
    // A key that has not been seen yet: AWS may have rotated. One look per budget, whoever asks.
    const rotated = error instanceof JwtError && error.code === "ERR_JWKS_NO_MATCHING_KEY";
    if (!rotated || !mayFetch()) throw error;
    await fetchKeys(jwksUri);
    return verify(token, currentKeys(), options);
  }
}

/** The answer to a request that `authenticate` did not let in. */
export function refuse(error: unknown): Response {
  if (error instanceof NoToken) return answer({ error: error.message }, 401, "Bearer");
  if (error instanceof KeysUnavailable) return answer({ error: error.message }, 503);
  if (!(error instanceof JwtError)) throw error;
  return answer({ error: error.code, message: error.message }, error.status, error.challenge());
}

const mayFetch = () => Date.now() - attemptedAt >= FETCH_BUDGET;

/** Replaces the keys, or leaves those we have when the issuer cannot be reached. */
async function fetchKeys(jwksUri: string): Promise<void> {
  attemptedAt = Date.now();
  try {
    const response = await fetch(jwksUri, { redirect: "manual", signal: AbortSignal.timeout(3000) });
    if (!response.ok) throw new Error(`the issuer answered ${response.status}`);
    const set = new KeySet(await response.text());
    keys?.set.free();
    keys = { set, fetchedAt: Date.now() };
  } catch (error) {
    console.error("JWKS not refreshed:", error);
  }
}

function currentKeys(): KeySet {
  if (keys === undefined) throw new KeysUnavailable("the issuer's keys cannot be fetched");
  return keys.set;
}

class NoToken extends Error {}
class KeysUnavailable extends Error {}

function answer(body: object, status: number, challenge?: string): Response {
  return Response.json(body, { status, headers: challenge ? { "www-authenticate": challenge } : {} });
}
